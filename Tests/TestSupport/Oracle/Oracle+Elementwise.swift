import Arrays
import ReferenceBackend
import Scalars
import SymbolicGraph

extension Oracle {
  /// An elementwise operation: what each result may differ by when its operands may.
  static func elementwise(
    _ op: ScalarOp, _ x: [Bounded], _ type: TensorType
  ) throws -> Bounded {
    if op == .cast { return try converted(x[0], to: type.dtype) }
    let value = try ReferenceBackend.value(of: .elementwise(op), x.map(\.value), type)
    let errors = try x.map { try $0.uncertainty(value.shape) }
    if op == .where { return try choice(x, errors, value) }
    if x[0].value.dtype.isFloating, type.dtype == .bool {
      let operands = try x.map { try $0.value.broadcast(to: value.shape).doubles }
      return try Bounded(value, bounds: comparison(operands, errors))
    }
    if type.dtype.isFloating, let function = RealFunction(op) {
      return try real(function, x, errors, value)
    }
    // Whole numbers and bools are right or unknown.
    return try Bounded(value, bounds: anyUnknown(errors))
  }

  private static func real(
    _ function: RealFunction, _ x: [Bounded], _ errors: [[Double]?], _ value: NDArray
  ) throws -> Bounded {
    let operands = try x.map { try $0.value.broadcast(to: value.shape).doubles }
    let results = try value.doubles
    var bounds = [Double](repeating: 0, count: results.count)
    var slack = bounds
    let dtype = value.dtype
    for (place, result) in results.enumerated() {
      let point = triple { operands[$0][place] }
      let error = triple { errors[$0]?[place] ?? 0 }
      bounds[place] = bound(function, point, error, result, dtype)
      slack[place] = function.roundoff(point, rounded: result, isSingle: dtype == .float32)
    }
    func triple(_ f: (Int) -> Double) -> Triple {
      Triple(f(0), operands.count > 1 ? f(1) : 0, operands.count > 2 ? f(2) : 0)
    }
    return try Bounded(value, bounds: bounds, slack: slack)
  }

  private static func bound(
    _ function: RealFunction, _ x: Triple, _ errors: Triple, _ result: Double, _ dtype: DType
  ) -> Double {
    let isUncertain = errors.greatest > 0
    let spread = isUncertain ? function.spread(x, errors) : 0
    if spread == .infinity { return .infinity }
    let ulps: Double
    var least = 0.0
    switch function.op.allowance {
    case .exact: ulps = 0
    case .rounded: ulps = errors.greatest.withoutSignOfZero > 0 ? 1 : 0
    case .ulps(let allowed):
      // No rounding where the operation is at its root: log(1), sin(0).
      let isRoot = result == 0 && abs(x.a) <= 1 && !isUncertain
      (ulps, least) = isRoot || !result.isFinite ? (0, 0) : (allowed, .underflow)
      if isNearOverflow(function, x, dtype) { return .infinity }
    }
    let bound = spread + max(ulps * dtype.ulp(abs(result) + spread), least)
    return result == 0 && isUncertain ? max(bound, .leastNonzeroMagnitude) : bound
  }

  /// Whether an error of a few units decides between a number and an infinity.
  private static func isNearOverflow(
    _ function: RealFunction, _ x: Triple, _ dtype: DType
  ) -> Bool {
    let limit = dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    let ratio = abs(function.call(x.a, x.b, x.c)) / limit
    return ratio > 0.9999 && ratio < 1.0001
  }

  /// Operands closer than their errors may compare either way.
  private static func comparison(_ x: [[Double]], _ errors: [[Double]?]) -> [Double]? {
    if errors.allSatisfy({ $0 == nil }) { return nil }
    return x[0].indices.map { place in
      let error = errors.reduce(0) { $0 + ($1?[place] ?? 0) }
      if error.withoutSignOfZero == 0 { return 0 }
      return error == .infinity || abs(x[0][place] - x[1][place]) <= error ? .infinity : 0
    }
  }

  /// Where the condition is unknown, either value may come out.
  private static func choice(
    _ x: [Bounded], _ errors: [[Double]?], _ value: NDArray
  ) throws -> Bounded {
    if errors.allSatisfy({ $0 == nil }) { return Bounded(value) }
    let conditions = try x[0].value.broadcast(to: value.shape).doubles
    let (a, b) = (
      try x[1].value.broadcast(to: value.shape).doubles,
      try x[2].value.broadcast(to: value.shape).doubles
    )
    let bounds = conditions.indices.map { place in
      let (errorA, errorB) = (errors[1]?[place] ?? 0, errors[2]?[place] ?? 0)
      if (errors[0]?[place] ?? 0) == 0 { return conditions[place] != 0 ? errorA : errorB }
      if a[place] == b[place] || (a[place].isNaN && b[place].isNaN) { return max(errorA, errorB) }
      let distance = abs(a[place] - b[place])
      if !value.dtype.isFloating || !distance.isFinite { return .infinity }
      return distance + max(errorA, errorB)
    }
    return try Bounded(value, bounds: bounds)
  }

  /// Infinity wherever an operand is not exact.
  static func anyUnknown(_ errors: [[Double]?]) -> [Double]? {
    let errors = errors.compactMap(\.self)
    guard let first = errors.first else { return nil }
    return first.indices.map { place in
      errors.contains { $0[place] > 0 } ? .infinity : 0
    }
  }
}

// MARK: - Conversions

extension Oracle {
  /// The elements as another dtype.
  static func converted(_ x: Bounded, to dtype: DType) throws -> Bounded {
    let source = x.value.dtype
    if source == dtype { return x }
    let value = try x.value.cast(to: dtype).checked()
    let errors = try x.uncertainty(value.shape)
    guard source.isFloating else { return try Bounded(value, bounds: anyUnknown([errors])) }
    let (before, after) = (try x.value.doubles, try value.doubles)
    var bounds = [Double](repeating: 0, count: before.count)
    var slack = bounds
    for place in before.indices {
      let error = errors?[place] ?? 0
      if dtype.isFloating {
        bounds[place] = error
        if dtype == .float32, error.withoutSignOfZero > 0 {
          bounds[place] += dtype.ulp(after[place])
        }
        if after[place].isInfinite, before[place].isFinite { slack[place] = .infinity }
        if isAtOverflow(before[place], after[place], error) { bounds[place] = .infinity }
      } else if error.withoutSignOfZero > 0, isJump(before[place], error, to: dtype) {
        bounds[place] = .infinity
      }
    }
    return try Bounded(value, bounds: bounds, slack: slack)
  }

  /// Whether an uncertain number came out as an infinity, or nearly did.
  private static func isAtOverflow(_ before: Double, _ after: Double, _ error: Double) -> Bool {
    guard error > 0, before.isFinite else { return false }
    let limit = Double(Float.greatestFiniteMagnitude)
    return abs(before) + error > limit && abs(before) - error <= limit
  }

  /// Whether numbers within the error become different ones in a dtype without fractions.
  private static func isJump(_ x: Double, _ error: Double, to dtype: DType) -> Bool {
    if error == .infinity { return true }
    if x.isNaN { return false }
    if dtype == .bool { return abs(x) <= error }
    let (low, high) = (Scalar(x - error).cast(to: dtype), Scalar(x + error).cast(to: dtype))
    return low != high
  }
}
