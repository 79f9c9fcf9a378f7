import Scalars
import SymbolicGraph

/// The elementwise values that are computed once, in a place of their own, rather than wherever they
/// are needed.
struct Roots {
  private(set) var values: Set<Int> = []
  /// How many operations computing each value from what is in memory takes, repeats counted.
  private(set) var lengths: [Int] = []

  /// The cost, in additions, from which computing a value twice is worse than writing and reading it.
  private static let expensive = 24
  /// The cost from which computing a value again for each row is worse than reading it.
  private static let worthReading = 8
  /// The lines that one kernel's program may have: code generation is worse than linear in them.
  private static let longest = 128

  init(_ graph: Graph, _ shapes: SymbolicShapes) {
    values = Set(graph.outputs)
    let live = graph.dataLiveness
    var uses = [Int](repeating: 0, count: graph.equations.count)
    for number in graph.equations.indices where live[number] {
      let equation = graph.equations[number]
      switch equation.operation.lowering {
      case .view, .matmul, .concatenate: values.formUnion(equation.operands)
      case .elementwise, .reduce: for operand in equation.operands { uses[operand] += 1 }
      case .input, .constant, .extent: break
      }
    }
    chooseShared(graph, shapes, uses, live)
  }

  /// Adds values whose programs are too long to repeat or to go on with.
  private mutating func chooseShared(
    _ graph: Graph, _ shapes: SymbolicShapes, _ uses: [Int], _ live: [Bool]
  ) {
    var cost = [Int](repeating: 0, count: graph.equations.count)
    lengths = cost
    for number in graph.equations.indices where live[number] {
      let equation = graph.equations[number]
      let inner = equation.operands.filter { !values.contains($0) }
      if case .reduce = equation.operation.lowering {
        lengths[number] = 1 + lengths[inner.first ?? number]
      }
      guard case .elementwise(let op) = equation.operation.lowering else { continue }
      cost[number] = inner.reduce(op.definition.cost) { $0 + cost[$1] }
      lengths[number] = inner.reduce(1) { $0 + lengths[$1] }
      for operand in inner where cost[operand] >= Self.worthReading {
        if Self.repeats(shapes.lengths[operand], along: shapes.lengths[number]) {
          values.insert(operand)
        }
      }
      if lengths[number] >= Self.longest || uses[number] > 1 && cost[number] >= Self.expensive {
        values.insert(number)
      }
    }
  }

  /// Whether a value is known to be repeated along other axes than the last, where a kernel would
  /// compute it again for each row. Along the last axis it is computed once.
  private static func repeats(
    _ value: [SymbolicShapes.Length], along space: [SymbolicShapes.Length]
  ) -> Bool {
    guard let last = value.last, last != .fixed(1) else { return false }
    let own = Array(repeating: .fixed(1), count: space.count - value.count) + value
    return zip(own, space).contains { $0 == .fixed(1) && $1 != .fixed(1) }
  }
}
