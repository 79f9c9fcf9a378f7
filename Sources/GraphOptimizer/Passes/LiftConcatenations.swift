import Arrays
import Scalars
package import SymbolicGraph

/// Moves concatenations over elementwise operations: `concatenate(a, b) * 2` becomes
/// `concatenate(a * 2, b * 2)`.
///
/// The parts are then computed where they end up, and nothing is copied. An operation moves where its
/// other operands are repeated along the axis, so that each part sees the same of them, or where the
/// lengths of all parts are known and so is which slice of the others each part sees. Bounds of slices are numbers:
/// where a length waits for the call, a part's end has none. What is elementwise itself is not
/// sliced, for it would have to be stored first.
///
/// So do reductions of what nothing else uses, over other axes, or over its own where that is exact; and slices of
/// a concatenation that is used by nothing but slices which each lie in one part.
package struct LiftConcatenations: Pass {
  package let name = "lift-concatenations"

  /// How many parts a concatenation may have: each becomes a kernel of its own.
  fileprivate static let most = 8

  package init() {}

  package func run(on graph: Graph, _ trace: inout Trace) -> Graph {
    guard graph.equations.contains(where: { $0.concatenatedAxis != nil }) else { return graph }
    let shapes = SymbolicShapes(graph)
    let uses = graph.useCounts
    let cut = graph.concatenationsSlicedInParts(uses: uses)
    var singles: Set<Int> = []
    return graph.rebuilt(&trace) { result, equation, number, trace in
      var (value, rule): (Int?, String) = (nil, "lift")
      if case .elementwise = equation.operation.lowering {
        let operands = zip(equation.operands, graph.equations[number].operands).map {
          Lifting.Operand(value: $0, lengths: shapes.lengths[$1])
        }
        let lifting = Lifting(
          operation: equation.operation, lengths: shapes.lengths[number], origins: equation.origins)
        value = lifting.lifted(operands, in: &result, &singles)
      } else if equation.operation is Reduce {
        (value, rule) = (result.reducedInParts(equation, singles, most: Self.most), "reduce")
      } else if equation.operation is Slice, cut.contains(graph.equations[number].operands[0]) {
        (value, rule) = (result.slicedInPart(equation), "slice")
      }
      if value != nil { trace.fire("lift-concatenations/\(rule)") }
      let own = value ?? result.append(equation)
      if uses[number] == 1 { singles.insert(own) }
      return own
    }
  }
}

/// One elementwise operation on its way to the parts of its operands.
private struct Lifting {
  typealias Length = SymbolicShapes.Length

  /// An operand in the new graph.
  struct Operand {
    var value: Int
    var lengths: [Length]
  }

  let operation: any Operation
  let lengths: [Length]
  let origins: [Origin]

  /// How many concatenations within one another are gone through.
  private static let mostNested = 16

  /// Adds the concatenation of what the operation makes of the parts of an operand; nil where no operand
  /// is such a concatenation.
  ///
  /// - Parameter singles: The values of the new graph that are used once.
  func lifted(
    _ operands: [Operand], in graph: inout Graph, _ singles: inout Set<Int>, depth: Int = 0
  ) -> Int? {
    guard depth < Self.mostNested else { return nil }
    for (place, operand) in operands.enumerated() {
      let concatenation = graph.equations[operand.value]
      guard let axis = concatenation.concatenatedAxis, singles.contains(operand.value),
        concatenation.operands.count <= LiftConcatenations.most, operand.lengths == lengths,
        let parts = self.parts(concatenation, at: place, of: operands, axis, &graph, singles)
      else { continue }
      let values = parts.map { part in
        lifted(part, in: &graph, &singles, depth: depth + 1) ?? filled(part, at: place, &graph)
          ?? graph.append(operation, part.map(\.value), origins)
      }
      guard graph.accepts(concatenation.operation, values) else { continue }
      let value = graph.append(concatenation.operation, values, origins)
      if depth > 0 { singles.insert(value) }
      return value
    }
    return nil
  }

