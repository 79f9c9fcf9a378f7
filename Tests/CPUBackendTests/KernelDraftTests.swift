import Arrays
import Glibc
import KernelIR
import Scalars
import Synchronization
import Testing

@testable import CPUBackend
@testable import LLVM

@Suite("Kernels that are compiled together")
struct KernelDraftTests {
  private let cache: TemporaryCache
  private let folder: CacheFolder

  init() throws {
    cache = try TemporaryCache()
    folder = cache.folder()
  }

  @Test("Kernels without code share modules, as many as are short enough and leave work for all")
  func groups() {
    let images = [1, 2].map { Image(bytes: [$0], entries: [:]) }
    func draft(_ kilobytes: Int, _ kept: Image? = nil) -> KernelDraft {
      KernelDraft(
        source: ModuleSource(
          name: "k", ir: String(repeating: ";", count: kilobytes << 10), symbols: []),
        hasFinish: false, functions: [], kept: kept, time: .zero)
    }
    let missing = [20, 16, 14, 60, 10, 10, 40].map { draft($0) }
    #expect(missing.groups(threads: 1) == [[0, 1], [2], [3], [4, 5], [6]])
    #expect(missing.groups(threads: 2) == missing.indices.map { [$0] })
    let short = [KernelDraft](repeating: draft(2), count: 40)
    #expect(short.groups(threads: 2).map(\.count) == [10, 10, 10, 10])
    #expect(short.groups(threads: 1).map(\.count) == [24, 16])
    let kept = [images[0], images[0], images[1], nil, nil, images[1]].map { draft(1, $0) }
    #expect(kept.groups(threads: 1) == [[0, 1], [2], [3, 4], [5]])
    #expect([KernelDraft]().groups(threads: 2).isEmpty)
  }

  @Test("The time of a group is shared out by the lengths of its texts")
  func shares() {
    let drafts = [1, 3].map {
      KernelDraft(
        source: ModuleSource(name: "k", ir: String(repeating: ";", count: $0), symbols: []),
        hasFinish: false, functions: [], kept: nil, time: .seconds(1))
    }
    #expect(drafts.shares(of: .seconds(8)) == [.seconds(2), .seconds(6)])
    #expect(drafts[0].report(after: .seconds(2)).time == .seconds(3))
  }

  @Test("Kernels that shared a module work when a later process finds them", arguments: [1, 2])
  func plan(threads: Int) throws {
    for isKept in [false, true] {
      let backend = try CPUBackend.make(keepingIn: folder, HostRecord.find(in: folder))
      let reports = Mutex<[KernelReport]>([])
      let compiled = try backend.compile(
        Self.scalings(20), threads: threads,
        observer: { report in reports.withLock { $0.append(report) } })
      let seen = reports.withLock { $0 }
      #expect(Set(seen.map(\.name)) == Set((0..<20).map { "scaling \($0)" }))
      #expect(seen.count == 20 && seen.allSatisfy { $0.wasCached == isKept })
      let results = try BorrowedArray.lending([NDArray([1.0, 2, 3, 4, 5])]) {
        try compiled.run($0, threads: threads)
      }
      for factor in 0..<20 {
        let expected = (1...5).map { Double($0 * factor) }
        #expect(results[factor] == NDArray(expected))
      }
    }
  }

