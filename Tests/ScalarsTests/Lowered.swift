import Arrays
import Scalars

extension ScalarOp {
  /// The operation alone, on operands of one dtype (a bool first, where it chooses).
  func composite(_ dtype: DType, result: DType? = nil) -> Composite {
    var composite = Composite()
    var operands = (0..<definition.signature.arity).map { _ in composite.addInput(dtype) }
    if case .choice = definition.signature {
      composite = Composite(inputs: [.bool, dtype, dtype])
      operands = [.input(0), .input(1), .input(2)]
    }
    let resultDType = result ?? definition.signature.resultDType(for: dtype)
    composite.results = [composite.append(self, operands, resultDType)]
    return composite
  }

  /// The dtypes that operands of the operation can have after promotion.
  var operandDTypes: [DType] {
    DType.allCases.filter { definition.signature.operandDType(for: $0) == $0 }
  }
}

/// The same numbers in every run.
struct Numbers: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_f491_4f6c_dd1d
  }
}

extension DType {
  /// Values where functions change their ways: limits, zeros, the smallest and the greatest
  /// numbers.
  var edges: [Scalar] {
    switch kind {
    case .bool: [.bool(false), .bool(true)]
    case .signed, .unsigned:
      [0, 1, 2, 3, 7, 100, -1, -2, -3, -7, -100, Int64.min, Int64.min + 1, Int64.max]
        .map { Scalar.int($0, .int64).cast(to: self) }
        + [bitWidth - 1, bitWidth - 2].map {
          Scalar.uint(1 << UInt64($0), .uint64).cast(to: self)
        }
    case .floating:
      Self.floatingEdges.flatMap { [$0, -$0] }.map { Scalar.float($0, .float64).cast(to: self) }
        + (self == .float32
          ? [Scalar(Float.leastNonzeroMagnitude), Scalar(-Float.greatestFiniteMagnitude)]
          : [Scalar(Double.leastNonzeroMagnitude), Scalar(-Double.greatestFiniteMagnitude)])
    }
  }

  private static let floatingEdges: [Double] = [
    0, .infinity, .nan, 1, 2, 0.5, 3, 1.5, 0.6931471805599453, 1.5707963267948966,
    3.141592653589793, 88.7, 88.75, 103.9, 104, 709.78, 709.79, 745.1, 745.2, 0x1p-126, 0x1p-130,
    0x1p-149, 0x1p-1022, 0x1p-1060, 0x1p-24, 0x1p-53, 1 - 0x1p-24, 1 - 0x1p-53, 1 + 0x1p-23,
    1 + 0x1p-52, 0x1p20, 0x1p21, 0x1p24, 0x1p50, 0x1p53, 0x1p100, 0x1p127, 0x1.fffffep127, 0x1p1000,
    0x1.fffffffffffffp1023, 9, 20, 36, 37, 40, 4, 6, 0.921875,
  ]

  /// `count` values, half of them drawn from `domain`, half from all bit patterns.
  func samples(_ count: Int, in domain: ClosedRange<Double>, seed: UInt64) -> [Scalar] {
    var numbers = Numbers(seed: seed)
    return (0..<count).map { number in
      if isFloating && number % 2 == 0 {
        Scalar.float(Double.random(in: domain, using: &numbers), .float64).cast(to: self)
      } else {
        Scalar(bitPattern: numbers.next() >> UInt64(64 - bitWidth), self)
      }
    }
  }
}

/// How many units in the last place `value` is from `exact`, which has more digits or the same.
func ulps(_ value: Scalar, from exact: Double) -> Double {
  let got = value.asDouble
  let rounded = Scalar.float(exact, .float64).cast(to: value.dtype).asDouble
  if got.isNaN || rounded.isNaN { return got.isNaN == rounded.isNaN ? 0 : .infinity }
  if got.isInfinite || rounded.isInfinite { return got == rounded ? 0 : .infinity }
  if got == 0 && rounded == 0 && got.sign != rounded.sign { return .infinity }
  return abs(got - exact) / unit(exact, value.dtype)
}

private func unit(_ exact: Double, _ dtype: DType) -> Double {
  dtype == .float32
    ? Double(Swift.max(Float(abs(exact)).ulp, Float.leastNonzeroMagnitude))
    : exact.ulp
}
