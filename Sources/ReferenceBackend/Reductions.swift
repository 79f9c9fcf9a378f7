import Arrays
import Scalars

/// Reduces `axes`: elements combine one after the other, in row-major order, in the dtype of the
/// accumulator.
func reduce(
  _ x: NDArray, _ reduction: Reduction, _ axes: [Int], _ accumulator: DType, _ dtype: DType,
  _ shape: [Int]
) throws -> NDArray {
  let kept = (0..<x.rank).filter { !axes.contains($0) }
  let elements = try x.transposed(kept + axes).cast(to: accumulator)
  let rows = Rows(count: shape.reduce(1, *), length: axes.map { x.shape[$0] }.reduce(1, *))
  guard let (op, start) = reduction.combination else {
    return try NDArray(positions(reduction, elements, rows), dtype, shape)
  }
  if start == nil, rows.length == 0 {
    // Only what the optimizer makes gets here: the extreme of no values is what every value beats.
    let worst = Scalar.float(reduction == .max ? -.infinity : .infinity, .float64)
    return NDArray.full(worst.cast(to: accumulator).cast(to: dtype), shape: shape)
  }
  guard case .binary(let f, let g, let unsigned) = op.definition.evaluation else { return x }
  let values: NDArray
  switch accumulator.kind {
  case .floating:
    let isSingle = accumulator == .float32
    values = NDArray(
      rows.fold(try elements.reals, start.map { Double($0) }) { a, b in
        isSingle ? Double(Float(f(a, b))) : f(a, b)
      })
  case .unsigned where unsigned != nil:
    values = NDArray(
      rows.fold(try elements.naturals, start.map { UInt64($0) }) { a, b in unsigned?(a, b) ?? a })
  case .unsigned, .signed:
    // Wrapping once at the end gives the same bits as wrapping at every step.
    values = NDArray(rows.fold(try elements.integers, start.map { Int64($0) }, g))
  case .bool:
    values = NDArray(
      rows.fold(try elements.integers, start.map { Int64($0) }) { a, b in g(a, b) != 0 ? 1 : 0 })
  }
  return try values.cast(to: accumulator).cast(to: dtype).reshaped(shape)
}

extension Reduction {
  /// How two values become one and what zero values give, unless the result is a position.
  fileprivate var combination: (op: ScalarOp, start: Int?)? {
    switch self {
    case .sum: (.add, 0)
    case .prod: (.mul, 1)
    case .min: (.minimum, nil)
    case .max: (.maximum, nil)
    case .any: (.or, 0)
    case .all: (.and, 1)
    case .argmin, .argmax: nil
    }
  }
}

/// How the elements of an array, reduced axes last, fall into rows that become one value each.
private struct Rows {
  let count: Int
  let length: Int

  /// Combines each row from left to right. Where there is no start, the type rule has seen to it
  /// that rows have a first element.
  func fold<T>(_ elements: [T], _ start: T?, _ combine: (T, T) -> T) -> [T] {
    (0..<count).map { row in
      let row = elements[(row * length)..<((row + 1) * length)]
      guard let start else { return row.dropFirst().reduce(row[row.startIndex], combine) }
      return row.reduce(start, combine)
    }
  }

  /// Returns where in each row the first element lies that no other one beats.
  func positions<T>(_ elements: [T], _ beats: (T, T) -> Bool) -> [Int] {
    (0..<count).map { row in
      let first = row * length
      var best = first
      for place in first..<(first + length) where beats(elements[place], elements[best]) {
        best = place
      }
      return best - first
    }
  }
}

/// Returns the positions of the first extremes; the first NaN beats every number.
private func positions(
  _ reduction: Reduction, _ elements: NDArray, _ rows: Rows
) throws -> [Int] {
  let isGreatest = reduction == .argmax
  func beats<T: Comparable>(_ a: T, _ b: T) -> Bool { isGreatest ? a > b : a < b }
  switch elements.dtype.kind {
  case .floating:
    return rows.positions(try elements.reals) { a, b in
      beats(a, b) || (a.isNaN && !b.isNaN)
    }
  case .unsigned: return rows.positions(try elements.naturals, beats)
  case .signed, .bool: return rows.positions(try elements.integers, beats)
  }
}
