import Arrays
import KernelIR
import Scalars
import Synchronization
import Testing

@testable import CPUBackend
@testable import LLVM

@Suite("The kernels of a process")
struct KernelCacheTests {
  @Test("What is used stays known, and what is not used is compiled again")
  func generations() throws {
    let cache = KernelCache(capacity: 4)
    var compiled: [Int] = []
    func use(_ factor: Int) throws {
      _ = try cache.kernels([scaling(by: factor)]) { positions, land in
        #expect(positions == [0])
        compiled.append(factor)
        land(0, compile(scaling(by: factor)))
      }
    }
    for factor in 1...20 {
      try use(0)
      try use(factor)
      #expect(cache.count <= 8)
    }
    #expect(compiled == Array(0...20))
    try use(1)
    #expect(compiled.last == 1)
  }

  @Test("Equal kernels are compiled once, by one of the threads that ask at the same time")
  func once() async throws {
    let cache = KernelCache()
    let compiled = Numbers()
    // Every thread asks for every kernel twice, under different names and in another order.
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<4 {
        group.addTask {
          let factors = (0..<24).map { ($0 % 12 * (2 * thread + 1) + thread) % 12 }
          let kernels = factors.map { scaling(by: $0, input: "x\(thread)") }
          let codes = try cache.kernels(kernels) { positions, land in
            for position in positions {
              compiled.add(factors[position])
              land(position, compile(kernels[position]))
            }
          }
          for (factor, code) in zip(factors, codes) {
            #expect(code.scaled(3) == 3 * Double(factor))
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(compiled.sorted == Array(0..<12))
  }

  @Test("A kernel that fails is tried again, and the others of its plan stay")
  func failure() throws {
    let cache = KernelCache()
    let kernels = (0..<6).map { scaling(by: $0) }
    #expect(throws: LLVMError.disabled) {
      try cache.kernels(kernels) { positions, land in
        for position in positions {
          land(position, position == 4 ? .failure(.disabled) : compile(kernels[position]))
        }
      }
    }
    let again = Numbers()
    _ = try cache.kernels(kernels) { positions, land in
      for position in positions {
        again.add(position)
        land(position, compile(kernels[position]))
      }
    }
    #expect(again.sorted == [4])
  }
}

/// Numbers that several threads collect.
private final class Numbers: Sendable {
  private let numbers = Mutex<[Int]>([])
  var sorted: [Int] { numbers.withLock { $0.sorted() } }
  func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}

/// The kernel `y[i] = x[i] * factor`.
func scaling(by factor: Int, input: String = "x") -> Kernel {
  var product = Composite(inputs: [.float64])
  product.results = [
    product.append(.mul, [.input(0), .constant(Scalar(Double(factor)))], .float64)
  ]
  return Kernel(
    axes: [Axis("i", extent: "n")], outerCount: 1,
    arguments: [
      Argument(input, .float64, isOutput: false), Argument("y", .float64, isOutput: true),
    ],
    accesses: [
      Access(argument: 0, steps: [.contiguous]), Access(argument: 1, steps: [.contiguous]),
    ],
    scalars: [],
    stages: [
      Stage(
        loops: false, sources: [.load(access: 0)], composite: product,
        stores: [Store(access: 1, result: 0)], accumulators: [])
    ])
}

private func compile(_ kernel: Kernel) -> Result<CompiledKernel, LLVMError> {
  Result { () throws(LLVMError) in
    let jit = try JIT.shared()
    let ir = KernelEmitter.emit(kernel, named: "scale", for: jit.host).ir
    let code = try jit.compile(ir: ir, name: "scale", symbols: ["scale"])
    return try CompiledKernel(code, symbol: "scale", hasFinish: false, calling: [])
  }
}

extension CompiledKernel {
  /// What a kernel made by `scaling` gives for one number.
  fileprivate func scaled(_ number: Double) -> Double {
    var (x, y) = (number, Double.nan)
    withUnsafeMutablePointer(to: &x) { x in
      withUnsafeMutablePointer(to: &y) { y in
        let block = [Int(bitPattern: x), Int(bitPattern: y), 1, 1, 1]
        block.withUnsafeBytes { if let block = $0.baseAddress { body(block, 0, 1, nil, 0) } }
      }
    }
    return y
  }
}
