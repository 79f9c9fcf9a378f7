import Arrays
import SymbolicGraph

/// What a function of the language takes.
struct Parameter: Sendable {
  enum Kind: Sendable {
    case tensor
    /// Several tensors in a list.
    case tensors
    /// One integer, not None.
    case integer
    /// One integer.
    case axis
    /// An integer, or several in a list.
    case integers
    /// A width, a pair of them, or a list of pairs.
    case widths
    case flag
    case dtype
  }

  let name: String
  let kind: Kind
  let isRequired: Bool

  init(_ name: String, _ kind: Kind, isRequired: Bool = false) {
    (self.name, self.kind, self.isRequired) = (name, kind, isRequired)
  }

  /// Whether None may be given, as for most of what need not be.
  var takesNone: Bool {
    switch kind {
    case .integer, .tensor: false
    default: !isRequired
    }
  }

  /// What it takes, in words.
  var rule: String {
    switch kind {
    case .tensor: "an array or a number"
    case .tensors: "a list of arrays, such as [x, y]"
    case .integer: "an integer"
    case .axis: "an integer or None"
    case .integers: "an integer or a list of them"
    case .widths: "an integer, or a pair of them, or one for each axis, ((1, 2), (0, 3))"
    case .flag: "True or False"
    case .dtype: "a dtype, such as float32"
    }
  }
}

/// What a call gives for the parameters.
struct Arguments: Sendable {
  enum Value: Sendable {
    case tensor(Tensor)
    case tensors([Tensor])
    case integer(Int)
    case integers([Int])
    case widths([[Int]])
    case flag(Bool)
    case dtype(DType)
    case none
  }

  var values: [String: Value] = [:]

  /// A tensor that must be given.
  func tensor(_ name: String) -> Tensor { optionalTensor(name) ?? 0 }

  func optionalTensor(_ name: String) -> Tensor? {
    if case .tensor(let tensor) = values[name] { tensor } else { nil }
  }

  func tensors(_ name: String) -> [Tensor] {
    if case .tensors(let tensors) = values[name] { tensors } else { [] }
  }

  func integer(_ name: String) -> Int? {
    if case .integer(let integer) = values[name] { integer } else { nil }
  }

  func integers(_ name: String) -> [Int]? {
    if case .integers(let integers) = values[name] { integers } else { nil }
  }

  /// The widths for the axes of another argument: those given for each, or a pair or one width for all.
  func widths(_ name: String, of tensor: String) -> [(before: Int, after: Int)] {
    guard case .widths(let lists) = values[name] else { return [] }
    let pairs = lists.map { (before: $0[0], after: $0[$0.count - 1]) }
    if pairs.count == 1, let rank = try? self.tensor(tensor).rank {
      return Array(repeating: pairs[0], count: rank)
    }
    return pairs
  }

  /// Whether None is given.
  func isNone(_ name: String) -> Bool {
    if case .some(.none) = values[name] { true } else { false }
  }

  func flag(_ name: String) -> Bool {
    if case .flag(let flag) = values[name] { flag } else { false }
  }

  func dtype(_ name: String) -> DType? {
    if case .dtype(let dtype) = values[name] { dtype } else { nil }
  }
}
