import SymbolicGraph

/// Where concatenations take their operands, and which values are computed there in the first place.
struct Destinations {
  /// A part of a concatenation.
  struct Part {
    let step: Plan.ConcatenateStep
    let place: Int
  }

  /// The values that are computed in their place in a concatenation.
  private(set) var parts: [Int: Part] = [:]
  private let shapes: [[Int]]
  /// Where the parts of concatenations begin along their axis, by the results of those.
  private var starts: [Int: [Int]] = [:]

  /// How many concatenations may lie within one another and share their memory.
  private static let mostNested = 16

  init(_ plan: Plan, _ shapes: [[Int]]) {
    self.shapes = shapes
    let steps = plan.steps.compactMap {
      if case .concatenate(let step) = $0 { step } else { nil }
    }
    if steps.isEmpty { return }
    for step in steps {
      var end = 0
      starts[step.result] = step.operands.map { operand in
        defer { end += shapes[operand][step.axis] }
        return end
      }
    }
    choose(plan, steps)
  }

  /// Has the kernels write what is used by one concatenation alone to where it ends up; and so the parts of
  /// concatenations of which that is true.
  private mutating func choose(_ plan: Plan, _ steps: [Plan.ConcatenateStep]) {
    let graph = plan.graph
    var uses = [Int](repeating: 0, count: graph.equations.count)
    for operand in graph.equations.flatMap(\.operands) { uses[operand] += 1 }
    for output in graph.outputs { uses[output] += 1 }
    let computed = Set(plan.kernels.flatMap(\.results))
    var depths = Dictionary(uniqueKeysWithValues: steps.map { ($0.result, 0) })
    for step in steps.reversed() {
      let depth = (depths[step.result] ?? 0) + 1
      for (place, operand) in step.operands.enumerated() where uses[operand] == 1 {
        guard computed.contains(operand) || depths[operand] != nil && depth < Self.mostNested,
          shapes[operand] == shape(of: operand, in: step)
        else { continue }
        parts[operand] = Part(step: step, place: place)
        if depths[operand] != nil { depths[operand] = depth }
      }
    }
  }

  /// The shape that an operand has in a concatenation, where what pads is repeated.
  private func shape(of operand: Int, in step: Plan.ConcatenateStep) -> [Int] {
    var shape = shapes[step.result]
    shape[step.axis] = shapes[operand][step.axis]
    return shape
  }

  /// Returns the slice of a concatenation's result that an operand ends up in.
  func view(of part: Part, in result: BoundView) -> BoundView? {
    let shape = shape(of: part.step.operands[part.place], in: part.step), axis = part.step.axis
    guard let start = starts[part.step.result]?[part.place] else { return nil }
    var ranges = [SliceRange](repeating: SliceRange(), count: shape.count)
    ranges[axis] = SliceRange(from: start, to: start + shape[axis])
    return result.applying(.slice(ranges), result: shape)
  }
}
