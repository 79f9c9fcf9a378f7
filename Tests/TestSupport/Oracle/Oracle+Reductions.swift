import Arrays
import Scalars

extension Oracle {
  /// A reduction in the dtype of `x`, whose value in that dtype (or whose position) is `value`.
  static func reduced(
    _ x: Bounded, _ reduction: Reduction, _ axes: [Int], _ value: NDArray
  ) throws -> Bounded {
    let kept = (0..<x.value.rank).filter { !axes.contains($0) }
    func rows(_ array: NDArray?) throws -> [Double]? { try array?.transposed(kept + axes).doubles }
    let length = axes.map { x.value.shape[$0] }.reduce(1, *)
    let errors = try x.uncertainty(x.value.shape).map { try NDArray($0, shape: x.value.shape) }
    let isFloating = x.value.dtype.isFloating
    guard isFloating || errors != nil else { return Bounded(value) }
    let (elements, uncertainties) = (try rows(x.value) ?? [], try rows(errors))
    let results = try value.doubles
    let bounds = results.indices.map { number -> Double in
      let range = (number * length)..<((number + 1) * length)
      let row = ReducedRow(
        elements: elements[range], errors: uncertainties?[range], result: results[number],
        dtype: x.value.dtype)
      return isFloating ? row.bound(reduction) : row.isUncertain ? .infinity : 0
    }
    return try Bounded(value, bounds: bounds)
  }

  /// A product of matrices or vectors.
  static func product(_ a: Bounded, _ b: Bounded, _ value: NDArray) throws -> Bounded {
    let rows = a.value.rank == 2 ? a.value.shape[0] : 1
    let columns = b.value.rank == 2 ? b.value.shape[1] : 1
    let length = b.value.shape[0]
    let (left, right) = (try a.value.doubles, try b.value.doubles)
    let (leftErrors, rightErrors) = (
      try a.uncertainty(a.value.shape), try b.uncertainty(b.value.shape)
    )
    let results = try value.doubles
    var bounds: [Double] = []
    for row in 0..<rows {
      for column in 0..<columns {
        var sum = TermSum(dtype: value.dtype, roundings: length + 2)
        for k in 0..<length {
          let (i, j) = (row * length + k, k * columns + column)
          sum.add(left[i], leftErrors?[i] ?? 0, times: right[j], rightErrors?[j] ?? 0)
        }
        bounds.append(sum.bound(result: results[row * columns + column]))
      }
    }
    return try Bounded(value, bounds: bounds)
  }
}

/// What becomes one value: floats, unless only `isUncertain` is asked for.
struct ReducedRow {
  let elements: ArraySlice<Double>
  let errors: ArraySlice<Double>?
  let result: Double
  /// The dtype of the accumulator.
  let dtype: DType

  /// Whether any element is not exact.
  var isUncertain: Bool { errors?.contains { $0 > 0 } ?? false }

  /// What the result may differ by.
  func bound(_ reduction: Reduction) -> Double {
    if errors?.contains(.infinity) ?? false { return .infinity }
    switch reduction {
    case .sum:
      var sum = TermSum(dtype: dtype, roundings: elements.count + 2)
      for place in elements.indices { sum.add(elements[place], errors?[place] ?? 0, times: 1, 0) }
      return sum.bound(result: result)
    case .prod: return productBound()
    case .min: return extremeBound(sign: -1)
    case .max: return extremeBound(sign: 1)
    case .argmin: return positionBound(sign: -1)
    case .argmax: return positionBound(sign: 1)
    case .any, .all: return isUncertain ? .infinity : 0
    }
  }

  private func extremeBound(sign: Double) -> Double {
    if elements.contains(where: \.isNaN) { return 0 }
    let unknownZero = result == 0 ? Double.leastNonzeroMagnitude : 0
    guard let errors else { return unknownZero }
    var (low, high) = (-Double.infinity, -Double.infinity)
    for place in elements.indices {
      low = max(low, sign * elements[place] - errors[place])
      high = max(high, sign * elements[place] + errors[place])
    }
    let peak = sign * result
    return low == high ? unknownZero : max(peak - low, high - peak, unknownZero)
  }

