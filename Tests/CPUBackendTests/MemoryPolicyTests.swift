import Arrays
import KernelIR
import LLVM
import Scalars
import Testing

@testable import CPUBackend

@Suite("How launches meet the caches")
struct MemoryPolicyTests {
  @Test("What a processor is known for decides, whichever machine this is")
  func habits() {
    let hosts = ["another", "znver3", "znver4"].map { name in
      Host(
        triple: "x86_64-pc-linux-gnu", cpuName: name, features: "", vectorByteCount: 32,
        hasFMA: true)
    }
    #expect(hosts.map { VectorTarget($0).habits.streamCount } == [1, 4, 1])
    #expect(hosts.map { MemoryPolicy.common.adapted(to: $0).habits.streamCount } == [1, 4, 1])
  }

  @Test("Results pass the caches when the launch touches more than threads keep there")
  func pastCaches() throws {
    let cache = MemoryPolicy.common.lastCacheByteCount
    for (byteCount, one, two) in [
      (cache / 2, false, false), (cache, true, false), (cache + cache / 8, true, true),
      (2 * cache, true, true),
    ] {
      #expect(try Self.map(reading: 1, byteCount, threads: 1).storesPastCaches == one)
      #expect(try Self.map(reading: 1, byteCount, threads: 2).storesPastCaches == two)
    }
  }

  @Test("Some stay there where there is room beside what is read")
  func cachedPart() throws {
    let cache = MemoryPolicy.common.lastCacheByteCount
    for (byteCount, threads, hasRoom) in [
      (cache, 2, false), (cache + cache / 64, 1, false), (cache + cache / 64, 2, true),
      (cache * 5 / 4, 2, true), (cache * 11 / 8, 2, false), (4 * cache, 2, false),
    ] {
      let launch = try Self.launch(reading: 1, byteCount, threads: threads)
      // As many bytes of results as three quarters of the cache hold beside the operand.
      let room = hasRoom ? cache * 3 / 4 - byteCount / 2 : 0
      #expect(launch.cachedPointCount == room / 4 / 64 * 64, "\(byteCount), \(threads)")
    }
    let launch = try Self.launch(reading: 1, cache + cache / 64, threads: 7)
    let points = launch.kernel.rangeCount(for: launch.layout)
    #expect(launch.cachedPointCount == points / 7 / 64 * 64, "the leading thread's share")
    let rows = EmissionKernelTests.normalized(cache / 16 / 512 + 1, 512, strides: [512, 1])
    let (kernel, layout) = rows.kernel.specialized(for: rows.layout)
    let small = try Self.launch(reading: 1, 1 << 16, threads: 2, policy: MemoryPolicy.nearlyHolding)
    #expect(small.cachedPointCount > 0 && small.kernel.storesPastCaches)
    let keeping = try Self.chosen(kernel, layout, threads: 2)
    let half = 0...layout.extents[0] / 2
    #expect(keeping.kernel.storesPastCaches && half.dropFirst().contains(keeping.cachedPointCount))
  }

  @Test("None stay in a distant cache, and results pass it as early on several threads as on one")
  func distantCache() throws {
    var distant = MemoryPolicy.common
    distant.isLastCacheDistant = true
    let cache = distant.lastCacheByteCount
    for (byteCount, passes) in [(cache / 2, false), (cache, true), (cache + cache / 64, true)] {
      for threads in [1, 2] {
        let launch = try Self.launch(
          reading: 1, byteCount, threads: threads, policy: { _ in distant })
        #expect(launch.kernel.storesPastCaches == passes, "\(byteCount), \(threads)")
        #expect(launch.cachedPointCount == 0, "\(byteCount), \(threads)")
      }
    }
  }

  @Test("They do so earlier on several threads when values are kept in their place")
  func keptRows() throws {
    let side = MemoryPolicy.common.lastCacheByteCount / 2 / DType.float64.byteCount
    let test = EmissionKernelTests.normalized(side / 512, 512, strides: [512, 1])
    let (kernel, layout) = test.kernel.specialized(for: test.layout)
    for threads in [1, 2] {
      #expect(try Self.chosen(kernel, layout, threads: threads).kernel.storesPastCaches)
    }
  }

