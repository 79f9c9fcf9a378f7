import CPUBackend
import Glibc
import Profiling
import Synchronization

/// The recorders of functions that are shown together: those of a session, or of the process.
final class ProfileGroup: Sendable {
  private let state = Mutex((recorders: [FunctionRecorder](), leftOut: 0))

  /// How many functions a group keeps. A session that meets ever new expressions would fill memory.
  private static let most = 4096

  func add(_ recorder: FunctionRecorder) {
    state.withLock { state in
      if state.recorders.count < Self.most {
        state.recorders.append(recorder)
      } else {
        state.leftOut += 1
      }
    }
  }

  var members: (recorders: [FunctionRecorder], leftOut: Int) { state.withLock { $0 } }
}