  /// The position is unknown where another element may beat the one found.
  private func positionBound(sign: Double) -> Double {
    guard let errors, !elements.contains(where: \.isNaN) else { return 0 }
    let best = elements.startIndex + Int(result)
    for place in elements.indices where place != best {
      let error = (errors[place] + errors[best]).withoutSignOfZero
      if error == 0 { continue }
      if sign * (elements[best] - elements[place]) <= error { return .infinity }
    }
    return 0
  }

  /// Relative errors add up; what overflows or vanishes on the way depends on the order.
  private func productBound() -> Double {
    if elements.contains(where: \.isNaN) { return 0 }
    let isSingle = dtype == .float32
    var (greatest, least, magnitude, outer) = (1.0, 1.0, 1.0, 1.0)
    var digits = 0
    for place in elements.indices {
      let (x, error) = (abs(elements[place]), errors?[place] ?? 0)
      greatest *= max(x + error, 1)
      if x > 0 { least *= min(max(x - error, .leastNonzeroMagnitude), 1) }
      magnitude *= x
      outer *= x + error
      digits += x.isFinite && x > 0 ? x.significandWidth + 1 : 0
    }
    let limit = isSingle ? 1e38 : 1e307
    if greatest > limit && elements.allSatisfy(\.isFinite) { return .infinity }
    if least < 1 / limit { return .infinity }
    if !isUncertain, digits <= (isSingle ? 24 : 53) || !result.isFinite { return 0 }
    if !outer.isFinite { return .infinity }
    let rounding = Double(elements.count + 2) * (isSingle ? 0x1p-23 : 0x1p-52)
    let bound = (outer - magnitude) + outer * rounding
    return result == 0 ? max(bound, .leastNonzeroMagnitude) : bound
  }
}

/// The error of a sum of products whose order is not known.
struct TermSum {
  private let dtype: DType
  private let roundings: Int
  /// The sums of the terms' magnitudes and of their errors.
  private var (magnitude, error) = (0.0, 0.0)
  /// The exponent of the least digit in any term.
  private var leastExponent = Int.max
  private var hasSpecial = false

  init(dtype: DType, roundings: Int) {
    (self.dtype, self.roundings) = (dtype, roundings)
  }

  mutating func add(_ a: Double, _ errorA: Double, times b: Double, _ errorB: Double) {
    if !a.isFinite || !b.isFinite {
      hasSpecial = true
      if errorA > 0 || errorB > 0 { error = .infinity }
      return
    }
    if errorA > 0 || errorB > 0 { error += abs(a) * errorB + abs(b) * errorA + errorA * errorB }
    if a == 0 || b == 0 { return }
    magnitude += abs(a * b)
    leastExponent = min(leastExponent, Self.leastDigit(a) + Self.leastDigit(b))
  }

  /// Returns what the sum may differ by from `result`, a sum in some order.
  func bound(result: Double) -> Double {
    let limit = dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    if error == .infinity || error.isNaN { return .infinity }
    if magnitude + error > limit / 2 { return .infinity }
    if hasSpecial { return 0 }
    if error == 0, isExact { return result == 0 ? .leastNonzeroMagnitude : 0 }
    let unit = dtype == .float32 ? 0x1p-24 : 0x1p-53
    let least = dtype == .float32 ? Double(Float.leastNonzeroMagnitude) : .leastNonzeroMagnitude
    return error + Double(roundings) * (unit * (magnitude + error) + least)
  }

  /// Whether every partial sum, in any order, is a number of the dtype.
  private var isExact: Bool {
    if magnitude == 0 { return true }
    let digits = dtype == .float32 ? 24 : 53
    guard leastExponent > (dtype == .float32 ? -140 : -1000) else { return false }
    return magnitude < Double(sign: .plus, exponent: leastExponent + digits, significand: 1)
  }

  private static func leastDigit(_ x: Double) -> Int {
    Int(x.exponent) - x.significandWidth
  }
}
