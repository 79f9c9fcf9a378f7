import Arrays
import Scalars
package import SymbolicGraph

/// Moves views over elementwise operations to their operands, so that what is above the view and
/// what is below it become one kernel.
///
/// A view that nothing elementwise follows stays: on a result it costs nothing, while operands that
/// are walked through otherwise cost time. Slices move anyway, for they spare work. What a reduction
/// ends with stays in its kernel: the view would come between the two.
package struct LiftViews: Pass {
  package let name = "lift-views"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    let lifting = Lifting(graph)
    return graph.rebuilt(&trace) { result, equation, number, trace in
      if lifting.moves(number) { trace.fire("lift-views/lift") }
      return lifting.add(equation, number, to: &result)
    }
  }
}

/// Which values are computed as seen through the views of their only use.
private struct Lifting {
  private let graph: Graph
  private let hasViews: Bool
  private let shapes: SymbolicShapes
  /// Which elementwise values are made from reductions.
  private let endsReduction: [Bool]
  /// The views through which a value is computed; empty and not nil where they cancel out.
  private var chains: [ViewChain?]

  /// How much work, in additions, is repeated for the sake of a kernel less.
  private static let mostRepeated = 8

  init(_ graph: Graph) {
    self.graph = graph
    chains = Array(repeating: nil, count: graph.equations.count)
    hasViews = graph.equations.contains {
      if case .view = $0.operation.lowering { true } else { false }
    }
    shapes = SymbolicShapes(hasViews ? graph : Graph())
    endsReduction = hasViews ? Self.reductionEnds(graph) : []
    if hasViews { choose() }
  }

  /// Whether an elementwise operation changes places with a view.
  func moves(_ number: Int) -> Bool {
    chains[number] != nil && graph.equations[number].operation is Elementwise
  }

  private static func reductionEnds(_ graph: Graph) -> [Bool] {
    var ends: [Bool] = []
    ends.reserveCapacity(graph.equations.count)
    for equation in graph.equations {
      let isElementwise = equation.operation is Elementwise
      ends.append(
        isElementwise
          && equation.operands.contains { ends[$0] || graph.equations[$0].operation is Reduce })
    }
    return ends
  }

  /// Walks from results to operands, each value after its uses.
  private mutating func choose() {
    let uses = graph.useCounts
    var isFused = [Bool](repeating: false, count: graph.equations.count)
    var repeated = [Int](repeating: 0, count: graph.equations.count)
    for number in graph.equations.indices.reversed() {
      let equation = graph.equations[number]
      switch equation.operation.lowering {
      case .reduce: isFused[equation.operands[0]] = true
      case .elementwise(let op):
        for operand in equation.operands { isFused[operand] = true }
        guard let chain = chains[number] else { continue }
        for operand in Set(equation.operands).sorted() where uses[operand] == 1 {
          repeated[operand] = repeated[number] + op.definition.cost
          offer(self.chain(for: operand, of: number, chain), to: operand, repeated[operand])
        }
      case .view:
        let operand = equation.operands[0]
        let own = ViewChain(equation.operation)
        let isSlice = equation.operation is Slice
        if isFused[number] || isSlice { isFused[operand] = true }
        guard isFused[operand], uses[operand] == 1 else { continue }
        repeated[operand] = repeated[number]
        offer(own?.followed(by: chains[number]), to: operand, repeated[operand])
      case .input, .constant, .extent, .concatenate, .matmul: break
      }
    }
  }

  /// Has a value computed through the views if all that it is made of can be.
  private mutating func offer(_ chain: ViewChain?, to number: Int, _ repeated: Int) {
    guard let chain, !endsReduction[number] else { return }
    let equation = graph.equations[number]
    switch equation.operation.lowering {
    case .view:
      if ViewChain(equation.operation)?.followed(by: chain) != nil { chains[number] = chain }
    case .elementwise(let op):
      if chain.repeats, repeated + op.definition.cost > Self.mostRepeated { return }
      if equation.operands.allSatisfy({ self.chain(for: $0, of: number, chain) != nil }) {
        chains[number] = chain
      }
    case .input, .constant, .extent, .reduce, .concatenate, .matmul: break
    }
  }

  /// The views through which an operand has to be seen when the operation is seen through `chain`.
  private func chain(for operand: Int, of number: Int, _ chain: ViewChain) -> ViewChain? {
    let result = shapes.lengths[number]
    let own = shapes.lengths[operand]
    let relations = zip(own, result.suffix(own.count)).map { own, joint -> ViewChain.Relation in
      own == joint ? .same : own == .fixed(1) ? .one : .unknown
    }
    return chain.adapted(to: relations, rank: result.count)
  }

  /// Adds an equation, seen through the views that were moved to it.
  func add(_ equation: Graph.Equation, _ number: Int, to result: inout Graph) -> Int {
    guard hasViews else { return result.append(equation) }
    let chain = chains[number]
    let old = graph.equations[number]
    switch old.operation.lowering {
    case .view:
      if chains[old.operands[0]] != nil { return equation.operands[0] }
      guard let all = ViewChain(old.operation)?.followed(by: chain) else { break }
      return result.append(all, to: equation.operands[0], equation.origins)
    case .elementwise:
      var equation = equation
      guard let chain else {
        dropBroadcasts(&equation, number, result)
        return result.append(equation)
      }
      for (place, operand) in old.operands.enumerated() where chains[operand] == nil {
        guard let views = self.chain(for: operand, of: number, chain) else { continue }
        equation.operands[place] = result.append(
          views, to: equation.operands[place], equation.origins)
      }
      return result.append(equation.operation, equation.operands, equation.origins)
    case .input, .constant, .extent, .reduce, .concatenate, .matmul: break
    }
    return result.append(equation)
  }

  /// Has an operation use what is broadcast instead of a broadcast where another operand has the
  /// shape of the result in any case.
  private func dropBroadcasts(
    _ equation: inout Graph.Equation, _ number: Int, _ result: Graph
  ) {
    let operands = graph.equations[number].operands
    for (place, operand) in operands.enumerated() {
      guard graph.equations[operand].operation is Broadcast, chains[operand] == nil else {
        continue
      }
      let others = operands.indices.filter {
        !(graph.equations[operands[$0]].operation is Broadcast)
      }
      guard others.contains(where: { shapes.lengths[operands[$0]] == shapes.lengths[number] })
      else { continue }
      let value = result.equations[equation.operands[place]]
      if value.operation is Broadcast { equation.operands[place] = value.operands[0] }
    }
  }
}

extension Graph {
  /// Adds the views of a chain, joined with those that `value` is.
  mutating func append(
    _ chain: ViewChain, to value: Int, _ origins: [Origin]
  ) -> Int {
    var (chain, value) = (chain, value)
    while let below = ViewChain(equations[value].operation),
      let first = below.steps.first, let next = chain.steps.first,
      let both = first.followed(by: next)
    {
      value = equations[value].operands[0]
      chain = chain.replacingFirst(with: both)
    }
    for operation in chain.operations { value = append(operation, [value], origins) }
    return value
  }
}
