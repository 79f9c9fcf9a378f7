import Dispatch
import Glibc
import Synchronization
import Testing

@testable import LLVM

@Suite("The end of the process")
struct ExitTests {
  @Test("A process may end while other threads compile", arguments: 1...5)
  func exitWhileCompiling(attempt: Int) async {
    await #expect(processExitsWith: .exitCode(3)) {
      let jit = try JIT.shared()
      let compiled = DispatchSemaphore(value: 0)
      for _ in 0..<3 {
        DispatchQueue.global().async {
          while let code = try? jit.compile(
            ir: PiKernel.text(), name: "pi", symbols: ["pi_hits"])
          {
            _ = try? code.address(of: "pi_hits")
            compiled.signal()
          }
        }
      }
      for _ in 0..<10 { compiled.wait() }
      exit(3)
    }
  }

  @Test("The JIT starts beside other work, once")
  func startedAhead() throws {
    let answer = JIT.start { 42 }
    #expect(answer == 42)
    #expect(try JIT.shared() === JIT.shared())
  }

  @Test("Where all of Dispatch's threads wait for the caller, it does not wait for one of them")
  func noThreadLeft() async {
    await #expect(processExitsWith: .exitCode(3)) {
      let first = Mutex<Int?>(nil), group = DispatchGroup(), areQueued = DispatchSemaphore(value: 0)
      for _ in 0..<600 {
        DispatchQueue.global(qos: .userInitiated).async(group: group) {
          first.withLock { first in
            if first != nil { return }
            areQueued.wait()
            first = JIT.start { 42 }
          }
        }
      }
      areQueued.signal()
      #expect(group.wait(timeout: .now() + 600) == .success)
      exit(3)
    }
  }
}
