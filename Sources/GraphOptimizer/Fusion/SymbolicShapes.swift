import SymbolicGraph

/// Which values have the same shape at every call, though lengths are not known.
///
/// A length is a number or a set of lengths that broadcast together; two values whose lengths are
/// equal in this sense have equal shapes whatever is fed.
struct SymbolicShapes {
  /// A length: a number, or what a set of unknown lengths broadcasts to.
  enum Length: Hashable {
    case fixed(Int)
    case joint([Int])
  }

  /// What unknown lengths are known by.
  private enum Atom: Hashable {
    case named(String)
    case axis(value: Int, axis: Int)
    case slice(Length, SliceRange)
    case union(Length, Length)
    case sum([Length])
  }

  /// How many lengths a set holds. Beyond, two sets are one only if they were joined in the same way:
  /// a sum of very many inputs would otherwise hold as many lengths at every step.
  private static let most = 16

  /// The lengths of every value.
  private(set) var lengths: [[Length]] = []
  private var atoms: [Atom: Int] = [:]

  init(_ graph: Graph) {
    lengths.reserveCapacity(graph.equations.count)
    for number in graph.equations.indices {
      let equation = graph.equations[number]
      let derived = derive(equation)
      lengths.append(
        equation.type.shape.enumerated().map { axis, extent in
          if let value = extent.value { return .fixed(value) }
          if let derived { return derived[axis] }
          if case .named(let name) = extent { return atom(.named(name)) }
          return atom(.axis(value: number, axis: axis))
        })
    }
  }

  private mutating func atom(_ atom: Atom) -> Length {
    if let known = atoms[atom] { return .joint([known]) }
    atoms[atom] = atoms.count
    return .joint([atoms.count - 1])
  }

  /// The lengths as they follow from the operands', or nil where only the type tells.
  private mutating func derive(_ equation: Graph.Equation) -> [Length]? {
    let operands = equation.operands.map { lengths[$0] }
    switch equation.operation.lowering {
    case .elementwise:
      var result: [Length] = []
      for operand in operands { result = broadcast(result, operand) }
      return result
    case .reduce(_, let axes, let keepDims, _):
      return operands[0].indices.compactMap { axis in
        axes.contains(axis) ? (keepDims ? .fixed(1) : nil) : operands[0][axis]
      }
    case .view(.transpose(let permutation)): return permutation.map { operands[0][$0] }
    case .view(.expandDims(let axes)):
      var result = operands[0]
      for axis in axes { result.insert(.fixed(1), at: axis) }
      return result
    case .view(.squeeze(let axes)):
      return operands[0].indices.filter { !axes.contains($0) }.map { operands[0][$0] }
    case .view(.slice(let ranges)):
      return zip(operands[0], ranges).map { length, range in
        range == SliceRange() ? length : atom(.slice(length, range))
      }
    case .view(.first(let axes)):
      return operands[0].indices.map { axes.contains($0) ? .fixed(1) : operands[0][$0] }
    case .matmul: return Array(operands[0].dropLast() + operands[1].dropFirst())
    case .concatenate(let axis): return concatenated(operands, axis, equation.type.shape)
    case .input, .constant, .extent, .view(.reshape), .view(.broadcast): return nil
    }
  }

  /// The lengths of a concatenation. Along other axes, operands have one length, or 1 where they are repeated.
  private mutating func concatenated(
    _ operands: [[Length]], _ axis: Int, _ shape: [Extent]
  ) -> [Length] {
    shape.indices.map { other in
      if other == axis { return atom(.sum(operands.map { $0[axis] })) }
      if case .named(let name) = shape[other] { return atom(.named(name)) }
      return operands.lazy.map { $0[other] }.first { $0 != .fixed(1) } ?? .fixed(1)
    }
  }

  /// What two shapes broadcast to.
  private mutating func broadcast(_ a: [Length], _ b: [Length]) -> [Length] {
    let rank = max(a.count, b.count)
    return (0..<rank).map { axis in
      let (i, j) = (axis - rank + a.count, axis - rank + b.count)
      return broadcast(i < 0 ? .fixed(1) : a[i], j < 0 ? .fixed(1) : b[j])
    }
  }

  private mutating func broadcast(_ a: Length, _ b: Length) -> Length {
    switch (a, b) {
    case (.fixed(1), _): return b
    case (_, .fixed(1)): return a
    case (.fixed, _): return a
    case (_, .fixed): return b
    case (.joint(let x), .joint(let y)):
      if x == y { return a }
      let all = Set(x + y).sorted()
      return all.count <= Self.most ? .joint(all) : atom(.union(a, b))
    }
  }
}
