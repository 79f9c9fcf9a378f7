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
  /// From one bound up to but without the other, or to the ends where there is none; a negative
  /// step walks the same elements from the last.
  case range(from: Int?, to: Int?, step: Int)
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

  /// Every `step`-th element of a range.
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

/// The bound behind the last index, which itself lies outside any axis where there is none.
private func after(_ last: Int) -> Int { last == .max ? .max : last + 1 }
