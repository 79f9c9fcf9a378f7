/// The extents and strides that one launch gives to a kernel.
public struct Layout: Hashable, Sendable {
  /// The extent of every axis.
  public var extents: [Int]
  /// For every access, the stride along every axis, in elements.
  public var strides: [[Int]]

  /// Creates a layout.
  public init(extents: [Int], strides: [[Int]]) {
    self.extents = extents
    self.strides = strides
  }

  /// The number of points along the axes of `range`.
  public func count(_ range: Range<Int>) -> Int { extents[range].reduce(1, *) }

  /// Adds an axis.
  mutating func append(_ extent: Int, steps: [Int]) {
    extents.append(extent)
    for access in steps.indices { strides[access].append(steps[access]) }
  }

  /// Joins an axis to the last one, where every access walks through both in one stride.
  mutating func join(_ extent: Int, steps: [Int]) -> Bool {
    guard let last = extents.indices.last,
      zip(strides, steps).allSatisfy({ $0[last] == $1 * extent })
    else { return false }
    extents[last] *= extent
    for access in steps.indices { strides[access][last] = steps[access] }
    return true
  }
}

extension Kernel {
  /// Returns the kernel and layout with the fewest axes that compute the same.
  ///
  /// Axes of extent 1 are dropped, neighbours that every access walks through in one stride are
  /// joined, and every step is classed by its stride. Names become canonical, so that kernels
  /// which differ in nothing else are equal. Outer axes join outer ones and inner axes inner
  /// ones: the positions that arg-reductions count are unchanged.
  public func specialized(for layout: Layout) -> (kernel: Kernel, layout: Layout) {
    let outer = kept(0..<outerCount, of: layout, atLeastOne: innerCount == 0 || isRowProgram)
    let inner = kept(outerCount..<axes.count, of: layout, atLeastOne: true)
    var result = Layout(extents: [], strides: layout.strides.map { _ in [] })
    var outerResult = 0
    for axis in outer + inner {
      let (extent, steps) = (layout.extents[axis], layout.strides.map { $0[axis] })
      let opensGroup = axis == inner.first || axis == outer.first
      if opensGroup || !result.join(extent, steps: steps) { result.append(extent, steps: steps) }
      if axis == outer.last { outerResult = result.extents.count }
    }
    return (canonical(outerCount: outerResult, result), result)
  }

  /// The axes of a group that are more than one step long. One axis stays where the group would
  /// vanish otherwise: extent 1 then needs no kernel of its own.
  private func kept(_ group: Range<Int>, of layout: Layout, atLeastOne: Bool) -> [Int] {
    let long = group.filter { layout.extents[$0] != 1 }
    return long.isEmpty && atLeastOne ? Array(group.suffix(1)) : long
  }

  private func canonical(outerCount: Int, _ layout: Layout) -> Kernel {
    var kernel = self
    kernel.axes = layout.extents.indices.map { Axis("i\($0)", extent: "n\($0)") }
    kernel.outerCount = outerCount
    kernel.scalars = scalars.indices.map { "s\($0)" }
    for number in kernel.arguments.indices { kernel.arguments[number].name = "a\(number)" }
    for access in kernel.accesses.indices {
      kernel.accesses[access].steps = layout.strides[access].map {
        $0 == 0 ? .broadcast : $0 == 1 ? .contiguous : .strided
      }
    }
    return kernel
  }
}
