import Arrays
package import SymbolicGraph

/// Asks for the length of an axis where it comes from, so that equal lengths are one value and nothing
/// hangs on a value whose elements are not needed.
package struct TraceExtents: Pass {
  package let name = "trace-extents"

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    let isAsked = graph.equations.contains {
      if case .extent = $0.operation.lowering { true } else { false }
    }
    guard isAsked else { return graph }
    // Every equation is appended once, so that values keep their numbers.
    var sources = ExtentSources(graph: graph, shapes: SymbolicShapes(graph))
    return graph.rebuilt(&trace) { result, equation, trace in
      guard case .extent(let axis) = equation.operation.lowering else {
        return result.append(equation)
      }
      let place = sources.source(of: axis, equation.operands[0])
      guard place.value != equation.operands[0] else { return result.append(equation) }
      trace.fire("trace-extents/dim")
      return result.append(
        Graph.Equation(
          ExtentOf(axis: place.axis), [place.value], equation.type, origins: equation.origins))
    }
  }
}

/// Where lengths come from.
private struct ExtentSources {
  /// An axis of a value.
  struct Place: Hashable {
    let value: Int
    let axis: Int
  }

  let graph: Graph
  let shapes: SymbolicShapes
  /// What is known already: long chains are walked once.
  private var known: [Place: Place] = [:]

  init(graph: Graph, shapes: SymbolicShapes) { (self.graph, self.shapes) = (graph, shapes) }

  /// The earliest value that has, in some axis, the length that `value` has in `axis` at every call.
  mutating func source(of axis: Int, _ value: Int) -> Place {
    var place = Place(value: value, axis: axis), passed: [Place] = []
    while let next = known[place] ?? step(place) {
      passed.append(place)
      place = next
    }
    for earlier in passed { known[earlier] = place }
    return place
  }

  private func step(_ place: Place) -> Place? {
    step(place.axis, place.value).map { Place(value: $0.value, axis: $0.axis) }
  }

  private func step(_ axis: Int, _ value: Int) -> (value: Int, axis: Int)? {
    let equation = graph.equations[value]
    guard let operand = equation.operands.first else { return nil }
    switch equation.operation.lowering {
    case .elementwise: return operandOfLength(axis, value)
    case .reduce(_, let axes, let keepDims, _):
      if keepDims { return axes.contains(axis) ? nil : (operand, axis) }
      return (operand, axes.reduce(axis) { $1 <= $0 ? $0 + 1 : $0 })
    case .view(.transpose(let permutation)): return (operand, permutation[axis])
    case .view(.expandDims(let axes)):
      return axes.contains(axis) ? nil : (operand, axis - axes.count { $0 < axis })
    case .view(.squeeze(let axes)): return (operand, axes.reduce(axis) { $1 <= $0 ? $0 + 1 : $0 })
    case .view(.first(let axes)): return axes.contains(axis) ? nil : (operand, axis)
    case .view(.slice(let ranges)): return ranges[axis] == SliceRange() ? (operand, axis) : nil
    case .matmul:
      let rows = graph.equations[operand].type.rank - 1
      return axis < rows ? (operand, axis) : (equation.operands[1], axis - rows + 1)
    case .input, .constant, .extent, .concatenate, .view(.reshape), .view(.broadcast): return nil
    }
  }

  /// The first operand of an elementwise value that has its length in an axis.
  private func operandOfLength(_ axis: Int, _ value: Int) -> (value: Int, axis: Int)? {
    let length = shapes.lengths[value][axis], fromEnd = shapes.lengths[value].count - axis
    for operand in graph.equations[value].operands {
      let own = shapes.lengths[operand]
      if own.count >= fromEnd, own[own.count - fromEnd] == length {
        return (operand, own.count - fromEnd)
      }
    }
    return nil
  }
}
