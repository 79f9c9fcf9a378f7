import Arrays
import SymbolicGraph

/// What a part of an expression stands for.
enum Value {
  case tensor(Tensor)
  /// An integer as written, which may be an axis or a length as well as an operand.
  case integer(Int)
  /// An integer as written that only `uint64` holds.
  case wideInteger(UInt64)
  case real(Double)
  case flag(Bool)
  case none
  case list([(value: Value, syntax: Syntax)])
  case dtype(DType)
  case text(String)

  /// The value in messages about others that are expected.
  var description: String {
    switch self {
    case .tensor(let tensor): (try? tensor.type).map { "an array, \($0)" } ?? "an array"
    case .integer(let value): "\(value)"
    case .wideInteger(let value): "\(value)"
    case .real(let value): "\(value)"
    case .flag(let value): value ? "True" : "False"
    case .none: "None"
    case .list: "a list"
    case .dtype(let dtype): "the dtype \(dtype)"
    case .text(let text): "the text '\(text)'"
    }
  }

  /// The value as an operand, if it is one: numbers and truth values are weak, as in NumPy.
  var operand: Tensor? {
    switch self {
    case .tensor(let tensor): tensor
    case .integer(let value): Tensor(value)
    case .wideInteger(let value): .constant(NDArray(value))
    case .real(let value): Tensor(value)
    case .flag(let value): Tensor(value)
    case .none, .list, .dtype, .text: nil
    }
  }

  /// The integers of a list, or the one that is alone.
  var integers: [Int]? {
    switch self {
    case .integer(let value): return [value]
    case .list(let parts):
      let values = parts.compactMap {
        if case .integer(let value) = $0.value { value } else { nil }
      }
      return values.count == parts.count ? values : nil
    case .tensor, .wideInteger, .real, .flag, .none, .dtype, .text: return nil
    }
  }

  /// The width for all axes, the pair of widths, or the pairs for each axis.
  var widths: [[Int]]? {
    if let list = integers { return (1...2).contains(list.count) ? [list] : nil }
    guard case .list(let parts) = self else { return nil }
    let pairs = parts.compactMap { $0.value.integers }
    return pairs.count == parts.count && pairs.allSatisfy { $0.count == 2 } ? pairs : nil
  }

  /// An integer as written, if it is one, and the value of one, if it fits into 64 bits.
  var literal: Int128? {
    switch self {
    case .integer(let value): Int128(value)
    case .wideInteger(let value): Int128(value)
    case .tensor, .real, .flag, .none, .list, .dtype, .text: nil
    }
  }

  init?(literal: Int128) {
    if let value = Int(exactly: literal) {
      self = .integer(value)
    } else if let value = UInt64(exactly: literal) {
      self = .wideInteger(value)
    } else {
      return nil
    }
  }
}
