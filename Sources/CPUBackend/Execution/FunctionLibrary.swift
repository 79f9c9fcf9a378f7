import LLVM
import Synchronization

/// The vector functions of this process. Each is there from the first kernel on that calls it, and stays:
/// there are a few dozen for each kind of vectors.
final class FunctionLibrary: Sendable {
  private let table = Mutex<[VectorFunction: MachineCode]>([:])

  /// The code of a function, if it is there.
  subscript(function: VectorFunction) -> MachineCode? { table.withLock { $0[function] } }

  /// Takes in the code of a function and returns what is there: that of a thread, perhaps, which
  /// compiled it at the same time.
  @discardableResult
  func insert(_ code: MachineCode, for function: VectorFunction) -> MachineCode {
    table.withLock { table in
      if let known = table[function] { return known }
      table[function] = code
      return code
    }
  }
}
