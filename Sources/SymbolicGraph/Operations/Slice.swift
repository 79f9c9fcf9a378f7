import Arrays

/// Part of one axis, by the rules of array subscripts: bounds lie within the axis and count from its end
/// if they are negative, and a negative step walks the same elements from the last.
package struct SliceRange: Hashable, Sendable, CustomStringConvertible {
  /// The first position, counted from the end if negative; nil for the start of the axis.
  package var from: Int?
  /// The position after the last, counted likewise; nil for the end of the axis.
  package var to: Int?
  /// The distance between positions, negative to go backwards.
  package var step: Int = 1
  /// Whether it is one index, which may be counted from the end and whose axis goes afterwards.
  package var isIndex = false
  /// What was written where it was no range, `from 9 to 0 by -1`. Ranges are equal without it.
  private var written: String?

  package init(from: Int? = nil, to: Int? = nil, step: Int = 1, isIndex: Bool = false) {
    (self.from, self.to, self.step, self.isIndex) = (from, to, step, isIndex)
  }

  /// Creates the range of the indices from `start` down to but without `end`.
  package init(backwardsFrom start: Int?, to end: Int?, step: Int) {
    (from, to) = AxisSelection.bounds(backwardsFrom: start, to: end)
    self.step = step
    written = AxisSelection.text(backwardsFrom: start, to: end, step: step)
  }

  package static func == (a: SliceRange, b: SliceRange) -> Bool {
    a.from == b.from && a.to == b.to && a.step == b.step && a.isIndex == b.isIndex
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(from)
    hasher.combine(to)
    hasher.combine(step)
    hasher.combine(isIndex)
  }

  /// The text of the range, `1:5:2`.
  package var description: String {
    isIndex ? "\(from ?? 0)" : step == 1 ? ends : ends + ":\(step)"
  }

  /// The range in errors, where nobody should read a negative step as Python does.
  var errorText: String { written ?? (step < 0 ? "\(ends) by \(step)" : description) }

  private var ends: String {
    "\(from.map(String.init) ?? ""):\(to.map(String.init) ?? "")"
  }

  /// Returns the first position taken and the number of positions along an axis of `length`, or nil
  /// where the axis does not have them.
  package func resolved(length: Int) -> (start: Int, count: Int)? {
    if isIndex, let from {
      guard (-length..<length).contains(from) else { return nil }
      return (from < 0 ? from + length : from, 1)
    }
    guard let range = AxisSelection.positions(from: from, to: to, length: length) else {
      return nil
    }
    let count = range.isEmpty ? 0 : (range.count - 1) / Int(clamping: step.magnitude) + 1
    return (count == 0 ? 0 : step > 0 ? range.lowerBound : range.upperBound - 1, count)
  }
}

/// Part of every axis; the rank stays.
package struct Slice: Operation {
  /// One range for each axis.
  package let ranges: [SliceRange]

  package init(ranges: [SliceRange]) { self.ranges = ranges }

  package var name: String { "slice" }
  package var attributes: [Attribute] {
    [Attribute("", "[" + ranges.map(\.description).joined(separator: ", ") + "]")]
  }
  package var lowering: Lowering { .view(.slice(ranges)) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    let x = operands[0]
    var shape: [Extent] = []
    for (axis, range) in ranges.enumerated() {
      if range.step == 0 { throw .zeroStep(axis: axis) }
      guard let length = x.shape[axis].value else {
        let isWhole = range.from == nil && range.to == nil && range.step.magnitude == 1
        shape.append(isWhole ? x.shape[axis] : range.isIndex ? .fixed(1) : .unknown)
        continue
      }
      guard let part = range.resolved(length: length) else {
        throw .sliceOutOfRange(range, axis: axis, length: length)
      }
      shape.append(.fixed(part.count))
    }
    return TensorType(x.dtype, shape)
  }
}

/// What stands first along some axes, which stay with length 1; zero where an axis has no elements.
///
/// Users cannot ask for it; rewriting does where that zero has no influence.
package struct First: Operation {
  /// The axes, ascending, none negative.
  package let axes: [Int]

  package init(axes: [Int]) { self.axes = axes }

  package var name: String { "first" }
  package var attributes: [Attribute] { [Attribute("axes", axes)] }
  package var lowering: Lowering { .view(.first(axes)) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    var shape = operands[0].shape
    for axis in axes { shape[axis] = .fixed(1) }
    return TensorType(operands[0].dtype, shape)
  }
}

/// The operands one after the other along one axis.
package struct Concatenate: Operation {
  package let axis: Int

  package init(axis: Int) { self.axis = axis }

  package var name: String { "concatenate" }
  package var attributes: [Attribute] { [Attribute("axis", "\(axis)")] }
  package var lowering: Lowering { .concatenate(axis: axis) }

  package func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType {
    var shape = operands[0].shape
    guard shape.indices.contains(axis) else { throw .noSuchAxis(name, axis, rank: shape.count) }
    var length: Int? = shape[axis].value
    for operand in operands.dropFirst() {
      let fits =
        operand.rank == shape.count
        && shape.indices.allSatisfy { $0 == axis || shape[$0].canEqual(operand.shape[$0]) }
      guard fits else { throw .concatenateShapes(shape, operand.shape, axis: axis) }
      for other in shape.indices where other != axis {
        shape[other] = shape[other].unified(with: operand.shape[other])
      }
      if let sum = length, let more = operand.shape[axis].value {
        let (total, overflow) = sum.addingReportingOverflow(more)
        if overflow { throw .sizeOverflow(name, operand.shape) }
        length = total
      } else {
        length = nil
      }
    }
    shape[axis] = length.map { .fixed($0) } ?? .unknown
    return TensorType(operands[0].dtype, shape)
  }
}
