internal import Arrays

/// A type of LLVM IR: an element, or a vector of elements.
struct IRType: Hashable {
  /// What one lane holds.
  enum Element: Hashable {
    case integer(Int)
    case float, double
    case pointer
  }

  var element: Element
  /// The number of lanes; one lane is a scalar, not a vector.
  var lanes: Int

  init(_ element: Element, lanes: Int = 1) {
    self.element = element
    self.lanes = lanes
  }

  /// The type of `lanes` values of `dtype` in registers, where a bool is one bit.
  init(_ dtype: DType, lanes: Int = 1) {
    switch dtype.kind {
    case .bool: self.init(.integer(1), lanes: lanes)
    case .signed, .unsigned: self.init(.integer(dtype.bitWidth), lanes: lanes)
    case .floating: self.init(dtype == .float32 ? .float : .double, lanes: lanes)
    }
  }

  /// The type of `lanes` values of `dtype` in memory, where a bool is one byte.
  static func memory(_ dtype: DType, lanes: Int = 1) -> IRType {
    dtype == .bool ? IRType(.integer(8), lanes: lanes) : IRType(dtype, lanes: lanes)
  }

  static let i1 = IRType(.integer(1))
  static let i64 = IRType(.integer(64))
  static let pointer = IRType(.pointer)

  /// The same element in another number of lanes.
  func with(lanes: Int) -> IRType { IRType(element, lanes: lanes) }
}

extension IRType {
  /// The type as IR spells it: `<8 x double>`.
  var text: String { lanes == 1 ? elementText : "<\(lanes) x \(elementText)>" }

  /// The type as names of intrinsics spell it: `v8f64`.
  var suffix: String {
    let name =
      switch element {
      case .integer(let bits): "i\(bits)"
      case .float: "f32"
      case .double: "f64"
      case .pointer: "p0"
      }
    return lanes == 1 ? name : "v\(lanes)\(name)"
  }

  /// The bits of all lanes.
  var bitCount: Int {
    switch element {
    case .integer(let bits): lanes * bits
    case .float: lanes * 32
    case .double, .pointer: lanes * 64
    }
  }

  private var elementText: String {
    switch element {
    case .integer(let bits): "i\(bits)"
    case .float: "float"
    case .double: "double"
    case .pointer: "ptr"
    }
  }
}

/// A value of LLVM IR: the name of an instruction's result, or a constant.
struct IRValue: Hashable {
  /// The name or the constant, without its type.
  let text: String
  let type: IRType
  /// The value of every lane, where it is known while the IR is written.
  let constant: Scalar?

  init(_ text: String, _ type: IRType) {
    self.text = text
    self.type = type
    constant = nil
  }

  /// The value with its type, as operands are written.
  var typed: String { "\(type.text) \(text)" }
}

extension IRValue {
  /// A constant in every one of `lanes` lanes.
  init(_ scalar: Scalar, lanes: Int = 1) {
    type = IRType(scalar.dtype, lanes: lanes)
    constant = scalar
    let one = Self.text(of: scalar)
    text = lanes == 1 ? one : "splat (\(type.with(lanes: 1).text) \(one))"
  }

  /// An `i64` constant.
  static func i64(_ value: Int) -> IRValue { IRValue(.int(Int64(value), .int64)) }

  /// An `i32` constant.
  static func i32(_ value: Int) -> IRValue { IRValue(.int(Int64(value), .int32)) }

  /// A vector of different integer constants.
  init(_ values: [Int], _ element: IRType.Element) {
    type = IRType(element, lanes: values.count)
    constant = nil
    let one = type.with(lanes: 1).text
    text = "<" + values.map { "\(one) \($0)" }.joined(separator: ", ") + ">"
  }

  /// Integers in signed decimal, floats as the bits of a double: IR reads both back exactly.
  private static func text(of scalar: Scalar) -> String {
    switch scalar {
    case .bool(let value): value ? "true" : "false"
    case .int(let value, _): String(value)
    case .uint(let value, let dtype):
      String(Int64(bitPattern: value << UInt64(64 - dtype.bitWidth)) >> Int64(64 - dtype.bitWidth))
    case .float(let value, let dtype): hexadecimal(value, dtype)
    }
  }

  private static func hexadecimal(_ value: Double, _ dtype: DType) -> String {
    // A NaN whose payload does not fit a float would be refused.
    let exact = value.isNaN ? .nan : dtype == .float32 ? Double(Float(value)) : value
    let digits = String(exact.bitPattern, radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