  @Test("Those of columns never do, which are written a piece of each row at a time")
  func columns() throws {
    let side = MemoryPolicy.common.lastCacheByteCount / DType.float64.byteCount
    for (strides, passes) in [([512, 1], true), ([1, side / 512], false)] {
      let test = EmissionKernelTests.normalized(side / 512, 512, strides: strides)
      let (kernel, layout) = test.kernel.specialized(for: test.layout)
      for threads in [1, 2] {
        #expect(try Self.chosen(kernel, layout, threads: threads).kernel.storesPastCaches == passes)
      }
    }
  }

  @Test("They do not where they take the place of what was just read")
  func inPlace() throws {
    let byteCount = 4 * MemoryPolicy.common.lastCacheByteCount
    let layout = ArrayLayout(.float32, [byteCount / 8])
    for (donor, overwrites, passes) in [
      (nil as Int?, true, true), (0, false, true), (0, true, false), (1, true, true),
    ] {
      let output = LaunchPlan.Output(layout, donor: donor)
      let kernel = try Self.map(reading: 1, byteCount, threads: 1) {
        $0.outputs = [output]
        return overwrites
      }
      #expect(kernel.storesPastCaches == passes, "\(String(describing: donor)), \(overwrites)")
    }
    let kernel = try Self.map(reading: 1, byteCount, threads: 1) { plan in
      if case .kernel(var launch) = plan.steps[0] {
        launch.addresses[0] = launch.addresses[1]
        plan.steps = [.kernel(launch)]
      }
      return false
    }
    #expect(!kernel.storesPastCaches)
  }

  @Test("Rows run side by side where what they write stays in the cache, or never gets there")
  func staggeredRows() throws {
    let cache = MemoryPolicy.common.lastCacheByteCount
    for (byteCount, staggers, passes) in [
      (cache / 4, true, false), (cache / 2 - cache / 64, true, false),
      (cache * 5 / 8, false, false),
      (2 * cache, true, true),
    ] {
      let rows = byteCount / 2 / 512 / DType.float64.byteCount
      let test = EmissionKernelTests.normalized(rows, 512, strides: [512, 1])
      let (kernel, layout) = test.kernel.specialized(for: test.layout)
      let chosen = try Self.chosen(kernel, layout, threads: 1).kernel
      #expect(chosen.staggersRows == staggers, "\(byteCount)")
      #expect(chosen.storesPastCaches == passes, "\(byteCount)")
      var sums = kernel
      sums.stages.remove(at: 2)
      sums.stages[1].stores = []
      #expect(try Self.chosen(sums, layout, threads: 1).kernel.staggersRows)
    }
    #expect(try !Self.map(reading: 1, cache / 4, threads: 1).staggersRows)
  }

  @Test("Rows pass the caches where they are whole vectors apart, short ones where little is done")
  func apart() throws {
    let bytes = 2 * MemoryPolicy.common.lastCacheByteCount
    var (long, short, mixed) = (MemoryPolicy.common, MemoryPolicy.common, MemoryPolicy.common)
    short.vectorByteCount = 32
    mixed.habits.streamByteCount = 32
    long.habits = ProcessorHabits()
    let policies = [long, mixed, short]
    for (number, count, keeping, mapping) in [
      (0, 1024, true, true), (0, 1008, true, true), (0, 1000, false, false),
      (1, 1008, true, true), (1, 1000, false, true), (1, 1004, false, false),
      (2, 1000, true, true), (2, 1001, false, false),
    ] {
      let policy = policies[number]
      let rows = bytes / 4 / count
      let test = RowProgram.keptValues.test(.float32, [4, count], padding: 0)
      var (kernel, layout) = test.kernel.specialized(for: test.layout)
      layout.extents[0] = rows
      let keeps = try Self.chosen(kernel, layout, threads: 1, policy: { _ in policy }).kernel
        .storesPastCaches
      #expect(keeps == keeping, "\(count)")

      let (sums, sumLayout) = Self.rowAddedToRows(rows, count)
      let maps = try Self.chosen(sums, sumLayout, threads: 1, policy: { _ in policy })
        .kernel
        .storesPastCaches
      #expect(maps == mapping, "\(count)")
    }
  }

