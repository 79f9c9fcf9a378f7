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
    case .view(let view):
      let own = graph.equations[equation.operands[0]]
      if case .view(.slice(let ranges)) = own.operation.lowering, view.drops(ranges) {
        return subtensor(places[own.operands[0]], ranges, type, isIndexing: true)
      }
      return self.view(view, equation.operation, operands[0].variable, operands[0].type, type)
    case .concatenate(let axis): return join(operands.map(\.variable), axis: axis, type)
    case .matmul:
      return apply(
        "dot", "martlet.basic.Dot", operands.map(\.variable), TheanoTexts.type(type),
        spelling: .infix("\\dot"))
    }
  }
}

extension View {
  /// Whether it drops just the axes that a slice took one position of: together they are an index.
  func drops(_ ranges: [SliceRange]) -> Bool {
    if case .squeeze(let axes) = self {
      axes == ranges.indices.filter { ranges[$0].isIndex }
    } else {
      false
    }
  }
}