  /// Returns what each part of a concatenation meets of the operands.
  private func parts(
    _ concatenation: Graph.Equation, at place: Int, of operands: [Operand], _ axis: Int,
    _ graph: inout Graph, _ singles: Set<Int>
  ) -> [[Operand]]? {
    let ends = graph.ends(of: concatenation)
    /// The axis of each operand along which it is sliced; nil where each part sees the same.
    var cuts: [Int?] = []
    for (number, operand) in operands.enumerated() {
      let own = axis - (lengths.count - operand.lengths.count)
      let isRepeated = number == place || own < 0 || operand.lengths[own] == .fixed(1)
      if !isRepeated {
        let value = graph.equations[operand.value]
        if case .elementwise = value.operation.lowering { return nil }
        guard let end = ends?.last, value.type.shape[own] == .fixed(end) else { return nil }
      }
      cuts.append(isRepeated ? nil : own)
    }
    // Whether the operation takes the parts is asked before anything is added.
    for (number, part) in concatenation.operands.enumerated() {
      var types = operands.map { graph.equations[$0.value].type }
      types[place] = graph.equations[part].type
      for (other, cut) in cuts.enumerated() {
        guard let cut, let ends else { continue }
        types[other] = types[other].cut(cut, to: ends[number + 1] - ends[number])
      }
      guard (try? operation.resultType(types)) != nil else { return nil }
    }
    let sliced = zip(operands, cuts).map { operand, cut in
      cut.flatMap { cut in ends.map { slices(of: operand, along: cut, $0, &graph, singles) } }
    }
    return concatenation.operands.enumerated().map { number, part in
      operands.indices.map { other in
        if other == place { return Operand(value: part, lengths: operands[other].lengths) }
        return sliced[other]?[number] ?? operands[other]
      }
    }
  }

  /// Returns the parts of an operand between `ends`: those of a concatenation that ends where they do.
  private func slices(
    of operand: Operand, along axis: Int, _ ends: [Int], _ graph: inout Graph,
    _ singles: Set<Int>
  ) -> [Operand] {
    let whole = graph.equations[operand.value]
    let types = zip(ends, ends.dropFirst()).map { whole.type.cut(axis, to: $1 - $0) }
    let isJoined =
      whole.concatenatedAxis == axis && singles.contains(operand.value)
      && graph.ends(of: whole) == ends && whole.operands.map { graph.equations[$0].type } == types
    return ends.dropLast().indices.map { number in
      var part = operand
      part.lengths[axis] = .fixed(ends[number + 1] - ends[number])
      part.value =
        isJoined
        ? whole.operands[number]
        : graph.sliced(
          operand.value, SliceRange(from: ends[number], to: ends[number + 1]), along: axis, origins)
      return part
    }
  }

  /// Adds what the operation makes of a block of one element and of scalars, which is such a block.
  private func filled(_ operands: [Operand], at place: Int, _ graph: inout Graph) -> Int? {
    let block = graph.equations[operands[place].value]
    guard block.operation is Broadcast, graph.equations[block.operands[0]].type.rank == 0
    else { return nil }
    var values = operands.map(\.value)
    values[place] = block.operands[0]
    guard values.allSatisfy({ graph.equations[$0].type.rank == 0 }) else { return nil }
    let element = graph.append(operation, values, origins)
    return graph.append(block.operation, [element], origins)
  }
}

extension Graph {
  /// Where each part of a concatenation ends along its axis, after a 0; nil where lengths are not known.
  func ends(of concatenation: Equation) -> [Int]? {
    guard let axis = concatenation.concatenatedAxis else { return nil }
    var ends = [0]
    for part in concatenation.operands {
      guard let length = equations[part].type.shape[axis].value else { return nil }
      ends.append(ends[ends.count - 1] + length)
    }
    return ends
  }

  /// Adds a slice of one axis.
  fileprivate mutating func sliced(
    _ value: Int, _ range: SliceRange, along axis: Int, _ origins: [Origin]
  ) -> Int {
    var ranges = [SliceRange](repeating: SliceRange(), count: equations[value].type.rank)
    ranges[axis] = range
    return append(Slice(ranges: ranges), [value], origins)
  }
}

extension TensorType {
  /// The type with another length of one axis.
  fileprivate func cut(_ axis: Int, to length: Int) -> TensorType {
    var shape = shape
    shape[axis] = .fixed(length)
    return TensorType(dtype, shape)
  }
}

extension Graph.Equation {
  /// The axis of a concatenation; nil for every other operation.
  fileprivate var concatenatedAxis: Int? {
    if case .concatenate(let axis) = operation.lowering { axis } else { nil }
  }
}
