import Arrays
import Scalars
package import SymbolicGraph

extension TheanoGraph {
  /// Translates a graph: every equation becomes the application, or the few, that Theano has for it.
  ///
  /// Broadcasting becomes visible as `InplaceDimShuffle`, kept axes likewise, and lengths come from
  /// `Shape`. Casts are there as they are in the graph.
  package init(_ graph: Graph) {
    self.init()
    places.reserveCapacity(graph.equations.count)
    for number in graph.equations.indices { places.append(add(number, of: graph)) }
    outputs = graph.outputs.map { places[$0] }
  }

  private mutating func add(_ number: Int, of graph: Graph) -> Int {
    let equation = graph.equations[number], type = equation.type
    let operands = equation.operands.map { (variable: places[$0], type: graph.equations[$0].type) }
    switch equation.operation.lowering {
    case .input: return input((equation.operation as? Input)?.label, type)
    case .constant(let array): return constant(array)
    case .extent(let axis):
      return extent(operands[0].variable, axis: axis, isCompiled: false)
    case .elementwise(let op): return elementwise(op, operands, type)
    case .reduce(let kind, let axes, let keepDims, let accumulator):
      let result = reduction(
        kind, axes: axes, accumulator: accumulator, operands[0].variable, operands[0].type,
        type.dtype, isCompiled: false)
      return keepDims ? keepingAxes(axes, result, type) : result
    case .view(.squeeze(let axes)):
      return indexing(equation.operands[0], axes, type, graph)
        ?? view(.squeeze(axes), equation.operation, operands[0].variable, operands[0].type, type)
    case .view(let view):
      return self.view(view, equation.operation, operands[0].variable, operands[0].type, type)
    case .concatenate(let axis): return join(operands.map(\.variable), axis: axis, type)
    case .matmul:
      return apply(
        "dot", "martlet.basic.Dot", operands.map(\.variable), TheanoTexts.type(type),
        spelling: .infix("\\dot"))
    }
  }

  /// Adds an index, which a graph holds as a slice of length 1 whose axis is dropped; nil where that is
  /// not what is dropped.
  private mutating func indexing(
    _ number: Int, _ axes: [Int], _ type: TensorType, _ graph: Graph
  ) -> Int? {
    guard case .view(.slice(let ranges)) = graph.equations[number].operation.lowering,
      ranges.indices.filter({ ranges[$0].isIndex }) == axes
    else { return nil }
    let source = graph.equations[number].operands[0]
    return subtensor(places[source], ranges, type, isIndexing: true)
  }
}
