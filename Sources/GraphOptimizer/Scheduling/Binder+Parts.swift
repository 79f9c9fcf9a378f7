import Arrays
import KernelIR

/// Reductions that are launched in parts.
extension Binder {
  /// What an access of a launch walks through.
  private struct Walk {
    let address: LaunchPlan.Address
    let strides: [Int]
  }

  private mutating func launch(
    _ name: String, _ kernel: Kernel, _ extents: [Int], _ walks: [Walk], _ scalars: [Int64]
  ) {
    let strides = walks.map { $0.strides }, addresses = walks.map { $0.address }
    let (kernel, layout) = kernel.specialized(for: Layout(extents: extents, strides: strides))
    launchWhole(name, kernel, layout, addresses, scalars)
  }

  /// Launches a reduction of columns or rows in parts.
  mutating func launchInParts(
    _ name: String, _ kernel: Kernel, _ layout: Layout, _ addresses: [LaunchPlan.Address],
    _ scalars: [Int64], _ reduction: PartialReduction, _ parts: ReductionParts
  ) {
    let (columns, steps) = (layout.extents[0], layout.extents[1])
    let rest = parts.rest(of: steps), rows = parts.count + min(rest, 1)
    var scratch = openScratch()
    var walks: [Walk] = [], lastWalks: [Walk] = []
    for access in reduction.partAccesses {
      let dtype = kernel.argument(ofAccess: access).dtype
      let (across, down) = (layout.strides[access][0], layout.strides[access][1])
      var walk = Walk(
        address: addresses[access],
        strides: parts.isInterleaved
          ? [down, across, down * parts.count] : [down * parts.length, across, down])
      if parts.isInterleaved, down == 0, across != 0 {
        let copy = take(dtype, [parts.count, columns], from: &scratch)
        let repeated = BoundView(walk.address, dtype, copy.shape, strides: [0, across])
        launchCopy(from: repeated, to: copy, name: "copy")
        walk = Walk(address: copy.address, strides: [columns, 1, 0])
      }
      walks.append(walk)
      let offset = (steps - rest) * down * dtype.byteCount
      lastWalks.append(
        Walk(address: addresses[access].advanced(by: offset), strides: [0, across, down]))
    }
    noteCopies(to: scratch)

    let partials = reduction.dtypes.map {
      take($0, [rows, columns], from: &scratch, label: "partial results")
    }
    let results = partials.map { Walk(address: $0.address, strides: [columns, 1, 0]) }
    let lastResults = partials.map { view -> Walk in
      let offset = parts.count * columns * view.dtype.byteCount
      return Walk(address: view.address.advanced(by: offset), strides: [columns, 1, 0])
    }
    launch(
      name, reduction.parts, [parts.count, columns, parts.length], walks + results, scalars)
    if rest > 0 {
      launch(name, reduction.parts, [1, columns, rest], lastWalks + lastResults, scalars)
    }
    let values = partials.map { Walk(address: $0.address, strides: [1, columns]) }
    let others = reduction.wholeAccesses.map {
      Walk(address: addresses[$0], strides: [layout.strides[$0][0], 0])
    }
    launch(name, reduction.whole, [columns, rows], values + others, scalars)
    close(scratch)
  }
}
