extension NDArray {
  /// Returns a view of what the indices select: `a[0, 1..<3]`, `a[.ellipsis, .stride(by: -1)]`.
  ///
  /// Axes that are not spoken of are kept whole, where the ellipsis stands or else at the end.
  public subscript(_ indices: any AxisIndex...) -> NDArray {
    get throws(ArrayError) { try selecting(indices.map(\.selection)) }
  }

  /// Returns a view of what `selections` select, as the subscript does.
  public func selecting(_ selections: [AxisSelection]) throws(ArrayError) -> NDArray {
    try checked()
    let selections = try spelledOut(selections)
    var result = self
    var axis = 0
    for selection in selections {
      switch selection {
      case .at(let index):
        result = try result.slice(axis: axis, at: index)
      case .range(let lower, let upper, let step):
        let extent = result.shape[axis]
        guard let range = AxisSelection.positions(from: lower, to: upper, length: extent) else {
          throw .rangeOutOfBounds(
            "slice", from: lower ?? 0, to: upper ?? extent, step: step, axis: axis, extent: extent)
        }
        result = try result.slice(axis: axis, range, step: step)
        axis += 1
      case .backwards(let start, let end, let step):
        let extent = result.shape[axis]
        let (lower, upper) = AxisSelection.bounds(backwardsFrom: start, to: end)
        guard let range = AxisSelection.positions(from: lower, to: upper, length: extent) else {
          let text = AxisSelection.text(backwardsFrom: start, to: end, step: step)
          throw .rangeOutOfBounds("slice", text, axis: axis, extent: extent)
        }
        result = try result.slice(axis: axis, range, step: step)
        axis += 1
      case .insertedAxis:
        result = try result.expandedDims(axis)
        axis += 1
      case .remainingAxes: break
      }
    }
    return result
  }

  /// Returns the selections with the ellipsis replaced by whole axes.
  private func spelledOut(_ selections: [AxisSelection]) throws(ArrayError) -> [AxisSelection] {
    let named = selections.count { $0 != .remainingAxes && $0 != .insertedAxis }
    if named > rank { throw .tooManyIndices("subscript", named, rank: rank) }
    let places = selections.indices.filter { selections[$0] == .remainingAxes }
    if places.count > 1 { throw .severalEllipses("subscript") }
    let whole = [AxisSelection](
      repeating: .range(from: nil, to: nil, step: 1), count: rank - named)
    guard let place = places.first else { return selections + whole }
    return Array(selections[..<place]) + whole + selections[(place + 1)...]
  }
}
