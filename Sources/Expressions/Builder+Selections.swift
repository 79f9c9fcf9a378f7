import Arrays
import SymbolicGraph

extension Builder {
  /// Returns what indices take of a tensor. Bounds of slices are cut off at the ends and count from the
  /// end where negative, as Python's do.
  func selection(
    of tensor: Tensor, _ indices: [Syntax.Index]
  ) throws(ExpressionError) -> Tensor {
    let shape = (try? tensor.shape) ?? []
    let taken = indices.count(where: \.takesAxis)
    var axis = 0
    var selections: [AxisSelection] = []
    for index in indices {
      switch index {
      case .value(let syntax): selections.append(try single(syntax))
      case .ellipsis:
        selections.append(.remainingAxes)
        axis += max(shape.count - taken, 0)
      case .slice(let from, let to, let step):
        let bounds = PythonSlice(
          from: try bound(from), to: try bound(to), step: try bound(step) ?? 1)
        // Lengths are known, but for tensors that have fewer axes than are indexed.
        let length = shape.indices.contains(axis) ? shape[axis].value : nil
        selections.append(bounds.selection(length: length ?? 0))
      }
      if index.takesAxis { axis += 1 }
    }
    return tensor.selecting(selections)
  }

  private func single(_ syntax: Syntax) throws(ExpressionError) -> AxisSelection {
    switch try value(syntax) {
    case .integer(let index): return .at(index)
    case .none: return .insertedAxis
    case let other: throw .notAnIndex(other.description, at: syntax.columns)
    }
  }

  private func bound(_ syntax: Syntax?) throws(ExpressionError) -> Int? {
    guard let syntax else { return nil }
    switch try value(syntax) {
    case .integer(let bound): return bound
    case .none: return nil
    case let other: throw .notABound(other.description, at: syntax.columns)
    }
  }
}

extension Syntax.Index {
  /// Whether it speaks of one axis; None, which is a name, makes one instead.
  fileprivate var takesAxis: Bool {
    switch self {
    case .value(let syntax):
      if case .name("None") = syntax.form { return false }
      if case .name("newaxis") = syntax.form { return false }
      return true
    case .slice: return true
    case .ellipsis: return false
    }
  }
}

/// A slice as Python means it.
private struct PythonSlice {
  let from: Int?
  let to: Int?
  let step: Int

  /// Returns the same elements by the rules of `Tensor`'s subscript, whose ranges lie within the axis
  /// and which walks backwards from the last element of the range.
  func selection(length: Int) -> AxisSelection {
    if from == nil, to == nil { return .range(from: nil, to: nil, step: step) }
    let isForward = step >= 0
    let (least, most) = isForward ? (0, length) : (-1, length - 1)
    func place(_ bound: Int) -> Int { min(max(bound < 0 ? bound + length : bound, least), most) }
    let start = from.map(place) ?? (isForward ? least : most)
    let stop = to.map(place) ?? (isForward ? most : least)
    let (low, high) = isForward ? (start, stop) : (stop + 1, start + 1)
    return low < high
      ? .range(from: low, to: high, step: step) : .range(from: 0, to: 0, step: step)
  }
}
