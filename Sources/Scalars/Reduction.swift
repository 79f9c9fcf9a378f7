/// How many values become one.
public enum Reduction: String, CaseIterable, Sendable {
  case sum, prod, min, max, any, all, argmin, argmax
}

extension Reduction {
  /// Whether the result is the position of a value rather than a value.
  public var isPosition: Bool {
    switch self {
    case .argmin, .argmax: true
    case .sum, .prod, .min, .max, .any, .all: false
    }
  }

  /// Whether zero values have a result.
  public var hasIdentity: Bool {
    switch self {
    case .sum, .prod, .any, .all: true
    case .min, .max, .argmin, .argmax: false
    }
  }

  /// The same reduction of bools: a sum in `bool` is whether any holds, a product whether all do.
  package var ofBools: Reduction {
    switch self {
    case .sum, .max: .any
    case .prod, .min: .all
    case .any, .all, .argmin, .argmax: self
    }
  }
}
