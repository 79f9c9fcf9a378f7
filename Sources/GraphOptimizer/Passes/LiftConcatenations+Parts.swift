import Arrays
import Scalars
import SymbolicGraph

extension Graph {
  /// Reduces the parts of a concatenation that nothing else uses: over other axes, the results are
  /// concatenated; over its own, they are combined, where that is exact.
  ///
  /// Floating sums along the parts stay whole: parts rounded one by one lose digits. Over other axes each part is
  /// summed as it would be alone, whose order of additions may be another one. Extremes stay whole unless each part is
  /// known to have elements.
  mutating func reducedInParts(_ equation: Equation, _ singles: Set<Int>, most: Int) -> Int? {
    guard let reduce = equation.operation as? Reduce, singles.contains(equation.operands[0]) else {
      return nil
    }
    let whole = equations[equation.operands[0]]
    guard let join = whole.operation as? Concatenate, whole.operands.count <= most else {
      return nil
    }
    if reduce.axes.contains(join.axis) {
      return combined(reduce, whole, join.axis, equation.origins)
    }
    guard whole.operands.allSatisfy({ accepts(reduce, [$0]) }) else { return nil }
    let parts = whole.operands.map { append(reduce, [$0], equation.origins) }
    let dropped = reduce.keepDims ? 0 : reduce.axes.count { $0 < join.axis }
    let joined = Concatenate(axis: join.axis - dropped)
    return accepts(joined, parts) ? append(joined, parts, equation.origins) : nil
  }

  private mutating func combined(
    _ reduce: Reduce, _ whole: Equation, _ axis: Int, _ origins: [Origin]
  ) -> Int? {
    let part = Reduce(
      reduce.reduction, axes: reduce.axes, keepDims: reduce.keepDims,
      accumulator: reduce.accumulator, dtype: reduce.accumulator, allowsEmpty: reduce.allowsEmpty)
    guard let op = part.combination else { return nil }
    let lengths = whole.operands.map { equations[$0].type.shape[axis].value ?? 0 }
    guard reduce.reduction.hasIdentity || lengths.allSatisfy({ $0 > 0 }),
      whole.operands.allSatisfy({ accepts(part, [$0]) })
    else { return nil }
    let parts = whole.operands.map { append(part, [$0], origins) }
    let value = parts.dropFirst().reduce(parts[0]) { appendElementwise(op, [$0, $1], origins) }
    return cast(value, to: reduce.dtype, origins)
  }

  /// Takes what a slice takes of a concatenation from the part in which it lies whole.
  mutating func slicedInPart(_ equation: Equation) -> Int? {
    guard let slice = sliceOfPart(equation) else { return nil }
    return append(Slice(ranges: slice.ranges), [slice.part], equation.origins)
  }

  /// The part of a concatenation that a slice of it lies in, and the ranges there.
  func sliceOfPart(_ equation: Equation) -> (part: Int, ranges: [SliceRange])? {
    guard var ranges = (equation.operation as? Slice)?.ranges else { return nil }
    let whole = equations[equation.operands[0]]
    guard let axis = (whole.operation as? Concatenate)?.axis, let ends = ends(of: whole),
      let taken = ranges[axis].resolved(length: ends[ends.count - 1]), taken.count > 0
    else { return nil }
    let (step, isIndex) = (ranges[axis].step, ranges[axis].isIndex)
    let other = taken.start + (isIndex ? 0 : (taken.count - 1) * step)
    let (low, high) = (min(taken.start, other), max(taken.start, other))
    guard let place = whole.operands.indices.first(where: { low < ends[$0 + 1] }),
      high < ends[place + 1]
    else { return nil }
    let (part, start) = (whole.operands[place], ends[place])
    ranges[axis] =
      isIndex
      ? SliceRange(from: low - start, isIndex: true)
      : SliceRange(from: low - start, to: high - start + 1, step: step)
    // The lengths of other parts may tell what is not known of this one's.
    let type = try? Slice(ranges: ranges).resultType([equations[part].type])
    return type == equation.type ? (part, ranges) : nil
  }

  /// Which concatenations are used by nothing but slices that lie in one part of them.
  func concatenationsSlicedInParts(uses: [Int]) -> Set<Int> {
    var counts: [Int: Int] = [:]
    for equation in equations where sliceOfPart(equation) != nil {
      counts[equation.operands[0], default: 0] += 1
    }
    return Set(counts.filter { $0.value == uses[$0.key] }.keys)
  }
}

extension Reduce {
  /// The operation that makes the result of a whole from those of its parts, bit for bit.
  fileprivate var combination: ScalarOp? {
    switch reduction {
    case .min: accumulator == .bool ? .and : .minimum
    case .max: accumulator == .bool ? .or : .maximum
    case .any: accumulator == .bool ? .or : nil
    case .all: accumulator == .bool ? .and : nil
    case .sum: accumulator.isInteger ? .add : nil
    case .prod: accumulator.isInteger ? .mul : nil
    case .argmin, .argmax: nil
    }
  }
}
