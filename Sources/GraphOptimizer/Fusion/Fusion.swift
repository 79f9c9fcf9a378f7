import Arrays
import KernelIR
import Scalars
import SymbolicGraph

/// Divides a graph into kernels and library calls.
///
/// Elementwise values are computed where they are needed, unless that would repeat work; such values,
/// results, and operands of what is not elementwise are *roots*. Roots are taken in the order of the
/// graph. Each joins the latest cluster that it can be computed in, a reduction rather that of one which
/// is equal but for the axes kept, or opens one at the end; since a cluster reads only from those before it, the
/// list of clusters is the order of execution.
struct Fusion {
  private let graph: Graph
  private let shapes: SymbolicShapes
  private let roots: Roots
  private(set) var items: [Item] = []
  /// The item that computes each value that is in memory; -1 for what is there from the start.
  private var position: [Int: Int] = [:]
  /// The item that computes each reduction, whether it keeps the axes or not.
  private var reductions: [ReducedValue: Int] = [:]
  /// Which neighbours were not joined, if they are recorded.
  private(set) var refusals: [Refusal] = []
  private let isRecording: Bool

  /// How many of the latest items a root may join: bounds the time for large graphs.
  private static let reach = 16
  /// How many operations one kernel's programs may have together: code generation takes longer than
  /// linear in them.
  private static let longest = 256

  init(_ graph: Graph, recording: Bool = false) {
    self.graph = graph
    isRecording = recording
    shapes = SymbolicShapes(graph)
    roots = Roots(graph, shapes)
    let live = graph.dataLiveness
    for number in graph.equations.indices where live[number] { place(number) }
  }

  private mutating func place(_ number: Int) {
    let equation = graph.equations[number]
    switch equation.operation.lowering {
    case .input, .constant: position[number] = -1
    case .extent:
      // A length is known at the launch; it is written only where its bytes are asked for.
      if roots.values.contains(number) { placeRoot(number, space: number, reduced: []) }
    case .view: position[number] = position[equation.operands[0]]
    case .matmul: append(.matmul(number), computing: number)
    case .concatenate: append(.concatenate(number), computing: number)
    case .reduce(_, let axes, _, _):
      let value = (equation.operation as? Reduce).map { ReducedValue($0, of: equation.operands[0]) }
      placeRoot(
        number, space: equation.operands[0], reduced: axes, first: value.flatMap { reductions[$0] })
      if let value, reductions[value] == nil { reductions[value] = position[number] }
    case .elementwise:
      if roots.values.contains(number) { placeRoot(number, space: number, reduced: []) }
    }
  }

  private mutating func append(_ item: Item, computing value: Int) {
    items.append(item)
    position[value] = items.count - 1
  }

  /// Puts a root into the item at `first`, if it can be computed there, or in one of the latest, or a new one.
  private mutating func placeRoot(
    _ number: Int, space: Int, reduced: [Int], first: Int? = nil
  ) {
    if let first, join(number, space: space, reduced: reduced, at: first) == nil {
      position[number] = first
      return
    }
    for index in items.indices.suffix(Self.reach).reversed() {
      guard let reason = join(number, space: space, reduced: reduced, at: index) else {
        position[number] = index
        return
      }
      if isRecording { refusals.append(Refusal(value: number, item: index, reason: reason)) }
    }
    var cluster = Cluster(space: space, lengths: shapes.lengths[space], reduced: reduced)
    cluster.leaves = reads(of: number, in: nil).leaves
    cluster.length = roots.lengths[number]
    let kind = reduced.isEmpty ? Cluster.Kind.point : .accumulator
    cluster.members = [Cluster.Member(value: number, kind: kind, stage: 0)]
    append(.cluster(cluster), computing: number)
  }

