import KernelIR
import Scalars

/// Which operands of a reduction are copied first, so that they lie along the axis that its vectors do.
///
/// `sum(x * transpose(y))` would pick the elements of `y` one by one, each from a cache line of its own, and read
/// that line again for each row. A copy is made in tiles.
struct Straightening {
  /// The axis along which the copies shall lie.
  let axis: Int
  /// The accesses that read the operands.
  let accesses: [Int]

  /// The elements of an operand from which a copy pays, and the lengths of its two axes.
  private static let fewestElements = 16_384, shortest = 16

  /// Returns nil where all lie along one axis, or too little would be gained.
  init?(_ kernel: Kernel, _ layout: Layout) {
    guard kernel.innerCount > 0 else { return nil }
    let axes = [kernel.axes.count - 1] + (kernel.outerCount > 0 ? [kernel.outerCount - 1] : [])
    let choices = axes.map { axis in (axis: axis, accesses: kernel.accessesAcross(axis)) }
    if choices.contains(where: \.accesses.isEmpty) { return nil }
    let possible = choices.filter { axis, accesses in
      accesses.allSatisfy { Self.pays($0, kernel, layout, along: axis) }
    }
    let best = possible.min { a, b in
      let counts = [a, b].map { $0.accesses.reduce(0) { $0 + layout.count(ofAccess: $1) } }
      return counts[0] < counts[1]
    }
    guard let best else { return nil }
    (axis, accesses) = best
  }

  private static func pays(
    _ access: Int, _ kernel: Kernel, _ layout: Layout, along axis: Int
  ) -> Bool {
    let own = kernel.accesses[access].steps.firstIndex(of: .contiguous)
    guard !kernel.argument(ofAccess: access).isOutput, let own else { return false }
    return min(layout.extents[axis], layout.extents[own]) >= shortest
      && layout.count(ofAccess: access) >= fewestElements
  }
}

extension Kernel {
  /// Returns a layout of the kernel whose last inner axis is the one that fewest accesses of loops go along in other
  /// steps; the order of inner axes is free unless positions are counted.
  func withInnerAxesInOrder(_ layout: Layout) -> Layout {
    guard innerCount > 1, !accumulators.contains(where: \.reduction.isPosition) else {
      return layout
    }
    let inner = outerCount..<axes.count
    let counts = inner.map { accessesAcross($0).count }
    guard let least = counts.min(), least < counts[innerCount - 1],
      let axis = counts.lastIndex(of: least)
    else { return layout }
    var layout = layout
    layout.moveToEnd(axis: outerCount + axis)
    return layout
  }
}

extension Layout {
  /// The elements that an access reads.
  fileprivate func count(ofAccess access: Int) -> Int {
    zip(extents, strides[access]).reduce(1) { $1.1 == 0 ? $0 : $0 * $1.0 }
  }

  fileprivate mutating func moveToEnd(axis: Int) {
    extents.append(extents.remove(at: axis))
    for access in strides.indices { strides[access].append(strides[access].remove(at: axis)) }
  }
}