  /// The test has a process of its own, as others' loops would take the workers.
  @Test(
    "Several threads emit kernels, and several compile them",
    .enabled(if: ThreadBudget.availableCores > 1))
  func together() async {
    await #expect(processExitsWith: .success) {
      let emitting = Meeting(), compiling = Meeting()
      _ = try CPUBackend.make(keepingIn: nil, nil).compile(
        Self.scalings(20), threads: 2,
        log: { level, _ in if level == 4 { emitting.attend() } },
        observer: { _ in compiling.attend() })
      #expect(emitting.count == 2)
      #expect(compiling.count == 2)
    }
  }

  @Test("A kernel that fails keeps none of its group from being compiled")
  func failure() throws {
    let backend = try CPUBackend.make(keepingIn: nil, nil)
    let drafts = ["ret void", "ret i64 0", "ret void"].enumerated().map { number, body in
      KernelDraft(
        source: ModuleSource(
          name: "kernel \(number)", ir: "define void @kernel() {\n  \(body)\n}",
          symbols: ["kernel"]),
        hasFinish: false, functions: [], kept: nil, time: .zero)
    }
    let results = backend.results(of: drafts).map(\.0)
    #expect(throws: Never.self) { try (results[0].get(), results[2].get()) }
    let error = #expect(throws: LLVMError.self) { try results[1].get() }
    #expect(error?.description.contains("'kernel 1'") == true)
  }

  @Test("A kernel that calls the C library keeps its neighbours from nothing")
  func neighbours() throws {
    let backend = try CPUBackend.make(keepingIn: folder, nil)
    let store = KernelStore(in: folder, for: try #require(HostRecord(of: JIT.shared())))
    let plain = ModuleSource(
      name: "plain", ir: "define double @f() {\n  ret double 1.0\n}", symbols: ["f"])
    let gamma = ModuleSource(
      name: "gamma",
      ir: """
        declare double @tgamma(double)
        define double @f() {
          %y = call double @tgamma(double 5.0)
          ret double %y
        }
        """, symbols: ["f"])
    let images = try backend.images(of: [plain, gamma])
    #expect(images.map(\.isPortable) == [true, false])
    #expect(store.image(of: plain) == images[0])
    #expect(store.image(of: gamma) == nil)
  }

  @Test("Functions are compiled for the first kernel that calls them, and found by a later process")
  func functions() throws {
    let wave = VectorFunction(operation: .sin, dtype: .float64, lanes: 1, vectors: 1)
    let other = VectorFunction(operation: .exp, dtype: .float32, lanes: 4, vectors: 4)
    for isKept in [false, true] {
      let backend = try CPUBackend.make(keepingIn: folder, HostRecord.find(in: folder))
      let texts = Mutex<[String]>([])
      let log: @Sendable (Int, () -> String) -> Void = { level, text in
        if level == 2 { texts.withLock { $0.append(text()) } }
      }
      backend.prepare([wave], threads: 2, log)
      backend.prepare([wave, other], threads: 2, log)
      let codes =
        try backend.codes(of: [wave, other]) + backend.codes(of: [other, wave]).reversed()
      let addresses = try codes.map { try $0.address(of: VectorFunction.symbol) }
      #expect(addresses[..<2] == addresses[2...])
      let seen = texts.withLock { $0 }
      #expect(
        seen.map { String($0.prefix { $0 != ":" }) }
          == ["function sin float64, a vector of 1", "function exp float32, 4 vectors of 4"])
      #expect(seen.allSatisfy { $0.contains("found in the cache") == isKept })
      typealias Sine = @convention(c) (Double) -> Double
      let sine = unsafeBitCast(addresses[0], to: Sine.self)
      #expect(abs(sine(1) - 0.8414709848078965) < 1e-15)
    }
  }

  @Test("Threads that need a function at the same time all get it")
  func crowd() throws {
    let backend = try CPUBackend.make(keepingIn: nil, nil)
    let function = VectorFunction(operation: .tanh, dtype: .float64, lanes: 1, vectors: 1)
    let codes = ParallelLoop.map(Array(0..<8), threads: 4, nanosecondsEach: 1e6) { _ in
      try? backend.codes(of: [function])[0]
    }
    for code in codes {
      let address = try #require(code).address(of: VectorFunction.symbol)
      let tanh = unsafeBitCast(address, to: (@convention(c) (Double) -> Double).self)
      #expect(abs(tanh(1) - 0.7615941559557649) < 1e-15)
    }
  }

  /// A plan of kernels that multiply its input, of five numbers, by 0, 1, 2 and so on.
  private static func scalings(_ count: Int) -> LaunchPlan {
    let layout = ArrayLayout(.float64, [5])
    var plan = LaunchPlan()
    plan.outputs = (0..<count).map { _ in LaunchPlan.Output(layout) }
    for factor in 0..<count {
      plan.steps.append(
        .kernel(
          KernelLaunch(
            name: "scaling \(factor)", kernel: scaling(by: factor),
            layout: Layout(extents: [5], strides: [[1], [1]]),
            addresses: [.init(.input(0)), .init(.output(factor))], scalars: [])))
      plan.results.append(.init(.init(.output(factor)), layout))
    }
    return plan
  }
}

/// Where each thread that comes waits until there are two, for a minute altogether.
private final class Meeting: Sendable {
  private let threads = Mutex<Set<UInt>>([])
  private let end = ContinuousClock.now + .seconds(60)

  var count: Int { threads.withLock { $0.count } }

  func attend() {
    threads.withLock { _ = $0.insert(pthread_self()) }
    while count < 2, ContinuousClock.now < end { sched_yield() }
  }
}
