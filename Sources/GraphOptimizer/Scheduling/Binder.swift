package import Arrays
package import KernelIR
package import SymbolicGraph

extension Plan {
  /// Returns what to launch when the inputs lie so.
  ///
  /// - Parameters:
  ///   - inPlace: Whether kernels may write their results over what they are the last to read.
  ///   - inParts: Whether reductions may be cut into parts, and their operands copied first, where the lengths
  ///     suggest it.
  /// - Throws: The first rule of an operation that the lengths break.
  package func bound(
    to inputs: [ArrayLayout], inPlace: Bool = true, inParts: Bool = true
  ) throws(GraphError) -> LaunchPlan {
    let types = try graph.types(
      forInputs: inputs.map { TensorType($0.dtype, $0.shape.map { .fixed($0) }) })
    var binder = Binder(self, types, inputs, inPlace: inPlace, inParts: inParts)
    return binder.bind()
  }
}

/// Turns a plan into launches for one set of lengths.
struct Binder {
  private let plan: Plan
  private let graph: Graph
  private let shapes: [[Int]]
  private var views: [Int: BoundView] = [:]
  var workspace = WorkspacePlanner()
  var result = LaunchPlan()
  private let lifetimes: Lifetimes
  private let order: StepOrder
  /// Whether reductions may be cut into parts, and their operands copied first.
  private let inParts: Bool
  /// The number of the step that is bound.
  private(set) var step = 0
  /// The results and what they are views of.
  private var returned: Set<Int> = []
  /// The values that are computed in their place in a concatenation.
  private let destinations: Destinations
  /// The copies of values in C order that products read.
  private var copies: [Int: BoundView] = [:]
  /// The values that are computed in the bytes of others.
  private var inPlace = InPlace()

  init(
    _ plan: Plan, _ types: [TensorType], _ inputs: [ArrayLayout], inPlace isInPlace: Bool,
    inParts: Bool
  ) {
    (self.plan, graph, self.inParts) = (plan, plan.graph, inParts)
    shapes = types.map { $0.concreteShape ?? [] }
    lifetimes = Lifetimes(plan, shapes)
    order = StepOrder(plan)
    destinations = Destinations(plan, shapes)
    for (number, (value, layout)) in zip(graph.inputs, inputs).enumerated() {
      views[value] = BoundView(
        LaunchPlan.Address(.input(number)), layout.dtype, layout.shape, strides: layout.strides)
    }
    for output in graph.outputs {
      var value = output
      while returned.insert(value).inserted, let base = graph.viewed(value) { value = base }
    }
    if isInPlace {
      inPlace = InPlace(
        lifetimes, inputs, destinations: destinations.parts.mapValues(\.step.result))
    }
  }

  mutating func bind() -> LaunchPlan {
    for (number, step) in plan.steps.enumerated() {
      self.step = number
      switch step {
      case .kernel(let kernel): bind(kernel)
      case .matmul(let matmul): bind(matmul)
      case .concatenate(let concatenate): bind(concatenate)
      }
      for value in Set(step.reads.map(graph.written)) where lifetimes.last[value] == number {
        release(value)
      }
      noteSource(number)
    }
    for output in graph.outputs {
      let view = view(of: output)
      result.results.append(
        LaunchPlan.ResultView(
          view.address, ArrayLayout(view.dtype, shape: view.shape, strides: view.strides)))
    }
    noteSource(nil)
    result.workspaceByteCount = workspace.byteCount
    return result
  }

  /// Notes which step of the plan the launches were made for that came last.
  private mutating func noteSource(_ step: Int?) {
    while result.sources.count < result.steps.count { result.sources.append(step) }
  }

  // MARK: - Memory

  private mutating func newOutput(
    _ dtype: DType, _ shape: [Int], insteadOf input: Int? = nil
  ) -> LaunchPlan.Address {
    result.outputs.append(LaunchPlan.Output(ArrayLayout(dtype, shape), donor: input))
    return LaunchPlan.Address(.output(result.outputs.count - 1))
  }

  mutating func newIntermediate(_ byteCount: Int) -> LaunchPlan.Address {
    let (order, step) = (order, step)
    let offset = workspace.take(byteCount) { order.comes($0, before: step) }
    return LaunchPlan.Address(.workspace, byteOffset: offset)
  }

  /// Notes what the next launch writes.
  mutating func noteBuffer(
    _ value: Int?, _ view: BoundView, isInPlace: Bool = false, label: String = "copy"
  ) {
    result.buffers.append(
      LaunchPlan.Buffer(
        value: value, label: label, view.address, view.dtype, view.shape, byteCount: view.byteCount,
        isInPlace: isInPlace, first: result.steps.count))
  }