  @Test("Short rows are turned where they are many, and shortest where their loops do little")
  func shortRows() throws {
    for (rows, count, isLong, isShort) in [
      (32, 10, true, true), (1000, 48, true, true), (1000, 49, true, false), (31, 10, true, false),
      (1000, 12, false, true), (1000, 13, false, false),
    ] {
      for threads in [1, 2] {
        let test = RowProgram.twoLoops.test(.float32, [rows, count], padding: 1, isLong: isLong)
        let (kernel, layout) = test.kernel.specialized(for: test.layout)
        let chosen = try Self.chosen(kernel, layout, threads: threads).kernel
        #expect(chosen.transposesRows == isShort, "\(rows) of \(count), \(isLong)")
      }
    }
    let bytes = RowProgram.bytes.test(.float32, [100, 10], padding: 1)
    let (kernel, layout) = bytes.kernel.specialized(for: bytes.layout)
    #expect(try !Self.chosen(kernel, layout, threads: 1).kernel.transposesRows)
  }

  /// The sums of rows and one row.
  private static func rowAddedToRows(_ rows: Int, _ count: Int) -> (kernel: Kernel, layout: Layout)
  {
    var sum = Composite(inputs: [.float32, .float32])
    sum.results = [sum.append(.add, [.input(0), .input(1)], .float32)]
    let strides = [[count, 1], [0, 1], [count, 1]]
    let kernel = Kernel(
      axes: [Axis("i", extent: "m"), Axis("j", extent: "n")], outerCount: 2,
      arguments: ["x", "w", "y"].map { Argument($0, .float32, isOutput: $0 == "y") },
      accesses: strides.indices.map { Access(argument: $0, steps: [.strided, .strided]) },
      scalars: [],
      stages: [
        Stage(
          loops: false, sources: [.load(access: 0), .load(access: 1)], composite: sum,
          stores: [Store(access: 2, result: 0)], accumulators: [])
      ])
    return kernel.specialized(for: Layout(extents: [rows, count], strides: strides))
  }

  @Test(
    "Short rows of maps are walked as long ones where there are several, past the caches as well")
  func foldedRows() throws {
    for (rows, count, folds, passes) in [
      (32, 3, true, false), (31, 3, false, false), (1000, 32, true, false),
      (1000, 33, false, false), (10_000_000, 3, true, true), (1_000_000, 33, false, false),
    ] {
      let (kernel, layout) = Self.rowAddedToRows(rows, count)
      let chosen = try Self.chosen(kernel, layout, threads: 1)
      #expect((chosen.kernel.folding != nil) == folds, "\(rows) of \(count)")
      #expect(chosen.kernel.storesPastCaches == passes, "\(rows) of \(count)")
      #expect(chosen.kernel.rangeCount(for: layout) == (folds ? rows : rows * count))
    }
  }

  @Test("One stream is asked for in advance where it comes from beyond a core's caches")
  func ahead() throws {
    let cache = MemoryPolicy.common.innerCacheByteCount
    #expect(try !Self.map(reading: 1, cache, threads: 1).readsAhead)
    #expect(try Self.map(reading: 1, 4 * cache, threads: 1).readsAhead)
    #expect(try !Self.map(reading: 2, 12 * cache, threads: 1).readsAhead)
    for (most, operands, asks) in [(1, 1, true), (2, 2, true), (2, 3, false), (4, 3, true)] {
      let launch = try Self.launch(
        reading: operands, 16 * cache, threads: 1,
        policy: { _ in
          var policy = MemoryPolicy.common
          policy.habits.mostStreamsAhead = most
          return policy
        })
      #expect(launch.kernel.readsAhead == asks, "\(operands) of \(most)")
    }
  }

  @Test("Reductions do not ask where the processor is better not asked")
  func reductionsAhead() throws {
    let byteCount = MemoryPolicy.common.lastCacheByteCount
    for reductionsReadAhead in [false, true] {
      for sums in [false, true] {
        let launch = try Self.launch(reading: 1, byteCount, threads: 1) { plan in
          if sums, case .kernel(var launch) = plan.steps[0] {
            launch.kernel.becomeSum()
            plan.steps = [.kernel(launch)]
          }
          return false
        } policy: { _ in
          var policy = MemoryPolicy.common
          policy.habits.reductionsReadAhead = reductionsReadAhead
          return policy
        }
        #expect(launch.kernel.readsAhead == (reductionsReadAhead || !sums))
      }
    }
  }

