import Arrays
import KernelIR

extension Kernel {
  /// The most rows that are few, and the elements of those that are long.
  private static let mostFewRows = 8, fewestElements = 1 << 18

  /// Whether a kernel of several loops has rows so few and long that each loop is better launched by itself, cut in
  /// parts that threads can share.
  ///
  /// It depends on the lengths alone, since the bits of sums depend on it.
  func hasFewLongRows(_ layout: Layout) -> Bool {
    isRowProgram && !isRatherColumns
      && layout.count(0..<outerCount) <= Self.mostFewRows
      && layout.count(outerCount..<axes.count) >= Self.fewestElements
  }
}

extension Binder {
  /// Launches the loops of a kernel one after the other.
  mutating func launchLoops(
    _ name: String, _ split: LoopSplit, _ layout: Layout, _ addresses: [LaunchPlan.Address],
    _ scalars: [Int64]
  ) {
    var scratch = openScratch()
    let inner = split.innerCount
    let outer = Array(layout.extents.dropLast(inner))
    let strides = Shape.contiguousStrides(outer) + [Int](repeating: 0, count: inner)
    let values = split.dtypes.map { take($0, outer, from: &scratch, label: "partial results") }
    for part in split.parts {
      let walks = part.operands.map { operand in
        switch operand {
        case .access(let access): (strides: layout.strides[access], address: addresses[access])
        case .value(let value): (strides: strides, address: values[value].address)
        }
      }
      launch(
        name, part.kernel, Layout(extents: layout.extents, strides: walks.map(\.strides)),
        walks.map(\.address), scalars)
    }
    close(scratch)
  }
}
