import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("How launches meet the caches")
struct MemoryPolicyTests {
  @Test("Results pass the caches when the launch touches more than threads keep there")
  func pastCaches() throws {
    let cache = MemoryPolicy.lastCacheByteCount
    for (byteCount, one, two) in [
      (cache / 2, false, false), (cache, true, false), (2 * cache, true, true),
    ] {
      #expect(try Self.map(reading: 1, byteCount, threads: 1).storesPastCaches == one)
      #expect(try Self.map(reading: 1, byteCount, threads: 2).storesPastCaches == two)
    }
  }

  @Test("One stream is asked for in advance where it comes from beyond a core's caches")
  func ahead() throws {
    let cache = MemoryPolicy.innerCacheByteCount
    #expect(try !Self.map(reading: 1, cache, threads: 1).readsAhead)
    #expect(try Self.map(reading: 1, 4 * cache, threads: 1).readsAhead)
    #expect(try !Self.map(reading: 2, 12 * cache, threads: 1).readsAhead)
  }

  /// A kernel that adds up `operands` arrays, as it is compiled for so many bytes of operands and
  /// result together.
  private static func map(
    reading operands: Int, _ byteCount: Int, threads: Int
  ) throws -> Kernel {
    var sum = Composite(inputs: Array(repeating: .float32, count: operands))
    sum.results = [
      (1..<operands).reduce(.input(0)) { sum.append(.add, [$0, .input($1)], .float32) }
    ]
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1,
      arguments: (0...operands).map { Argument("a\($0)", .float32, isOutput: $0 == operands) },
      accesses: (0...operands).map { Access(argument: $0, steps: [.contiguous]) }, scalars: [],
      stages: [
        Stage(
          loops: false, sources: (0..<operands).map { .load(access: $0) }, composite: sum,
          stores: [Store(access: operands, result: 0)], accumulators: [])
      ])
    let count = byteCount / (operands + 1) / DType.float32.byteCount
    var plan = LaunchPlan()
    plan.outputs = [ArrayLayout(.float32, [count])]
    plan.steps = [
      .kernel(
        KernelLaunch(
          name: "sum", kernel: kernel,
          layout: Layout(
            extents: [count], strides: Array(repeating: [1], count: operands + 1)),
          addresses: (0..<operands).map { .init(.input($0)) } + [.init(.output(0))],
          scalars: []))
    ]
    guard case .kernel(let launch) = plan.choosingMemoryAccess(threads: threads).steps[0] else {
      throw NoKernel()
    }
    return launch.kernel
  }

  private struct NoKernel: Error {}
}
