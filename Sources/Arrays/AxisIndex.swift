/// What may stand between the brackets of `array[...]`: an integer, a range, or one of the forms of
/// `AxisSelection`.
public protocol AxisIndex: Sendable {
  /// The selection it stands for.
  var selection: AxisSelection { get }
}

/// What is taken of one axis.
public enum AxisSelection: AxisIndex, Hashable {
  /// One index, counted from the end if negative; the axis goes.
  case at(Int)
  /// From one bound up to but without the other, or to the ends where there is none. Negative bounds count
  /// from the end; a negative step walks the same elements from the last.
  case range(from: Int?, to: Int?, step: Int)
  /// From one index down to but without another, by a negative step; from the last or to the first where there is
  /// none. Negative indices count from the end; a positive step walks the same elements from the first.
  case backwards(from: Int?, to: Int?, step: Int)
  /// A new axis of length 1.
  case insertedAxis
  /// Every axis that no other index speaks of.
  case remainingAxes

  public var selection: AxisSelection { self }
}

extension AxisIndex where Self == AxisSelection {
  /// The whole axis.
  public static var all: AxisSelection { .range(from: nil, to: nil, step: 1) }

  /// A new axis of length 1.
  public static var newAxis: AxisSelection { .insertedAxis }

  /// Every axis that no other index speaks of.
  public static var ellipsis: AxisSelection { .remainingAxes }

  /// Every `step`-th element, from the last on if the step is negative.
  public static func stride(by step: Int) -> AxisSelection {
    .range(from: nil, to: nil, step: step)
  }

  /// Every `step`-th element from `start` up to but without `end`, or down to it if the step is negative, as Swift's
  /// own `stride`: `.stride(from: 4, to: 1, by: -1)` is 4, 3, 2. Without a start it begins at that end of the axis
  /// from which it walks, and without an end it goes to the other.
  public static func stride(from start: Int?, to end: Int?, by step: Int = 1) -> AxisSelection {
    step < 0
      ? .backwards(from: start, to: end, step: step) : .range(from: start, to: end, step: step)
  }

  /// Every `step`-th element of a range, from its last on if the step is negative.
  public static func stride(_ range: Range<Int>, by step: Int) -> AxisSelection {
    .range(from: range.lowerBound, to: range.upperBound, step: step)
  }
}

extension Int: AxisIndex {
  public var selection: AxisSelection { .at(self) }
}

extension Range<Int>: AxisIndex {
  public var selection: AxisSelection { .range(from: lowerBound, to: upperBound, step: 1) }
}

extension ClosedRange<Int>: AxisIndex {
  public var selection: AxisSelection {
    .range(from: lowerBound, to: after(upperBound), step: 1)
  }
}

extension PartialRangeFrom<Int>: AxisIndex {
  public var selection: AxisSelection { .range(from: lowerBound, to: nil, step: 1) }
}

extension PartialRangeUpTo<Int>: AxisIndex {
  public var selection: AxisSelection { .range(from: nil, to: upperBound, step: 1) }
}

extension PartialRangeThrough<Int>: AxisIndex {
  public var selection: AxisSelection { .range(from: nil, to: after(upperBound), step: 1) }
}

/// The bound behind the last index: none behind the last of the axis; one outside any axis where the index is.
private func after(_ last: Int) -> Int? { last == -1 ? nil : last == .max ? .max : last + 1 }

extension AxisSelection {
  /// Returns the bounds of the elements between an index and one before it, as `range` has them.
  package static func bounds(backwardsFrom start: Int?, to end: Int?) -> (from: Int?, to: Int?) {
    let high = start.flatMap(after)
    // Nothing stands behind the last.
    if end == -1 { return (high ?? 0, high ?? 0) }
    return (end.flatMap(after), high)
  }

  /// The words of errors for `backwards`, `from 9 to 0 by -1`.
  package static func text(backwardsFrom start: Int?, to end: Int?, step: Int) -> String {
    let ends = [start.map { "from \($0)" }, end.map { "to \($0)" }].compactMap(\.self)
    return (ends + ["by \(step)"]).joined(separator: " ")
  }

  /// Returns the positions between two bounds of an axis, which count from its end if they are negative; nil
  /// unless both lie within it. Bounds may run backwards, which are no positions.
  package static func positions(from: Int?, to: Int?, length: Int) -> Range<Int>? {
    func place(_ bound: Int) -> Int { bound < 0 ? bound + length : bound }
    let (low, high) = (from.map(place) ?? 0, to.map(place) ?? length)
    guard (0...length).contains(low), (0...length).contains(high) else { return nil }
    return low..<max(low, high)
  }
}
