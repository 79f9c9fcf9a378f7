import Arrays
import KernelIR
import Scalars
import SymbolicGraph

/// Makes the kernel of a cluster.
struct KernelBuilder {
  private let graph: Graph
  private let cluster: Cluster
  private let names: [String]
  /// Which axis of the space each kernel axis is: kept ones first.
  private let axes: [Int]
  private let stageOf: [Int: Cluster.Member]

  private var arguments: [Argument] = []
  private var argumentValues: [Int] = []
  private var argumentNumbers: [Int: Int] = [:]
  private var accesses: [Access] = []
  private var accessAxes: [[Int?]] = []
  private var accessNumbers: [AccessKey: Int] = [:]
  private var extents: [(value: Int, axis: Int)] = []
  private var accumulators: [Int: (number: Int, dtype: DType)] = [:]
  private var stages: [Stage] = []
  /// The values that an earlier stage left where a later result will be, with the accesses.
  private var kept: [ProgramBuilder.Key: Int] = [:]

  /// The cost, in additions, from which computing a value in two stages is worse than keeping it.
  private static let worthKeeping = 8

  private struct AccessKey: Hashable {
    let value: Int
    let axes: [Int?]
  }

  private struct ReductionKey: Hashable {
    let reduction: Reduction
    let dtype: DType
    let operand: Composite.Operand
  }

  /// Returns the kernel of `cluster` as a step that writes the values of `stored`.
  static func step(
    _ graph: Graph, _ cluster: Cluster, stored: Set<Int>, name: String, names: [String]
  ) -> Plan.KernelStep {
    var builder = KernelBuilder(graph, cluster, names)
    builder.build(stored)
    return builder.finished(name)
  }

  private init(_ graph: Graph, _ cluster: Cluster, _ names: [String]) {
    (self.graph, self.cluster, self.names) = (graph, cluster, names)
    let all = Array(cluster.lengths.indices)
    axes = all.filter { !cluster.reduced.contains($0) } + cluster.reduced
    stageOf = Dictionary(uniqueKeysWithValues: cluster.members.map { ($0.value, $0) })
  }

  private mutating func build(_ stored: Set<Int>) {
    let last = cluster.members.map(\.stage).max() ?? 0
    for number in 0...last {
      let here = cluster.members.filter { $0.stage == number }
      let points = here.filter { $0.kind == .point && stored.contains($0.value) }
      let reductions = here.filter { $0.kind == .accumulator }
      if !points.isEmpty || !reductions.isEmpty {
        let later = cluster.members.filter {
          $0.stage > number && $0.kind == .point && stored.contains($0.value)
        }
        addLoop(points, reductions, later)
      }
      let finished = here.filter { $0.kind != .point && stored.contains($0.value) }
      if !finished.isEmpty { addFinish(finished) }
    }
  }

  private mutating func addLoop(
    _ points: [Cluster.Member], _ reductions: [Cluster.Member], _ later: [Cluster.Member]
  ) {
    var program = ProgramBuilder()
    var stores: [Store] = []
    var running: [Accumulator] = []
    var numbers: [ReductionKey: Int] = [:]
    let first = stages.map(\.accumulators.count).reduce(0, +)
    let rank = cluster.lengths.count
    for point in points {
      let axes = aligned(rank: rank)
      program.results.append(operand(point.value, axes, &program))
      stores.append(
        Store(access: access(point.value, axes, isOutput: true), result: program.results.count - 1))
    }
    for member in reductions {
      let equation = graph.equations[member.value]
      guard case .reduce(let reduction, _, _, let dtype) = equation.operation.lowering else {
        continue
      }
      let source = equation.operands[0]
      let value = operand(source, aligned(rank: graph.equations[source].type.rank), &program)
      // What differs only in the result that is made of it has one accumulator, as reductions do that keep
      // their axes or drop them.
      let key = ReductionKey(reduction: reduction, dtype: dtype, operand: value)
      let number = numbers[key] ?? running.count
      if number == running.count {
        program.results.append(program.cast(value, to: dtype))
        numbers[key] = number
        running.append(Accumulator(reduction, dtype, result: program.results.count - 1))
      }
      accumulators[member.value] = (first + number, running[number].valueDType)
    }
    kept = kept.filter { entry in !stores.contains { $0.access == entry.value } }
    for point in later { keep(for: point, &program, &stores) }
    let loops = !cluster.reduced.isEmpty
    append(program, loops: loops, stores, running)
  }