  /// Adds a root to the cluster at `index`, or returns why it cannot be computed there.
  private mutating func join(
    _ number: Int, space: Int, reduced: [Int], at index: Int
  ) -> Refusal.Reason? {
    guard case .cluster(var cluster) = items[index] else { return .libraryCall }
    guard cluster.length + roots.lengths[number] <= Self.longest else { return .tooLong }
    let (leaves, accumulators) = reads(of: number, in: index)
    guard leaves.allSatisfy({ (position[$0] ?? -1) < index }) else { return .order }
    let needed = cluster.members.filter { accumulators.contains($0.value) }
    let related = !needed.isEmpty || !cluster.leaves.isDisjoint(with: leaves)
    guard related else { return .unrelated }
    let after = needed.map(\.stage).max()
    let isReduction =
      if case .reduce = graph.equations[number].operation.lowering { true } else { false }
    if shapes.lengths[space] == cluster.lengths {
      guard !isReduction || cluster.reduced.isEmpty || cluster.reduced == reduced else {
        return .otherAxes
      }
      guard needed.allSatisfy({ isAligned($0.value, cluster) }) else { return .misaligned }
      let stage = after.map { $0 + 1 } ?? 0
      // A whole array is read once: its partial accumulators are combined only at the end.
      if stage > 0, cluster.isFullReduction { return .wholeArray }
      if isReduction { cluster.reduced = reduced }
      cluster.members.append(
        Cluster.Member(value: number, kind: isReduction ? .accumulator : .point, stage: stage))
    } else {
      let lengths = shapes.lengths[number]
      guard !isReduction, let stage = after,
        needed.allSatisfy({ shapes.lengths[$0.value] == lengths })
      else { return .otherLengths }
      cluster.members.append(Cluster.Member(value: number, kind: .finish, stage: stage))
    }
    cluster.leaves.formUnion(leaves)
    cluster.length += roots.lengths[number]
    items[index] = .cluster(cluster)
    return nil
  }

  /// The values that a value is made of.
  func operands(of value: Int) -> [Int] { graph.equations[value].operands }

  /// Whether an accumulator, read at a point of the space, broadcasts along just the reduced axes.
  private func isAligned(_ accumulator: Int, _ cluster: Cluster) -> Bool {
    let (rank, full) = (shapes.lengths[accumulator].count, cluster.lengths.count)
    return rank == full || cluster.reduced == Array(0..<(full - rank))
  }

  /// What computing a root reads: values in memory, and reductions of the cluster at `index`.
  private func reads(of root: Int, in index: Int?) -> (leaves: Set<Int>, accumulators: Set<Int>) {
    var (leaves, accumulators): (Set<Int>, Set<Int>) = ([], [])
    var visited: Set<Int> = [root]
    var pending = graph.equations[root].operands
    while let value = pending.popLast() {
      guard visited.insert(value).inserted else { continue }
      let isHere = index != nil && position[value] == index
      switch graph.equations[value].operation.lowering {
      case .elementwise where isHere || position[value] == nil:
        pending += graph.equations[value].operands
      case .reduce where isHere: accumulators.insert(value)
      case .extent: break
      case .constant where (graph.equations[value].operation as? Constant)?.scalar != nil: break
      case .elementwise, .reduce, .constant, .input, .view, .concatenate, .matmul:
        leaves.insert(value)
      }
    }
    return (leaves, accumulators)
  }
}

extension Graph {
  /// Which values have elements that some output depends on. The operand of an extent is asked for its
  /// shape only.
  var dataLiveness: [Bool] {
    var live = [Bool](repeating: false, count: equations.count)
    for output in outputs { live[output] = true }
    for number in equations.indices.reversed() where live[number] {
      if case .extent = equations[number].operation.lowering { continue }
      for operand in equations[number].operands { live[operand] = true }
    }
    return live
  }
}

/// What a reduction computes, with or without the axes.
private struct ReducedValue: Hashable {
  private let operand: Int
  private let axes: [Int]
  private let reduction: Reduction
  private let accumulator: DType, dtype: DType

  init(_ reduce: Reduce, of operand: Int) {
    (self.operand, axes, reduction) = (operand, reduce.axes, reduce.reduction)
    (accumulator, dtype) = (reduce.accumulator, reduce.dtype)
  }
}
