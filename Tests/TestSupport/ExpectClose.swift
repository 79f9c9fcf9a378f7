package import Arrays
package import Testing

/// Checks that two arrays have one type and that their elements lie within `ulps` units in the last
/// place of the expected ones; elements that are no floats must be equal. NaN equals NaN.
package func expectClose(
  _ array: NDArray, _ expected: NDArray, ulps: Double = 0, _ label: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let prefix = label.isEmpty ? "" : "\(label): "
  guard array.dtype == expected.dtype, array.shape == expected.shape else {
    Issue.record(
      "\(prefix)got \(array.typeText), not \(expected.typeText)", sourceLocation: sourceLocation)
    return
  }
  let bounds = try expected.doubles.map { ulps * expected.dtype.ulp($0) }
  if let difference = try array.firstDifference(from: expected, within: bounds) {
    Issue.record("\(prefix)\(difference)", sourceLocation: sourceLocation)
  }
}

extension DType {
  /// The distance of neighbouring floats of this dtype around `value`: 0 for what is no number, and
  /// infinity for a number beyond the greatest.
  package func ulp(_ value: Double) -> Double {
    guard value.isFinite else { return 0 }
    if self == .float64 { return value.ulp }
    let single = Float(value)
    return single.isFinite ? Double(single.ulp) : .infinity
  }
}

extension Double {
  /// Whether a number of this dtype equals the expected one but for its last three bits; NaN equals NaN.
  package func isClose(to expected: Double, _ dtype: DType) -> Bool {
    let bound = (dtype == .float32 ? 0x1p-21 : 0x1p-49) * abs(expected)
    // Subnormal numbers of float32 have few digits.
    let few = dtype == .float32 && abs(expected) < 0x1p-126 ? 0x1p-148 : 0
    return self == expected || isNaN && expected.isNaN || abs(self - expected) <= max(bound, few)
  }
}

extension NDArray {
  /// The elements in C order, as the nearest `Double`.
  package var doubles: [Double] {
    get throws { try cast(to: .float64).elements(as: Double.self) }
  }

  /// Returns where and how the array differs from one of the same type, or nil.
  ///
  /// - Parameter bounds: What each element may differ by: 0, unless given. Where it is infinite
  ///   any value will do.
  package func firstDifference(
    from expected: NDArray, within bounds: [Double]?
  ) throws -> Difference? {
    if dtype.isInteger || dtype == .bool { return try firstUnequal(to: expected, bounds) }
    for (place, (got, wanted)) in try zip(doubles, expected.doubles).enumerated() {
      let bound = bounds?[place] ?? 0
      if got == wanted || (got.isNaN && wanted.isNaN) || bound == .infinity { continue }
      // The negation also catches a NaN on one side.
      if !(abs(got - wanted) <= bound) {
        return Difference(
          indices: indices(of: place), got: "\(got)", expected: "\(wanted)", bound: bound)
      }
    }
    return nil
  }

  /// Compares without rounding to `Double`, which would hide differences of large integers.
  private func firstUnequal(to expected: NDArray, _ bounds: [Double]?) throws -> Difference? {
    let (a, b) = (contiguous(), expected.contiguous())
    for place in 0..<a.count where bounds?[place] != .infinity {
      let (got, wanted) = (a.scalar(at: place), b.scalar(at: place))
      if got != wanted {
        return Difference(
          indices: indices(of: place), got: "\(got)", expected: "\(wanted)", bound: 0)
      }
    }
    return nil
  }

  /// The indices of the element at a place in C order.
  private func indices(of place: Int) -> [Int] {
    zip(Shape.contiguousStrides(shape), shape).map { stride, extent in place / stride % extent }
  }
}

/// One element that is not what it should be.
package struct Difference: Error, CustomStringConvertible {
  let indices: [Int]
  let got: String
  let expected: String
  let bound: Double

  package var description: String {
    "element \(indices) is \(got), not \(expected)" + (bound > 0 ? " within \(bound)" : "")
  }
}
