import Arrays
import KernelIR
import TestSupport
import Testing

@testable import CPUBackend

@Suite("Steps side by side")
struct StepGroupTests {
  /// A step that reads some parts of the workspace and writes one, each of 64 bytes; a reduction reads so many
  /// elements and writes one.
  private func footprint(_ reads: [Int], _ write: Int, reducing count: Int? = nil) -> Footprint {
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1,
      arguments: (0...reads.count).map {
        Argument("a\($0)", .float64, isOutput: $0 == reads.count)
      },
      accesses: (0...reads.count).map { Access(argument: $0, steps: [.contiguous]) }, scalars: [],
      stages: [])
    let launch = KernelLaunch(
      name: "k", kernel: kernel,
      layout: Layout(
        extents: [count ?? 8],
        strides: reads.map { _ in [1] } + [[count == nil ? 1 : 0]]),
      addresses: (reads + [write]).map { LaunchPlan.Address(.workspace, byteOffset: 64 * $0) },
      scalars: [])
    return Footprint(.kernel(launch), of: LaunchPlan(), scratch: 0..<0, overwritesInputs: false)
  }

  private func groups(
    _ steps: [(reads: [Int], write: Int)], _ costs: [StepCost], mayFail: [Bool]? = nil,
    threads: Int = 2
  ) -> [Range<Int>] {
    StepGroup.groups(
      costs, steps.map { footprint($0.reads, $0.write) },
      mayFail: mayFail ?? costs.map { _ in false }, threads: threads
    ).map(\.steps)
  }

  private let narrow = StepCost(nanoseconds: 10_000, pieces: 1)
  private let wide = StepCost(nanoseconds: 100_000, pieces: 100)
  private let tiny = StepCost(nanoseconds: 500, pieces: 1)

  @Test("Those that need nothing of each other form a group, where that saves time")
  func independent() {
    let apart = (0..<4).map { (reads: [] as [Int], write: $0) }
    #expect(groups(apart, Array(repeating: narrow, count: 4)) == [0..<4])
    #expect(groups(apart, Array(repeating: narrow, count: 4), threads: 1).isEmpty)
    #expect(groups(apart, Array(repeating: tiny, count: 4)).isEmpty)
    #expect(groups(apart, Array(repeating: wide, count: 4)).isEmpty)
    #expect(groups(apart, [narrow, narrow, wide, narrow]) == [0..<2])
    #expect(
      groups(
        apart, Array(repeating: narrow, count: 4), mayFail: [false, true, false, false]) == [2..<4])
  }

  @Test("A chain is no group; two are, in whatever order they come")
  func chains() {
    let chain = (0..<4).map { (reads: $0 == 0 ? [] : [$0 - 1], write: $0) }
    #expect(groups(chain, Array(repeating: narrow, count: 4)).isEmpty)
    let two = [([], 0), ([0], 1), ([], 2), ([2], 3)] as [(reads: [Int], write: Int)]
    #expect(groups(two, Array(repeating: narrow, count: 4)) == [0..<4])
    // The second chain writes over what the first reads last.
    let same = [([], 0), ([0], 1), ([], 0), ([0], 2)] as [(reads: [Int], write: Int)]
    #expect(groups(same, Array(repeating: narrow, count: 4)).isEmpty)
  }

  @Test("Long plans make several groups")
  func long() {
    let apart = (0..<150).map { (reads: [] as [Int], write: $0) }
    #expect(
      groups(apart, Array(repeating: narrow, count: 150)) == [0..<64, 64..<128, 128..<150])
  }

  @Test("Each step runs once, after those that it needs", arguments: UInt64(0)..<50)
  func order(seed: UInt64) throws {
    var dice = Dice(seed: seed)
    let count = Int.random(in: 2...StepGroup.longest, using: &dice)
    let needs = (0..<count).map { step in
      (0..<step).filter { _ in Int.random(in: 0..<max(step, 4), using: &dice) < 2 }
    }
    let footprints = needs.enumerated().map { footprint($1, $0) }
    let costs = needs.map { _ in
      StepCost(nanoseconds: Double.random(in: 1e3...1e6, using: &dice), pieces: 1)
    }
    let steps = needs.enumerated().map { Sum($0, $1) as CompiledStep }
    guard
      let group = StepGroup.groups(
        costs, footprints, mayFail: needs.map { _ in false }, threads: 4
      ).first
    else { return }
    let list = UnsafeMutableBufferPointer<Unmanaged<CompiledStep>>.allocate(capacity: count)
    defer { list.deallocate() }
    _ = list.initialize(fromContentsOf: steps.map { .passUnretained($0) })
    var sums = [Int](repeating: 0, count: count)
    sums.withUnsafeMutableBytes { bytes in
      guard let start = bytes.baseAddress else { return }
      withUnsafePointer(to: start) {
        let base = UnsafeBufferPointer(start: UnsafePointer($0), count: 1)
        withExtendedLifetime(steps) { group.run(list, base, threads: 4) }
      }
    }
    var expected = [Int](repeating: 0, count: count)
    for step in group.steps { expected[step] = needs[step].reduce(step + 1) { $0 &+ expected[$1] } }
    #expect(sums == expected)
  }

  @Test("Two steps may change places unless one writes what the other touches")
  func footprints() {
    let a = footprint([0], 1)
    for count in [0, 1, 8] {
      let reduction = footprint([0], 1, reducing: count)
      #expect(footprint([1], 2).mustFollow(reduction))
      #expect(footprint([2], 1).mustFollow(reduction))
      #expect(footprint([2], 0).mustFollow(reduction) == (count > 0))
    }
    #expect(!footprint([0], 2).mustFollow(a))
    #expect(footprint([1], 2).mustFollow(a))
    #expect(footprint([2], 0).mustFollow(a))
    #expect(footprint([2], 1).mustFollow(a))
  }
}

/// A step that adds up its number, counted from one, and the sums of others.
private final class Sum: CompiledStep, @unchecked Sendable {
  private let number: Int, needs: [Int]

  init(_ number: Int, _ needs: [Int]) { (self.number, self.needs) = (number, needs) }

  override func run(_ base: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int) {
    let sums = base[0].assumingMemoryBound(to: Int.self)
    sums[number] &+= needs.reduce(number + 1) { $0 &+ sums[$1] }
  }
}
