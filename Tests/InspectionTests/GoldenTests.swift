import GraphOptimizer
import Inspection
import TestSupport
import Testing

/// Every listing and picture of a few programs, whole.
@Suite struct InspectionGoldenTests {
  @Test("listings and formulas", arguments: Program.all)
  func listings(_ program: Program) throws {
    let graph = try program.graph, plan = try program.plan
    let times = plan.steps.indices.map { number in
      StepTime(seconds: 2.5e-6 * Double(number + 1), share: 0.1 * Double(number + 1))
    }
    let parts = [
      ("written, Theano's listing", TheanoListing(TheanoGraph(graph)).text),
      ("written, tree", TreeListing(graph).text),
      ("written, formula", Formula(graph).text),
      ("written, Theano's formula", TheanoFormula(TheanoGraph(graph)).text),
      ("plan", "\(plan)\n"),
      ("plan, Theano's listing", TheanoListing(TheanoGraph(plan), types: true).text),
      ("plan, Theano's listing with times", TheanoListing(TheanoGraph(plan), times: times).text),
      ("plan, tree with times", TreeListing(plan, times: times).text),
      ("plan, formula", Formula(plan.graph).text),
      ("plan, Theano's formula", TheanoFormula(TheanoGraph(plan)).text),
      ("names", TheanoNames(plan).names.map { "\($0.className)\n\($0.apply)\n" }.joined()),
    ]
    try expectGolden(parts.map { "-- \($0)\n\($1)" }.joined(separator: "\n"), program.name)
  }

  @Test("pictures", arguments: Program.all)
  func pictures(_ program: Program) throws {
    let graph = try program.graph, plan = try program.plan
    let times = plan.steps.indices.map { _ in StepTime(seconds: 2.5e-6, share: 0.4) }
    try expectGolden(Dot.text(graph, name: program.name), "\(program.name)-written.dot")
    try expectGolden(Dot.text(plan, name: program.name, times: times), "\(program.name)-plan.dot")
    try expectGolden(Mermaid.text(graph), "\(program.name)-written.mermaid")
    try expectGolden(Mermaid.text(plan, times: times), "\(program.name)-plan.mermaid")
  }
}
