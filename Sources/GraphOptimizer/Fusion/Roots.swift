import Scalars
import SymbolicGraph

/// The elementwise values that are computed once, in a place of their own, rather than wherever they
/// are needed.
struct Roots {
  private(set) var values: Set<Int> = []

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
    var length = cost
    for number in graph.equations.indices where live[number] {
      let equation = graph.equations[number]
      guard case .elementwise(let op) = equation.operation.lowering else { continue }
      let inner = equation.operands.filter { !values.contains($0) }
      cost[number] = inner.reduce(op.definition.cost) { $0 + cost[$1] }
      length[number] = inner.reduce(1) { $0 + length[$1] }
      for operand in inner where cost[operand] >= Self.worthReading {
        let spreads = shapes.lengths[operand] != shapes.lengths[number]
        if spreads, shapes.lengths[operand].last.map({ $0 != .fixed(1) }) == true {
          values.insert(operand)
        }
      }
      if length[number] >= Self.longest || uses[number] > 1 && cost[number] >= Self.expensive {
        values.insert(number)
      }
    }
  }
}
