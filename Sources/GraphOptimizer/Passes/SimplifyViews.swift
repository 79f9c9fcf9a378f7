import Arrays
package import SymbolicGraph

/// Drops views that change nothing, makes one of views that follow one another, and says of a reshape
/// that only adds or drops axes of length 1 that it does, for those are seen through.
package struct SimplifyViews: Pass {
  package let name = "simplify-views"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    graph.rebuilt(&trace) { result, equation, trace in
      guard let operand = equation.operands.first else { return result.append(equation) }
      if case .concatenate = equation.operation.lowering, equation.operands.count == 1 {
        trace.fire("simplify-views/concatenate-of-one")
        return operand
      }
      guard case .view = equation.operation.lowering,
        let chain = ViewChain(equation.operation)
      else { return result.append(equation) }
      if let reshape = equation.operation as? Reshape,
        let views = reshape.changesOfOnes(from: result.equations[operand].type.shape)
      {
        let seen = views.reduce(operand) { result.append($1, [$0], equation.origins) }
        if result.equations[seen].type.addsNoName(to: equation.type) {
          trace.fire("simplify-views/reshape-of-ones")
          return seen
        }
      }
      let number = result.append(chain, to: operand, equation.origins)
      if number != operand, let inner = result.operandOfUselessView(number) {
        trace.fire("simplify-views/useless-\(equation.operation.name)")
        return inner
      }
      let isJoined = number == operand || result.equations[number].operands != [operand]
      if isJoined { trace.fire("simplify-views/view-of-view") }
      return number
    }
  }
}

extension Graph {
  /// The operand of a view that keeps the shape and every element in its place.
  fileprivate func operandOfUselessView(_ number: Int) -> Int? {
    let equation = equations[number]
    // Where the views of a chain cancel out, its value is their operand, which may be an input or a constant.
    guard let inner = equation.operands.first else { return nil }
    let operand = equations[inner].type
    let isUseless =
      switch equation.operation {
      case let slice as Slice: slice.takesAll(of: operand.shape)
      case is Reshape, is Broadcast: equation.type.isKept(operand)
      default: false
      }
    return isUseless && operand.addsNoName(to: equation.type) ? inner : nil
  }
}

extension TensorType {
  /// Whether lengths that have a name here have it in `other` too. A name that a reshape dropped must
  /// stay away: what it broadcasts with may bear another.
  fileprivate func addsNoName(to other: TensorType) -> Bool {
    zip(shape, other.shape).allSatisfy { own, other in
      if case .named = own { own == other } else { true }
    }
  }

  /// Whether a value of this type has, at every call, the shape that one of `other` has.
  fileprivate func isKept(_ other: TensorType) -> Bool {
    if rank == 1, other.rank == 1, shape[0].value == nil { return other.shape[0].value == nil }
    return shape == other.shape && concreteShape != nil
  }
}

extension Slice {
  /// Whether every element of an operand of this shape stays in its place.
  fileprivate func takesAll(of shape: [Extent]) -> Bool {
    zip(ranges, shape).allSatisfy { range, extent in
      if range == SliceRange() { return true }
      guard let length = extent.value, let part = range.resolved(length: length) else {
        return false
      }
      return part.count == length && (range.step == 1 || length <= 1)
    }
  }
}

extension Reshape {
  /// The views that do the same, where it but adds and drops axes of length 1.
  fileprivate func changesOfOnes(from shape: [Extent]) -> [any Operation]? {
    let kept = shape.indices.filter { shape[$0] != .fixed(1) }
    let wanted = target.indices.filter { target[$0] != 1 }
    // A free length beside an empty axis is an error that has to stay one.
    guard kept.count == wanted.count, !shape.contains(.fixed(0)) else { return nil }
    let unknown = kept.count { shape[$0].value == nil }
    for (own, axis) in zip(kept, wanted) {
      // One length is whatever is left, so a single unknown one is that.
      let isRest = target[axis] == -1 && (shape[own].value == nil ? unknown == 1 : unknown == 0)
      if shape[own].value != target[axis], !isRest { return nil }
    }
    let ones = shape.indices.filter { shape[$0] == .fixed(1) }
    let added = target.indices.filter { target[$0] == 1 }
    var views: [any Operation] = []
    if !ones.isEmpty { views.append(Squeeze(axes: ones)) }
    if !added.isEmpty { views.append(ExpandDims(axes: added)) }
    return views.isEmpty ? nil : views
  }
}
