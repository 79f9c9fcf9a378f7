import Arrays

/// What makes a scalar program meaningless. It is a mistake of whoever built the program, never of
/// a user.
package struct ProgramError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One phrase: the rule, then what was found.
  package let description: String

  private init(_ description: String) { self.description = "scalar program: " + description }
}

extension ProgramError {
  static func noSuchOperand(_ what: String, _ number: Int, count: Int, in place: String) -> Self {
    Self("\(place) reads \(what) \(number); there are \(count) before it")
  }

  static func operandCount(_ place: String, takes expected: Int, got found: Int) -> Self {
    Self("\(place) takes \(expected) operands; got \(found)")
  }

  static func operandDTypes(_ place: String, takes expected: String, got found: [DType]) -> Self {
    Self("\(place) takes \(expected); got \(found.map(\.shortName).joined(separator: ", "))")
  }

  static func resultDType(_ place: String, gives expected: DType, got found: DType) -> Self {
    Self("\(place) gives \(expected.shortName); the line says \(found.shortName)")
  }

  static let noResults = Self("a program yields at least one result")
}
