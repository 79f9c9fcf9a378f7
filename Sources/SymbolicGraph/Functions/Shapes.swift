public import Arrays

extension Tensor {
  /// The elements, in row-major order, in another shape; one length may be -1.
  public func reshape(_ shape: [Int]) -> Tensor { applying(Reshape(target: shape)) }

  /// The axes in another order; reversed, unless given.
  public func transpose(_ axes: [Int]? = nil) -> Tensor {
    guard let type = node.type else { return self }
    let permutation = axes?.map { $0 < 0 ? $0 + type.rank : $0 } ?? (0..<type.rank).reversed()
    return applying(Transpose(permutation: permutation))
  }

  /// A new axis of length 1 at `axis` of the result.
  public func expandDims(_ axis: Int) -> Tensor {
    guard let type = node.type else { return self }
    do throws(GraphError) {
      let axes = try Self.normalized([axis], "expandDims", rank: type.rank + 1, of: "result")
      return applying(ExpandDims(axes: axes))
    } catch {
      return .broken(error, [self])
    }
  }

  /// The operand without `axes`, each of length 1; without all such, unless given.
  public func squeeze(_ axes: [Int]? = nil) -> Tensor {
    guard let type = node.type else { return self }
    do throws(GraphError) {
      let ones = type.shape.indices.filter { type.shape[$0] == .fixed(1) }
      return applying(Squeeze(axes: try Self.normalized(axes ?? ones, "squeeze", rank: type.rank)))
    } catch {
      return .broken(error, [self])
    }
  }

  /// The operand repeated to `shape`; -1 keeps a length.
  public func broadcast(to shape: [Int]) -> Tensor { applying(Broadcast(target: shape)) }

  /// What the indices select: `x[0, 1..<3]`, `x[.ellipsis, .stride(by: -1)]`, by the rules of
  /// `NDArray`'s subscript: ranges lie within their axis, an integer drops its axis.
  public subscript(_ indices: any AxisIndex...) -> Tensor { selecting(indices.map(\.selection)) }

  /// What a list of indices selects.
  package func selecting(_ indices: [AxisSelection]) -> Tensor {
    guard let type = node.type else { return self }
    let origin = Origin.capture()
    do throws(GraphError) {
      let selections = try Self.spelledOut(indices, rank: type.rank)
      return selecting(selections, origin)
    } catch {
      return .broken(error, [self], origin: origin)
    }
  }

  private func selecting(_ selections: [AxisSelection], _ origin: Origin) -> Tensor {
    var ranges: [SliceRange] = []
    var (dropped, inserted): ([Int], [Int]) = ([], [])
    for selection in selections {
      switch selection {
      case .at(let index):
        dropped.append(ranges.count)
        ranges.append(SliceRange(from: index, to: nil, isIndex: true))
      case .range(let from, let to, let step):
        ranges.append(SliceRange(from: from, to: to, step: step))
      case .backwards(let from, let to, let step):
        ranges.append(SliceRange(backwardsFrom: from, to: to, step: step))
      case .insertedAxis: inserted.append(ranges.count - dropped.count + inserted.count)
      case .remainingAxes: break
      }
    }
    var result = self
    if ranges.contains(where: { $0 != SliceRange() }) {
      result = result.applying(Slice(ranges: ranges), origin: origin)
    }
    if !dropped.isEmpty { result = result.applying(Squeeze(axes: dropped), origin: origin) }
    return inserted.isEmpty ? result : result.applying(ExpandDims(axes: inserted), origin: origin)
  }

  /// Returns the selections with the ellipsis replaced by whole axes.
  private static func spelledOut(
    _ selections: [AxisSelection], rank: Int
  ) throws(GraphError) -> [AxisSelection] {
    let named = selections.count { $0 != .remainingAxes && $0 != .insertedAxis }
    if named > rank { throw .tooManyIndices(named, rank: rank) }
    let places = selections.indices.filter { selections[$0] == .remainingAxes }
    if places.count > 1 { throw .severalEllipses() }
    let whole = [AxisSelection](repeating: .range(from: nil, to: nil, step: 1), count: rank - named)
    let place = places.first ?? selections.endIndex
    return Array(selections[..<place]) + whole
      + selections[place...].filter { $0 != .remainingAxes }
  }
}

/// The operands one after the other along `axis`, promoted to one dtype.
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  .concatenated(tensors, axis: axis)
}

/// The axes in another order; reversed, unless given.
public func transpose(_ x: Tensor, _ axes: [Int]? = nil) -> Tensor { x.transpose(axes) }
