import KernelIR

extension Binder {
  /// Launches a kernel after copies of some of its operands.
  mutating func launchStraightened(
    _ name: String, _ kernel: Kernel, _ layout: Layout, _ addresses: [LaunchPlan.Address],
    _ scalars: [Int64], _ straightening: Straightening
  ) {
    var (layout, addresses) = (layout, addresses)
    var scratch = openScratch()
    for access in straightening.accesses {
      let strides = layout.strides[access]
      let others = strides.indices.filter { strides[$0] != 0 && $0 != straightening.axis }
      let axes = others + [straightening.axis]
      let source = BoundView(
        addresses[access], kernel.argument(ofAccess: access).dtype,
        axes.map { layout.extents[$0] }, strides: axes.map { strides[$0] })
      let copy = take(source.dtype, source.shape, from: &scratch)
      launchCopy(from: source, to: copy, name: "copy")
      addresses[access] = copy.address
      for (axis, stride) in zip(axes, copy.strides) { layout.strides[access][axis] = stride }
    }
    noteCopies(to: scratch)
    launch(name, kernel, layout, addresses, scalars)
    close(scratch)
  }
}