  /// Notes that the launches from the next one on do not need `value`.
  private mutating func noteEnd(of value: Int) {
    if let number = result.buffers.lastIndex(where: { $0.value == value }) {
      result.buffers[number].last = result.steps.count - 1
    }
  }

  /// Gives `value`, which the next launch writes, a place.
  private mutating func allocate(_ value: Int) -> BoundView {
    if let part = destinations.parts[value], let view = view(of: part) {
      views[value] = view
      return view
    }
    let (dtype, shape) = (graph.equations[value].type.dtype, shapes[value])
    let donor = inPlace.donors[value]
    let address: LaunchPlan.Address
    if let donor, let place = views[donor]?.address {
      noteEnd(of: donor)
      address = place
    } else {
      let last = inPlace.last(from: value)
      address =
        lifetimes.isReturned(last)
        ? newOutput(
          graph.equations[last].type.dtype, shapes[last], insteadOf: inPlace.inputs[value])
        : newIntermediate(lifetimes.byteCount(value))
    }
    let view = BoundView(address, dtype, shape)
    noteBuffer(value, view, isInPlace: donor != nil)
    views[value] = view
    return view
  }

  private mutating func release(_ value: Int) {
    guard let view = views[value], view.address.place == .workspace,
      destinations.parts[value] == nil, !inPlace.hasHeir(value)
    else { return }
    var users: Set<Int> = []
    if order.isKnown {
      for value in inPlace.all(to: value) { users.formUnion(lifetimes.readers[value] ?? []) }
    }
    workspace.giveBack(view.address.byteOffset, view.byteCount, users: users)
    noteEnd(of: value)
  }

  /// How `value`, written already, lies in memory.
  private mutating func view(of value: Int) -> BoundView {
    // Of views on views there may be very many.
    var (base, above) = (value, [Int]())
    while views[base] == nil, case .view = graph.equations[base].operation.lowering {
      above.append(base)
      base = graph.equations[base].operands[0]
    }
    return above.reversed().reduce(views[base] ?? source(base)) { view(of: $1, on: $0) }
  }

  /// How a value lies in memory that is no view.
  private mutating func source(_ value: Int) -> BoundView {
    let equation = graph.equations[value]
    let view: BoundView
    if case .constant(let array) = equation.operation.lowering {
      view = constant(array)
    } else {
      view = BoundView(LaunchPlan.Address(.workspace), equation.type.dtype, shapes[value])
    }
    views[value] = view
    return view
  }

  /// How a view on `base` lies in memory.
  private mutating func view(of value: Int, on base: BoundView) -> BoundView {
    let equation = graph.equations[value]
    var view = BoundView(LaunchPlan.Address(.workspace), equation.type.dtype, shapes[value])
    if case .view(let change) = equation.operation.lowering {
      if let same = base.applying(change, result: shapes[value]) {
        view = same
      } else if case .first = change {
        view = constant(NDArray(scalar: .zero(view.dtype)))
        (view.shape, view.strides) = (shapes[value], shapes[value].map { _ in 0 })
      } else {
        let copy = copied(base, isReturned: returned.contains(value))
        view = copy.applying(change, result: shapes[value]) ?? view
      }
    }
    views[value] = view
    return view
  }

  private mutating func constant(_ array: NDArray) -> BoundView {
    result.constants.append(array)
    let address = LaunchPlan.Address(.constant(result.constants.count - 1))
    return BoundView(address, array.dtype, array.shape, strides: array.strides)
  }

  // MARK: - Launches

  /// Returns a copy of `view` in C order, which lives to the end of the call, or beyond.
  private mutating func copied(_ view: BoundView, isReturned: Bool = false) -> BoundView {
    let address =
      isReturned ? newOutput(view.dtype, view.shape) : newIntermediate(view.byteCount)
    let copy = BoundView(address, view.dtype, view.shape)
    noteBuffer(nil, copy)
    launchCopy(from: view, to: copy, name: "copy")
    return copy
  }

  mutating func launchCopy(from source: BoundView, to target: BoundView, name: String) {
    launch(
      name, .copy(source.dtype, rank: source.shape.count),
      Layout(extents: source.shape, strides: [source.strides, target.strides]),
      [source.address, target.address], [])
  }

