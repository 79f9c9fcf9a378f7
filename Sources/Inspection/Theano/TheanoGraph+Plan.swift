package import GraphOptimizer
import KernelIR
import Scalars
import SymbolicGraph

extension TheanoGraph {
  /// Translates a plan: every step becomes the applications that it computes, each with the number of
  /// the step.
  ///
  /// What a kernel computes at every point, each of its reductions, and what it makes of their results
  /// are applications of their own; what a reduction reduces is part of its name.
  package init(_ plan: Plan) {
    self.init()
    var translator = PlanTranslator(plan, self)
    for number in plan.steps.indices { translator.add(number) }
    self = translator.finished()
  }
}

/// Adds the steps of a plan to a program of Theano's.
struct PlanTranslator {
  let plan: Plan
  var theano: TheanoGraph
  /// The variable of each value of the plan's graph that is known so far.
  var values: [Int: Int] = [:]
  /// The variable of each length, by operand and axis.
  var extents: [[Int]: Int] = [:]
  private lazy var names = plan.graph.valueNames
  /// For each step, the applications that are its work: for a kernel, those of its loops, in order.
  private(set) var loops: [[[Int]]] = []

  init(_ plan: Plan, _ theano: TheanoGraph) {
    (self.plan, self.theano) = (plan, theano)
    for input in plan.graph.inputs { _ = variable(of: input) }
  }

  mutating func add(_ number: Int) {
    switch plan.steps[number] {
    case .matmul(let step):
      let types = [step.a, step.b].map { plan.graph.equations[$0].type }
      let (a, b) = (variable(of: step.a), variable(of: step.b))
      let result = theano.product(a, b, types, plan.graph.equations[step.result].type)
      finish(step.result, result, number)
    case .concatenate(let step):
      let operands = step.operands.map { variable(of: $0) }
      let type = plan.graph.equations[step.result].type
      finish(step.result, theano.join(operands, axis: step.axis, type), number)
    case .kernel(let step):
      var translator = KernelTranslator(step, number)
      translator.run(&self)
      loops.append(translator.loops)
    }
  }

  private mutating func finish(_ value: Int, _ variable: Int, _ step: Int) {
    theano.variables[variable].step = step
    values[value] = variable
    loops.append([[variable]])
  }

  /// The program with its results.
  mutating func finished() -> TheanoGraph {
    theano.outputs = plan.graph.outputs.map { variable(of: $0) }
    return theano
  }

  /// Returns the variable that stands for a value, which is there already, or is a leaf, a view of
  /// one, or a length.
  mutating func variable(of value: Int) -> Int {
    var chain: [Int] = []
    var root = value
    while values[root] == nil, case .view = plan.graph.equations[root].operation.lowering {
      chain.append(root)
      root = plan.graph.equations[root].operands[0]
    }
    var result = values[root] ?? leaf(root)
    values[root] = result
    for number in chain.reversed() {
      let equation = plan.graph.equations[number]
      guard case .view(let view) = equation.operation.lowering else { continue }
      let own = plan.graph.equations[equation.operands[0]]
      if case .view(.slice(let ranges)) = own.operation.lowering, view.drops(ranges),
        let source = values[own.operands[0]]
      {
        result = theano.subtensor(source, ranges, equation.type, isIndexing: true)
      } else {
        result = theano.view(view, equation.operation, result, own.type, equation.type)
      }
      values[number] = result
    }
    return result
  }

  private mutating func leaf(_ value: Int) -> Int {
    let equation = plan.graph.equations[value]
    switch equation.operation.lowering {
    case .constant(let array): return theano.constant(array)
    case .input: return theano.input((equation.operation as? Input)?.label, equation.type)
    case .extent, .elementwise, .reduce, .view, .concatenate, .matmul:
      // Only its shape is asked for, so nothing computes it.
      return theano.append(
        TheanoGraph.Variable(text: names[value], type: TheanoTexts.type(equation.type)))
    }
  }
}