  /// Has a loop write what `point`, a result of a later one, needs again to where that result will be,
  /// if it is costly: softmax leaves its exponentials in the place of the quotients.
  private mutating func keep(
    for point: Cluster.Member, _ program: inout ProgramBuilder, _ stores: inout [Store]
  ) {
    let axes = aligned(rank: cluster.lengths.count)
    let access = access(point.value, axes, isOutput: true)
    guard !kept.values.contains(access) else { return }
    let root = ProgramBuilder.Key(value: point.value, axes: axes)
    let dtype = graph.equations[point.value].type.dtype
    var visited: Set<ProgramBuilder.Key> = [root]
    var pending = operands(of: root)
    while let key = pending.popLast() {
      guard visited.insert(key).inserted, computes(key.value), kept[key] == nil,
        case .elementwise = graph.equations[key.value].operation.lowering
      else { continue }
      if let operand = program.operands[key], graph.equations[key.value].type.dtype == dtype,
        cost(of: key.value) >= Self.worthKeeping
      {
        program.results.append(operand)
        stores.append(Store(access: access, result: program.results.count - 1))
        kept[key] = access
        return
      }
      pending += operands(of: key)
    }
  }

  /// The cost of what a kernel computes at each point for a value, in additions, as far as it matters.
  private func cost(of value: Int) -> Int {
    let space = graph.equations[cluster.space].type.shape
    var (total, visited, pending): (Int, Set<Int>, [Int]) = (0, [], [value])
    while total < Self.worthKeeping, let value = pending.popLast() {
      guard visited.insert(value).inserted, computes(value),
        graph.equations[value].type.shape == space,
        case .elementwise(let op) = graph.equations[value].operation.lowering
      else { continue }
      total += op.definition.cost
      pending += graph.equations[value].operands
    }
    return total
  }

  private mutating func addFinish(_ members: [Cluster.Member]) {
    var program = ProgramBuilder()
    var stores: [Store] = []
    for member in members {
      let axes = finishAxes(of: member.value)
      program.results.append(operand(member.value, axes, &program))
      stores.append(
        Store(access: access(member.value, axes, isOutput: true), result: program.results.count - 1)
      )
    }
    append(program, loops: false, stores, [])
  }

  private mutating func append(
    _ program: ProgramBuilder, loops: Bool, _ stores: [Store], _ running: [Accumulator]
  ) {
    stages.append(
      Stage(
        loops: loops, sources: program.sources, composite: program.finished, stores: stores,
        accumulators: running))
  }

  // MARK: - Axes

  /// The axes of the space that the axes of a value of `rank` are, when it broadcasts to the space.
  private func aligned(rank: Int) -> [Int?] {
    let full = cluster.lengths.count
    return (0..<rank).map { $0 + full - rank }
  }

  /// The axes of the space that the axes of a reduced value are: nil for those of length 1.
  private func finishAxes(of value: Int) -> [Int?] {
    let rank = graph.equations[value].type.rank
    let full = cluster.lengths.count
    if rank == full { return (0..<full).map { cluster.reduced.contains($0) ? nil : $0 } }
    return (0..<full).filter { !cluster.reduced.contains($0) }
  }

  /// The number of the access to `value`, whose axes are those axes of the space.
  private mutating func access(_ value: Int, _ valueAxes: [Int?], isOutput: Bool = false) -> Int {
    let walked = axes.map { axis in valueAxes.firstIndex(of: axis) }
    let key = AccessKey(value: value, axes: walked)
    if let known = accessNumbers[key] { return known }
    let type = graph.equations[value].type
    let steps = zip(axes, walked).map { axis, own -> Access.Step in
      guard let own else { return .broadcast }
      let repeats = type.shape[own] == .fixed(1) && cluster.lengths[axis] != .fixed(1)
      return repeats ? .broadcast : .strided
    }
    accesses.append(Access(argument: argument(value, isOutput: isOutput), steps: steps))
    accessAxes.append(walked)
    accessNumbers[key] = accesses.count - 1
    return accesses.count - 1
  }

  private mutating func argument(_ value: Int, isOutput: Bool) -> Int {
    if let known = argumentNumbers[value] { return known }
    arguments.append(Argument(names[value], graph.equations[value].type.dtype, isOutput: isOutput))
    argumentValues.append(value)
    argumentNumbers[value] = arguments.count - 1
    return arguments.count - 1
  }

  // MARK: - Programs