  mutating func launch(
    _ name: String, _ kernel: Kernel, _ layout: Layout, _ addresses: [LaunchPlan.Address],
    _ scalars: [Int64]
  ) {
    var (kernel, layout) = kernel.specialized(for: layout)
    // Where there are no points to compute there is nothing to run.
    if layout.count(0..<kernel.outerCount) == 0 { return }
    (kernel, layout) = kernel.specialized(for: kernel.withInnerAxesInOrder(layout))
    if inParts, let straightening = Straightening(kernel, layout) {
      return launchStraightened(name, kernel, layout, addresses, scalars, straightening)
    }
    if inParts, kernel.hasFewLongRows(layout), let split = LoopSplit(kernel) {
      return launchLoops(name, split, layout, addresses, scalars)
    }
    if inParts, let reduction = PartialReduction(kernel),
      let parts = ReductionParts(kernel, layout, of: reduction.partAccesses)
    {
      return launchInParts(name, kernel, layout, addresses, scalars, reduction, parts)
    }
    launchWhole(name, kernel, layout, addresses, scalars)
  }

  /// Adds a launch of a specialized kernel that has points to compute, in one piece.
  mutating func launchWhole(
    _ name: String, _ kernel: Kernel, _ layout: Layout, _ addresses: [LaunchPlan.Address],
    _ scalars: [Int64]
  ) {
    result.steps.append(
      .kernel(
        KernelLaunch(
          name: name, kernel: kernel, layout: layout, addresses: addresses, scalars: scalars)))
  }

  private mutating func bind(_ step: Plan.KernelStep) {
    let extents = step.axes.map { shapes[step.space][$0] }
    let arguments = zip(step.arguments, step.kernel.arguments).map { value, argument in
      argument.isOutput ? allocate(value) : view(of: value)
    }
    let strides = zip(step.kernel.accesses, step.accessAxes).map { access, axes in
      let view = arguments[access.argument]
      return zip(axes, extents).map { axis, extent -> Int in
        guard let axis else { return 0 }
        // The stride of a single step is free: 1 is the one that most kernels are compiled for.
        return extent == 1 ? 1 : view.shape[axis] == 1 ? 0 : view.strides[axis]
      }
    }
    launch(
      step.name, step.kernel, Layout(extents: extents, strides: strides),
      step.kernel.accesses.map { arguments[$0.argument].address },
      step.extents.map { Int64(shapes[$0.value][$0.axis]) })
  }

  private mutating func bind(_ step: Plan.ConcatenateStep) {
    if views[step.result] == nil { _ = allocate(step.result) }
    for (place, operand) in step.operands.enumerated() where destinations.parts[operand] == nil {
      let source = view(of: operand)
      if let target = view(of: Destinations.Part(step: step, place: place)),
        let whole = source.applying(.broadcast, result: target.shape)
      {
        launchCopy(from: whole, to: target, name: step.name)
      }
    }
  }

  /// Where an operand of a concatenation ends up.
  private mutating func view(of part: Destinations.Part) -> BoundView? {
    let result = part.step.result
    return destinations.view(of: part, in: views[result] ?? allocate(result))
  }

  private mutating func bind(_ step: Plan.MatmulStep) {
    let (a, b) = (view(of: step.a), view(of: step.b))
    let k = a.shape[a.shape.count - 1]
    let (m, n) = (a.shape.count == 2 ? a.shape[0] : 1, b.shape.count == 2 ? b.shape[1] : 1)
    let left = matrix(step.a, a, asColumn: false), right = matrix(step.b, b, asColumn: true)
    let c = allocate(step.result)
    if m == 0 || n == 0 { return }
    result.steps.append(
      .matmul(
        MatmulLaunch(
          name: step.name, dtype: c.dtype, m: m, n: n, k: k, a: left, b: right, c: c.address)))
  }

  /// Returns the operand as libraries take matrices, copied where its rows and columns both have gaps; once,
  /// however many products it is in.
  private mutating func matrix(
    _ value: Int, _ view: BoundView, asColumn: Bool
  ) -> MatmulLaunch.Matrix {
    var view = view
    if view.shape.count == 1 {
      view.shape.insert(1, at: asColumn ? 1 : 0)
      view.strides.insert(0, at: asColumn ? 1 : 0)
    }
    let (rows, columns) = (view.shape[0], view.shape[1])
    let (down, across) = (view.strides[0], view.strides[1])
    if columns == 1 || across == 1, rows == 1 || down >= max(columns, 1) {
      return MatmulLaunch.Matrix(
        view.address, isTransposed: false, leadingStride: rows == 1 ? max(columns, 1) : down)
    }
    if rows == 1 || down == 1, columns == 1 || across >= max(rows, 1) {
      return MatmulLaunch.Matrix(
        view.address, isTransposed: true, leadingStride: columns == 1 ? max(rows, 1) : across)
    }
    let copy = copies[value] ?? copied(view)
    copies[value] = copy
    return MatmulLaunch.Matrix(
      copy.address, isTransposed: false, leadingStride: max(columns, 1))
  }
}