  @Test("Large reductions of one or two operands read in streams where the processor gains by it")
  func streams() throws {
    let least = MemoryPolicy.common.leastByteCountInStreams
    for (operands, byteCount, streams, inStreams) in [
      (1, 2 * least, 4, false), (1, 3 * least, 4, true), (2, least, 4, false),
      (2, 2 * least, 4, true), (3, 8 * least, 4, false), (2, 2 * least, 1, false),
    ] {
      let kernel = try Self.map(reading: operands, byteCount, threads: 1, streams: streams) {
        plan in
        if case .kernel(var launch) = plan.steps[0] {
          launch.kernel.becomeSum()
          plan.steps = [.kernel(launch)]
        }
        return false
      }
      #expect(kernel.readsInStreams == inStreams, "\(operands) operands, \(byteCount) bytes")
    }
  }

  @Test("They do not where runs are short, nor where the loop stores")
  func noStreams() throws {
    let byteCount = 64 * MemoryPolicy.common.leastByteCountInStreams
    for (run, stores, inStreams) in [
      (1 << 20, false, true), (512, false, false), (1 << 20, true, false),
    ] {
      let kernel = try Self.map(reading: 1, byteCount, threads: 1) { plan in
        if case .kernel(var launch) = plan.steps[0] {
          let kept = launch.kernel.stages[0].stores
          launch.kernel.becomeSum()
          if stores { launch.kernel.stages[0].stores = kept }
          launch.kernel.axes.insert(Axis("h", extent: "m"), at: 0)
          let rows = launch.layout.extents[0] / run
          launch.layout = Layout(
            extents: [rows, run], strides: Array(repeating: [run + 1, 1], count: 2))
          for access in launch.kernel.accesses.indices {
            launch.kernel.accesses[access].steps = [.strided, .contiguous]
          }
          plan.steps = [.kernel(launch)]
        }
        return false
      }
      #expect(kernel.readsInStreams == inStreams, "\(run), \(stores)")
    }
  }

  /// A kernel that adds up `operands` arrays, as it is compiled for so many bytes of operands and
  /// result together; `change` may change the plan, and tells whether inputs are overwritten.
  private static func map(
    reading operands: Int, _ byteCount: Int, threads: Int, streams: Int = 4,
    change: (inout LaunchPlan) -> Bool = { _ in false }
  ) throws -> Kernel {
    try launch(reading: operands, byteCount, threads: threads, streams: streams, change: change)
      .kernel
  }

  private static func launch(
    reading operands: Int, _ byteCount: Int, threads: Int, streams: Int = 4,
    change: (inout LaunchPlan) -> Bool = { _ in false },
    policy: (LaunchPlan) -> MemoryPolicy = { _ in .common }
  ) throws -> KernelLaunch {
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
    let layout = Layout(extents: [count], strides: Array(repeating: [1], count: operands + 1))
    return try chosen(
      kernel, layout, threads: threads, streams: streams, change: change, policy: policy)
  }

  /// A kernel as it is compiled when a plan launches nothing else.
  private static func chosen(
    _ kernel: Kernel, _ layout: Layout, threads: Int, streams: Int = 1,
    change: (inout LaunchPlan) -> Bool = { _ in false },
    policy: (LaunchPlan) -> MemoryPolicy = { _ in .common }
  ) throws -> KernelLaunch {
    var plan = LaunchPlan()
    let addresses = kernel.accesses.map { access -> LaunchPlan.Address in
      let (inputs, outputs) = (0..<access.argument).reduce(into: (0, 0)) { counts, argument in
        if kernel.arguments[argument].isOutput { counts.1 += 1 } else { counts.0 += 1 }
      }
      return .init(kernel.arguments[access.argument].isOutput ? .output(outputs) : .input(inputs))
    }
    plan.steps = [
      .kernel(
        KernelLaunch(
          name: "only", kernel: kernel, layout: layout, addresses: addresses, scalars: []))
    ]
    let overwrites = change(&plan)
    var policy = policy(plan)
    policy.habits.streamCount = streams
    plan = plan.choosingMemoryAccess(
      threads: threads, overwritesInputs: overwrites, by: policy)
    guard case .kernel(let launch) = plan.steps[0] else { throw NoKernel() }
    return launch
  }

  private struct NoKernel: Error {}
}

extension Kernel {
  /// Makes of a map of one axis the sum of what it writes.
  fileprivate mutating func becomeSum() {
    outerCount = 0
    stages[0].stores = []
    stages[0].loops = true
    stages[0].accumulators = [Accumulator(.sum, .float32, result: 0)]
  }
}
