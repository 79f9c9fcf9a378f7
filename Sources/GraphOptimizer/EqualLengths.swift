package import SymbolicGraph

/// A graph under the assumption that lengths which broadcast together are equal.
///
/// A length that is not known may be 1 and stretch, so `x * y` and `x * x` need not have one shape, and
/// what needs one cannot be fused. It hardly ever is 1: so a plan is made as though it were not, and
/// used for calls to which the assumption applies. What it is made of is a graph whose inputs say
/// which lengths are one.
package struct EqualLengths: Sendable {
  /// The graph, its values numbered as before. Lengths that are assumed to be equal are the number or
  /// the dimension that one of them was declared as, else `?1`, `?2` and so on.
  package let graph: Graph

  /// Makes the assumption for all operations of a graph; nil where no lengths meet, or where it cannot
  /// be true.
  package init?(assumedIn graph: Graph) {
    let declared = graph.inputs.map { graph.equations[$0].type }
    guard declared.contains(where: { $0.concreteShape == nil }) else { return nil }
    var classes = LengthClasses(declared)
    guard (try? classes.meet(in: graph)) != nil, classes.haveMet,
      let types = try? graph.types(forInputs: classes.inputTypes())
    else { return nil }
    var assuming = graph
    for (number, type) in types.enumerated() { assuming.equations[number].type = type }
    for number in graph.inputs {
      guard let input = graph.equations[number].operation as? Input else { return nil }
      assuming.equations[number].operation = Input(label: input.label, type: types[number])
    }
    self.graph = assuming
  }

  /// Whether the assumption is true of inputs of these shapes.
  package func hold(for shapes: [[Int]]) -> Bool {
    var lengths: [String: Int] = [:]
    for (input, shape) in zip(graph.inputs, shapes) {
      for (extent, length) in zip(graph.equations[input].type.shape, shape) {
        switch extent {
        case .fixed(let assumed): guard length == assumed else { return false }
        case .named(let name):
          let known = lengths.updateValue(length, forKey: name)
          guard known == nil || known == length else { return false }
        case .unknown: break
        }
      }
    }
    return true
  }
}

/// The lengths of a graph's inputs, those that are assumed to be equal in one class.
///
/// Every length that is not known is given a name, and the rules of the operations carry the names from
/// value to value. A name stands for itself or for another of its class, and in the end for one
/// that represents it: a number, a name that the user gave, or one that was made up.
private struct LengthClasses {
  /// Whether some operation broadcasts lengths that were not one before.
  private(set) var haveMet = false
  private var inputs: [TensorType]
  /// What was declared.
  private let declared: Set<Extent>
  private var meaning: [Extent: Extent] = [:]

  init(_ types: [TensorType]) {
    declared = Set(types.flatMap(\.shape))
    inputs = types
    let names = newNames()
    inputs = types.map { type in
      TensorType(type.dtype, type.shape.map { $0 == .unknown ? names.next() ?? $0 : $0 })
    }
  }

  /// The names `?1`, `?2` and so on, without those that a user took.
  private func newNames() -> AnyIterator<Extent> {
    AnyIterator(
      (1...).lazy.map { .named("?\($0)") }.filter { !declared.contains($0) }.makeIterator())
  }

  /// Puts those lengths in one class that the operations of `graph` bring together.
  ///
  /// - Throws: The rule that lengths break which are equal in this way.
  mutating func meet(in graph: Graph) throws(GraphError) {
    var fed = [Int: TensorType](minimumCapacity: inputs.count)
    for (number, type) in zip(graph.inputs, inputs) { fed[number] = type }
    var types: [TensorType] = []
    types.reserveCapacity(graph.equations.count)
    for (number, equation) in graph.equations.enumerated() {
      if let type = fed[number] {
        types.append(type)
        continue
      }
      let shapes = equation.operands.map { types[$0].shape }
      meet(shapes, in: equation.operation.lowering)
      types.append(try equation.operation.resultType(equation.operands.map { resolved(types[$0]) }))
    }
  }

  private mutating func meet(_ shapes: [[Extent]], in lowering: Lowering) {
    switch lowering {
    case .elementwise:
      for (number, shape) in shapes.enumerated() {
        for other in shapes.dropFirst(number + 1) {
          for (a, b) in zip(shape.reversed(), other.reversed()) where join(a, b) { haveMet = true }
        }
      }
    // Operands of a concatenation agree along the other axes, or are refused; so nothing is assumed here. A block
    // that pads has length 1 along them, which is joined with nothing.
    case .concatenate(let along):
      for shape in shapes.dropFirst() {
        for axis in shape.indices where axis != along { join(shapes[0][axis], shape[axis]) }
      }
    case .matmul:
      if let inner = shapes[0].last, let other = shapes[1].first { join(inner, other) }
    case .input, .constant, .extent, .reduce, .view: break
    }
  }

  /// Makes the classes of two lengths one; returns whether they were two. A known length of 1 stretches.
  @discardableResult
  private mutating func join(_ a: Extent, _ b: Extent) -> Bool {
    switch (resolved(a), resolved(b)) {
    case (let x, let y) where x == y || x == 1 || y == 1: return false
    case (.unknown, _), (_, .unknown), (.fixed, .fixed): return false
    case (.fixed(let length), let name), (let name, .fixed(let length)):
      meaning[name] = .fixed(length)
    case (let x, let y): if declared.contains(y) { meaning[x] = y } else { meaning[y] = x }
    }
    return true
  }

  /// What represents the class of a length.
  private mutating func resolved(_ extent: Extent) -> Extent {
    var result = extent
    while let next = meaning[result] { result = next }
    var passed = extent
    while let next = meaning[passed], next != result {
      meaning[passed] = result
      passed = next
    }
    return result
  }

  private mutating func resolved(_ type: TensorType) -> TensorType {
    TensorType(type.dtype, type.shape.map { resolved($0) })
  }

  /// The types of the inputs, in which a made-up name appears at least twice.
  mutating func inputTypes() -> [TensorType] {
    let types = inputs.map { resolved($0) }
    var counts: [Extent: Int] = [:]
    for extent in types.flatMap(\.shape) { counts[extent, default: 0] += 1 }
    var final: [Extent: Extent] = [:]
    let names = newNames()
    return types.map { type in
      let shape = type.shape.map { extent -> Extent in
        guard case .named = extent, !declared.contains(extent) else { return extent }
        guard counts[extent, default: 0] > 1 else { return .unknown }
        if let known = final[extent] { return known }
        final[extent] = names.next()
        return final[extent] ?? extent
      }
      return TensorType(type.dtype, shape)
    }
  }
}
