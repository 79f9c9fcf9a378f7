import Arrays
import Glibc
import Scalars

/// What `Instruction` documents, computed on scalars: what emitted code must agree with, bit for bit.
enum InstructionModel {
  static func evaluate(_ instruction: Instruction, _ x: [Scalar], as dtype: DType) -> Scalar {
    switch instruction {
    case .select: x[0] == .bool(true) ? x[1] : x[2]
    case .convert: x[0].cast(to: dtype)
    case .bitcast: Scalar(bits: x[0].bitPattern, dtype)
    case .lookup(let table): Scalar(bits: table.words[Int(x[0].bitPattern)], dtype)
    case .call(let operation): LaneProgram.function(operation, dtype).evaluate(x)[0]
    case .eq, .ne, .lt, .le, .gt, .ge: .bool(compare(instruction, x))
    default:
      if dtype.isFloating {
        dtype == .float32
          ? Scalar(float(instruction, x.map { Float($0.asDouble) }))
          : Scalar(float(instruction, x.map(\.asDouble)))
      } else {
        integer(instruction, x, dtype)
      }
    }
  }

  private static func compare(_ instruction: Instruction, _ x: [Scalar]) -> Bool {
    func hold<T: Comparable>(_ a: T, _ b: T) -> Bool {
      switch instruction {
      case .eq: a == b
      case .ne: a != b
      case .lt: a < b
      case .le: a <= b
      case .gt: a > b
      default: a >= b
      }
    }
    if x[0].dtype.isFloating { return hold(x[0].asDouble, x[1].asDouble) }
    return x[0].dtype.isSigned
      ? hold(x[0].signed, x[1].signed) : hold(x[0].bitPattern, x[1].bitPattern)
  }

  private static func float<T: BinaryFloatingPoint>(_ instruction: Instruction, _ x: [T]) -> T {
    switch instruction {
    case .add: x[0] + x[1]
    case .sub: x[0] - x[1]
    case .mul: x[0] * x[1]
    case .div: x[0] / x[1]
    case .fma: x[2].addingProduct(x[0], x[1])
    case .scale: x[1].isNaN ? .nan : T(scalbn(Double(x[0]), Int32(max(-4096, min(x[1], 4096)))))
    case .neg: -x[0]
    case .abs: x[0].magnitude
    case .sqrt: x[0].squareRoot()
    case .floor: x[0].rounded(.down)
    case .ceil: x[0].rounded(.up)
    case .trunc: x[0].rounded(.towardZero)
    case .roundEven: x[0].rounded(.toNearestOrEven)
    case .min: x[0].isNaN ? x[0] : x[0] < x[1] ? x[0] : x[1]
    case .max: x[0].isNaN ? x[0] : x[0] > x[1] ? x[0] : x[1]
    default: preconditionFailure("\(instruction) has no floating operands")
    }
  }

  private static func integer(_ instruction: Instruction, _ x: [Scalar], _ dtype: DType) -> Scalar {
    let (a, b) = (x[0].signed, x.count > 1 ? x[1].signed : 0)
    let (u, v) = (x[0].bitPattern, x.count > 1 ? x[1].bitPattern : 0)
    let isUnsigned = !dtype.isSigned
    func pick(_ signed: @autoclosure () -> Int64, _ unsigned: @autoclosure () -> UInt64) -> Int64 {
      isUnsigned ? Int64(bitPattern: unsigned()) : signed()
    }
    let result: Int64 =
      switch instruction {
      case .add: a &+ b
      case .sub: a &- b
      case .mul: a &* b
      case .div: pick(b == 0 ? 0 : b == -1 ? 0 &- a : a / b, v == 0 ? 0 : u / v)
      case .rem: pick(b == 0 || b == -1 ? 0 : a % b, v == 0 ? 0 : u % v)
      case .neg: 0 &- a
      case .abs: pick(a < 0 ? 0 &- a : a, u)
      case .floor, .ceil, .trunc, .roundEven: a
      case .min: pick(Swift.min(a, b), Swift.min(u, v))
      case .max: pick(Swift.max(a, b), Swift.max(u, v))
      case .and: a & b
      case .or: a | b
      case .xor: a ^ b
      case .not: ~a
      case .shiftLeft: a << b
      case .shiftRight: pick(a >> b, u >> v)
      default: preconditionFailure("\(instruction) has no integer operands")
      }
    return Scalar(bits: UInt64(bitPattern: result), dtype)
  }
}

extension Scalar {
  /// The value of `dtype` whose bytes are the low ones of `bits`.
  init(bits: UInt64, _ dtype: DType) {
    let shift = UInt64(64 - dtype.bitWidth)
    switch dtype.kind {
    case .bool: self = .bool(bits & 1 == 1)
    case .signed: self = .int(Int64(bitPattern: bits << shift) >> Int64(shift), dtype)
    case .unsigned: self = .uint((bits << shift) >> shift, dtype)
    case .floating:
      self =
        dtype == .float32
        ? Scalar(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
        : Scalar(Double(bitPattern: bits))
    }
  }

  /// The bits of an integer, extended by its sign.
  var signed: Int64 {
    switch self {
    case .int(let value, _): value
    default: Int64(bitPattern: bitPattern)
    }
  }

  /// Whether two values have the same bits, any NaN being like any other.
  func isSame(as other: Scalar) -> Bool {
    self == other || (dtype == other.dtype && asDouble.isNaN && other.asDouble.isNaN)
  }
}
