internal import Glibc
internal import Synchronization

/// Keeps a thread from being inside LLVM while the process ends: LLVM's static data is destroyed by
/// `exit`, and a thread that still compiles would then crash the process.
enum ExitGate {
  private struct State {
    var isClosed = false
    var insideCount = 0
  }

  private static let state = Mutex(State())

  /// Calls `body`, which uses LLVM, and makes the end of the process wait for it; throws when that
  /// end has come.
  static func pass<Result: ~Copyable>(
    _ body: () throws(LLVMError) -> Result
  ) throws(LLVMError) -> Result {
    guard enter() else { throw .processEnds }
    defer {
      closeAtExit()
      state.withLock { $0.insideCount -= 1 }
    }
    return try body()
  }

  private static func enter() -> Bool {
    closeAtExit()
    return state.withLock { state in
      if !state.isClosed { state.insideCount += 1 }
      return !state.isClosed
    }
  }

  /// Arranges that `exit` closes the gate and waits until nobody is inside, before it runs the
  /// destructors that were registered up to now.
  ///
  /// `exit` goes backwards, and LLVM registers destructors whenever code of it runs for the first
  /// time. Hence the request is renewed, at 32 bytes a time, whenever somebody enters or leaves.
  /// What stays uncovered is an exit on one thread while the loader sets up LLVM's static data on
  /// another.
  private static func closeAtExit() {
    atexit {
      ExitGate.state.withLock { $0.isClosed = true }
      while ExitGate.state.withLock({ $0.insideCount > 0 }) { usleep(100) }
    }
  }
}
