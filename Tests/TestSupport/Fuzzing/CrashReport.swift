import Glibc

/// Says on a fatal signal which graphs were being run, as no test framework outlives one.
///
/// With `MARTLET_FUZZ_VERBOSE` in the environment every graph is printed as it begins; with
/// `SWIFT_BACKTRACE` the runtime's own handler stays, which prints the stack.
enum CrashReport {
  private static let workerCount = 64
  private static let idle = UInt64.max

  // SAFETY: allocated once and never freed. Each worker writes its own place; the signal handler,
  // which ends the process, reads whatever is there.
  /// The seed that each worker is at.
  nonisolated(unsafe) private static let seeds: UnsafeMutablePointer<UInt64> = {
    let seeds = UnsafeMutablePointer<UInt64>.allocate(capacity: workerCount)
    seeds.initialize(repeating: idle, count: workerCount)
    return seeds
  }()

  private static let isVerbose = getenv("MARTLET_FUZZ_VERBOSE") != nil

  /// Notes that a worker begins with the graph of `seed`.
  static func begin(_ seed: UInt64, _ recipe: Recipe, worker: Int) {
    seeds[worker % workerCount] = seed
    if isVerbose { write("// seed \(seed)\n\(recipe.text)\n") }
  }

  /// Notes that a worker is done with its graph.
  static func end(worker: Int) { seeds[worker % workerCount] = idle }

  /// Installs the handler, and for this thread a stack that it can run on when the thread's own has
  /// overflowed.
  static func install() {
    if getenv("SWIFT_BACKTRACE") != nil { return }
    _ = seeds
    var stack = stack_t()
    stack.ss_size = 1 << 16
    stack.ss_sp = UnsafeMutableRawPointer.allocate(byteCount: stack.ss_size, alignment: 16)
    sigaltstack(&stack, nil)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in CrashReport.printSeeds() }
    // SA_ONSTACK and SA_RESETHAND: the second time the signal ends the process.
    action.sa_flags = Int32(bitPattern: 0x8800_0000)
    for number in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] {
      sigaction(number, &action, nil)
    }
  }

  /// Allocates no memory: the crash may have been in the allocator.
  private static func printSeeds() {
    write("\nfuzz: crashed; the graphs under way had the seeds")
    for worker in 0..<workerCount where seeds[worker] != idle {
      write(" ")
      writeDigits(seeds[worker])
    }
    write("\n")
  }

  private static func write(_ text: StaticString) {
    _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  private static func write(_ text: String) {
    var text = text
    text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private static func writeDigits(_ number: UInt64) {
    if number >= 10 { writeDigits(number / 10) }
    var digit = UInt8(ascii: "0") + UInt8(number % 10)
    _ = Glibc.write(STDERR_FILENO, &digit, 1)
  }
}
