import Arrays
import Scalars
import SymbolicGraph
import TestSupport

/// Makes a graph of another, equation by equation.
struct Rewriting {
  let old: Graph
  private(set) var new = Graph()
  private var places: [Int] = []

  /// Returns the graph in which every equation is what `rewrite` makes of it, or itself where that
  /// returns nil.
  static func graph(
    _ graph: Graph, _ rewrite: (inout Rewriting, Graph.Equation) -> Int?
  ) -> Graph {
    var run = Rewriting(old: graph)
    for equation in graph.equations {
      let place = rewrite(&run, equation) ?? run.copy(equation)
      run.places.append(place)
    }
    run.new.inputs = graph.inputs.map { run.places[$0] }
    run.new.outputs = graph.outputs.map { run.places[$0] }
    return run.new
  }

  private init(old: Graph) { self.old = old }

  /// Adds the equation itself.
  mutating func copy(_ equation: Graph.Equation) -> Int {
    append(equation.operation, equation.operands.map { places[$0] }, equation.type)
  }

  /// Adds an equation on values of the new graph.
  mutating func append(_ operation: any Operation, _ operands: [Int], _ type: TensorType) -> Int {
    new.append(Graph.Equation(operation, operands, type))
  }

  /// Adds an elementwise operation on values of the old graph.
  mutating func elementwise(_ op: ScalarOp, _ operands: [Int], _ type: TensorType) -> Int {
    append(Elementwise(op, type.dtype), operands.map { places[$0] }, type)
  }

  /// Returns the scalar operation of an equation.
  static func op(_ equation: Graph.Equation) -> ScalarOp? {
    if case .elementwise(let op) = equation.operation.lowering { op } else { nil }
  }

  /// Returns the operands of a value of the old graph, if it is made by `op`.
  func operands(of value: Int, ifMadeBy op: ScalarOp) -> [Int]? {
    Self.op(old.equations[value]) == op ? old.equations[value].operands : nil
  }

  /// Whether a value of the old graph is this scalar constant.
  func isConstant(_ value: Int, _ number: Double) -> Bool {
    (old.equations[value].operation as? Constant)?.scalar?.asDouble == number
  }
}
