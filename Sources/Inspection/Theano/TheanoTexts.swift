import Arrays
import SymbolicGraph

/// Theano's texts for types and constants.
enum TheanoTexts {
  /// `TensorType(float64, vector)`: the dtype, and which axes have length 1.
  static func type(_ type: TensorType) -> String {
    let broadcasts = type.shape.map { $0 == .fixed(1) }
    let pattern =
      switch broadcasts {
      case []: "scalar"
      case [false]: "vector"
      case [false, true]: "col"
      case [true, false]: "row"
      case [false, false]: "matrix"
      default: broadcasts.contains(true) ? tuple(broadcasts.map(Self.bool)) : "\(type.rank)D"
      }
    return "TensorType(\(type.dtype), \(pattern))"
  }

  /// `(1, 2)`, or `(1,)` for one.
  static func tuple(_ items: [String]) -> String {
    items.count == 1 ? "(\(items[0]),)" : "(\(items.joined(separator: ", ")))"
  }

  /// `TensorConstant{2.0}`, `TensorConstant{(3,) of 0.5}`, `TensorConstant{[1 2 3]}`; long ones are
  /// cut in the middle.
  static func constant(_ array: NDArray) -> String {
    if array.rank > 0, array.count > 0 {
      let elements = array.contiguous()
      let first = array.scalar(at: 0)
      if elements.error == nil,
        (1..<elements.count).allSatisfy({ elements.scalar(at: $0) == first })
      {
        return constant(first, shape: array.shape)
      }
    }
    return constant(named: array.rank == 0 ? number(array.scalar(at: 0)) : array.description)
  }

  /// The constant whose elements are all `value`.
  static func constant(_ value: Scalar, shape: [Int]) -> String {
    if shape.isEmpty { return constant(named: number(value)) }
    return constant(named: "\(tuple(shape.map(String.init))) of \(number(value))")
  }

  /// The constant vector of these integers.
  static func integers(_ values: [Int]) -> String {
    if let first = values.first, values.allSatisfy({ $0 == first }) {
      return constant(Scalar(first), shape: [values.count])
    }
    let words = values.map(String.init)
    let width = words.map(\.count).max() ?? 0
    let padded = words.map { String(repeating: " ", count: width - $0.count) + $0 }
    return constant(named: "[\(padded.joined(separator: " "))]")
  }

  private static func constant(named name: String) -> String {
    let line = name.filter { $0 != "\n" }
    return "TensorConstant{\(line.count > 20 ? "\(line.prefix(10))..\(line.suffix(10))" : line)}"
  }

  /// A number as NumPy writes it.
  static func number(_ value: Scalar) -> String {
    if case .float = value {
      let text = "\(value)"
      return text.allSatisfy { $0.isNumber || $0 == "-" } ? text + ".0" : text
    }
    if case .bool(let value) = value { return bool(value) }
    return "\(value)"
  }

  private static func bool(_ value: Bool) -> String { value ? "True" : "False" }
}
