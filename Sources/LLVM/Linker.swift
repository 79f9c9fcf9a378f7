internal import CLLVM
internal import Synchronization

/// ORC's linker: makes images of object files. One object is linked at a time, which takes 0.1 ms.
final class Linker: Sendable {
  private let session: Mutex<Session>

  /// Starts ORC for `host`.
  init(for host: Host, in library: Library) throws(LLVMError) {
    session = Mutex(try Session(for: host, in: library))
  }

  /// Links `object` with the functions of this process, and finds `symbols` in it.
  func image(
    of object: consuming ObjectFile, symbols: [String]
  ) throws(LLVMError) -> Image {
    // A closure may not consume what it captures, but it may empty an optional.
    var object = Optional(object)
    return try ExitGate.pass { () throws(LLVMError) in
      try session.withLock { session throws(LLVMError) in
        try session.image(of: object.take()!, symbols: symbols)
      }
    }
  }
}
