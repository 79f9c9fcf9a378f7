/// Loops in C that a workload is measured against.
package struct Limit: Sendable {
  /// What the loops do, in a word.
  package let name: String

  /// What they compute.
  package let formula: Formula

  /// How many of the inputs they take, where not all.
  package let inputCount: Int?

  /// What they run over, where not the bytes of the first input.
  package let shape: [Int]?

  /// Whether they compute what Martlet does.
  package let isSame: Bool

  /// What the loops of the table compute.
  package enum Formula: Sendable {
    case read, copy, chain, chainSum, gelu, blackScholes, logSumExp, doubleAndAdd, broadcast
    case stencil, whereClip, mixed, horner, stream
  }

  /// Reading the inputs.
  static let read = Limit(name: "read", formula: .read, inputCount: nil, shape: nil, isSame: false)

  /// Copying the inputs, one after the other.
  static let copy = Limit(
    name: "memcpy", formula: .copy, inputCount: nil, shape: nil, isSame: false)

  /// Copying the first input.
  static let copyFirst = Limit(
    name: "memcpy", formula: .copy, inputCount: 1, shape: nil, isSame: false)

  /// The same formula for each index of a shape.
  static func formula(_ formula: Formula, over shape: Int...) -> Limit {
    Limit(name: "formula", formula: formula, inputCount: nil, shape: shape, isSame: true)
  }

  /// A formula as costly as Martlet's if nothing were in its way.
  static func unhindered(_ formula: Formula, over shape: Int...) -> Limit {
    Limit(name: "unhindered", formula: formula, inputCount: nil, shape: shape, isSame: false)
  }
}
