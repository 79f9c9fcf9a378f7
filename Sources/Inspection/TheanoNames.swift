package import GraphOptimizer
package import SymbolicGraph

/// What Theano's tables call the steps of a plan or the equations of a graph.
package struct TheanoNames: Sendable {
  /// The names of one step or equation.
  package struct Name: Hashable, Sendable {
    /// The class, as the table of classes lists it: `martlet.elemwise.Sum`.
    package let className: String
    /// The operation: `Sum{acc_dtype=int64}{Composite{LE((sqr(i0) + sqr(i1)), i2)}}`. A kernel that has
    /// several loops lists them with semicolons, `Fused{Reduce{maximum}{1}; …}`, and what one loop
    /// computes with commas. What is made of the results of reductions has no part in the name.
    package let operation: String
    /// The application: the operation with its operands, `Dot22(m, w)`.
    package let apply: String

    package init(className: String, operation: String, apply: String) {
      (self.className, self.operation, self.apply) = (className, operation, apply)
    }
  }

  /// One name for each step of the plan, or each equation of the graph.
  package let names: [Name]

  /// Names the steps of a plan.
  package init(_ plan: Plan) {
    var translator = PlanTranslator(plan, TheanoGraph())
    for number in plan.steps.indices { translator.add(number) }
    let theano = translator.finished()
    names = translator.loops.enumerated().map { number, loops in
      Self.name(loops.filter { !$0.isEmpty }, theano, number)
    }
  }

  /// Names the equations of a graph; inputs and constants stand for themselves.
  package init(_ graph: Graph) {
    let theano = TheanoGraph(graph)
    names = theano.places.map { number in
      let variable = theano.variables[number]
      return Name(
        className: variable.className ?? "", operation: variable.text,
        apply: variable.className == nil ? variable.text : theano.applyText(number))
    }
  }

  private static func name(_ loops: [[Int]], _ theano: TheanoGraph, _ step: Int) -> Name {
    let applications = loops.flatMap(\.self)
    if applications.count == 1 {
      let variable = theano.variables[applications[0]]
      return Name(
        className: variable.className ?? "", operation: variable.text,
        apply: theano.applyText(applications[0]))
    }
    let stages = loops.map { loop in
      loop.map { theano.variables[$0].text }.joined(separator: ", ")
    }
    let operation = "Fused{\(stages.joined(separator: "; "))}"
    var operands: [Int] = []
    for input in applications.flatMap({ theano.variables[$0].inputs })
    where theano.variables[input].step != step && !operands.contains(input) {
      operands.append(input)
    }
    let list = operands.map(theano.operandText).joined(separator: ", ")
    return Name(
      className: "martlet.elemwise.Fused", operation: operation, apply: "\(operation)(\(list))")
  }
}
