import Arrays
import SymbolicGraph

/// Arrays that do not have the types of the inputs they are fed to.
package struct InputMismatch: Error, CustomStringConvertible {
  /// Which input takes what, and what it got.
  package let description: String

  private init(_ description: String) { self.description = "function: " + description }
}

extension InputMismatch {
  static func wrongCount(_ expected: Int, got: Int) -> InputMismatch {
    InputMismatch("takes \(expected) input\(expected == 1 ? "" : "s"); got \(got)")
  }

  static func wrongType(_ name: String, takes type: TensorType, got array: NDArray) -> InputMismatch
  {
    InputMismatch("input '\(name)' takes \(type); got \(array.typeText)")
  }

  static func notFed() -> InputMismatch { InputMismatch("an input is not fed") }
}