  /// Adds to `program` what computes `value`, whose axes are those axes of the space, and returns the
  /// operand that reads it. Walks with a stack of its own: programs can be long.
  private mutating func operand(
    _ value: Int, _ valueAxes: [Int?], _ program: inout ProgramBuilder
  ) -> Composite.Operand {
    let root = ProgramBuilder.Key(value: value, axes: valueAxes)
    var pending = [root]
    while let key = pending.last {
      if program.operands[key] != nil {
        pending.removeLast()
        continue
      }
      let equation = graph.equations[key.value]
      if let access = kept[key] {
        program.operands[key] = program.input(.load(access: access), equation.type.dtype)
        pending.removeLast()
        continue
      }
      guard case .elementwise(let op) = equation.operation.lowering, computes(key.value) else {
        program.operands[key] = source(key, &program)
        pending.removeLast()
        continue
      }
      let inner = operands(of: key)
      let missing = inner.filter { program.operands[$0] == nil }
      if missing.isEmpty {
        let operands = inner.compactMap { program.operands[$0] }
        program.operands[key] = program.composite.append(op, operands, equation.type.dtype)
        pending.removeLast()
      } else {
        pending += missing.reversed()
      }
    }
    return program.operands[root] ?? .constant(.bool(false))
  }

  /// The operands of an elementwise value at the axes that they have in it.
  private func operands(of key: ProgramBuilder.Key) -> [ProgramBuilder.Key] {
    graph.equations[key.value].operands.map { inner in
      let rank = graph.equations[inner].type.rank
      return ProgramBuilder.Key(value: inner, axes: Array(key.axes.suffix(rank)))
    }
  }

  /// Whether an elementwise value is computed in this kernel rather than read.
  private func computes(_ value: Int) -> Bool {
    stageOf[value] != nil || !cluster.leaves.contains(value)
  }

  private mutating func source(
    _ key: ProgramBuilder.Key, _ program: inout ProgramBuilder
  ) -> Composite.Operand {
    let equation = graph.equations[key.value]
    if let constant = equation.operation as? Constant, let scalar = constant.scalar {
      return .constant(scalar)
    }
    if case .extent(let axis) = equation.operation.lowering {
      extents.append((equation.operands[0], axis))
      return program.input(.scalar(extents.count - 1), .int64)
    }
    if let accumulator = accumulators[key.value], !cluster.leaves.contains(key.value) {
      let read = program.input(.accumulator(accumulator.number), accumulator.dtype)
      return program.cast(read, to: equation.type.dtype)
    }
    return program.input(.load(access: access(key.value, key.axes)), equation.type.dtype)
  }

  private func finished(_ name: String) -> Plan.KernelStep {
    let letters = ["i", "j", "k", "l"]
    let kernel = Kernel(
      axes: axes.enumerated().map { number, axis in
        let letter = number < letters.count ? letters[number] : "i\(number)"
        return Axis(
          letter, extent: Self.extentName(graph.equations[cluster.space].type.shape[axis], letter))
      },
      outerCount: axes.count - cluster.reduced.count, arguments: arguments, accesses: accesses,
      scalars: extents.map { "dim(\(names[$0.value]), \($0.axis))" }, stages: stages)
    return Plan.KernelStep(
      name: name, kernel: kernel, arguments: argumentValues, space: cluster.space, axes: axes,
      accessAxes: accessAxes, extents: extents,
      origins: cluster.members.flatMap { graph.equations[$0.value].origins })
  }

  private static func extentName(_ extent: Extent, _ letter: String) -> String {
    switch extent {
    case .fixed(let value): "\(value)"
    case .named(let name) where !name.hasPrefix("?"): name
    case .named, .unknown: "n\(letter)"  // `?1` is no name that anybody gave.
    }
  }
}

/// The composite of one stage while it grows.
private struct ProgramBuilder {
  /// A value at the axes of the space that its axes are.
  struct Key: Hashable {
    let value: Int
    let axes: [Int?]
  }

  var composite = Composite()
  var sources: [Source] = []
  var operands: [Key: Composite.Operand] = [:]
  var results: [Composite.Operand] = []
  private var inputs: [Source: Composite.Operand] = [:]

  /// Returns the input that reads `source`.
  mutating func input(_ source: Source, _ dtype: DType) -> Composite.Operand {
    if let known = inputs[source] { return known }
    let operand = composite.addInput(dtype)
    sources.append(source)
    inputs[source] = operand
    return operand
  }

  /// Returns `operand` as `dtype`.
  mutating func cast(_ operand: Composite.Operand, to dtype: DType) -> Composite.Operand {
    composite.dtype(of: operand) == dtype ? operand : composite.append(.cast, [operand], dtype)
  }

  /// The composite with its results.
  var finished: Composite {
    var finished = composite
    finished.results = results
    return finished
  }
}
