import SymbolicGraph

extension Picture {
  /// Draws a graph as it is. Constants without axes stand where they are used.
  init(_ graph: Graph) {
    let drawing = GraphDrawing(graph)
    for number in graph.equations.indices where !drawing.isInline(number) {
      nodes.append(drawing.node(number, id: "v\(number)"))
      arrows += drawing.arrows(to: number) { "v\($0)" }
    }
  }
}

/// Makes the nodes of a graph's values.
struct GraphDrawing {
  let graph: Graph
  private let names: [String]
  private let results: Set<Int>

  init(_ graph: Graph) {
    self.graph = graph
    names = graph.valueNames
    results = Set(graph.outputs)
  }

  /// Whether a value has no node: constants without axes, unless they are a result.
  func isInline(_ number: Int) -> Bool {
    (graph.equations[number].operation as? Constant)?.scalar != nil && !results.contains(number)
  }

  /// The node of a value.
  ///
  /// - Parameter details: What is known besides the type and the place.
  func node(_ number: Int, id: String, adding details: [String] = []) -> Picture.Node {
    let equation = graph.equations[number]
    let kind: Picture.Kind =
      switch equation.operation.lowering {
      case .input, .constant: .leaf
      case .view: .view
      case .matmul, .concatenate: .library
      case .extent, .elementwise, .reduce: .value
      }
    let isLeaf = kind == .leaf
    let isArray = isLeaf && names[number].hasPrefix("%")
    let title = isArray ? "constant" : isLeaf ? names[number] : graph.call(number, names)
    let type = isLeaf ? "\(equation.type)" : "\(names[number]): \(equation.type)"
    return Picture.Node(
      id: id, kind: kind, title: Picture.shortened(title),
      details: [Picture.shortened(type)] + places(of: equation) + details,
      isResult: results.contains(number))
  }

  /// Where what a value is made of was written: one place, or the first and how many more.
  private func places(of equation: Graph.Equation) -> [String] {
    var places: [String] = []
    for origin in equation.origins.prefix(8) {
      if let place = origin.location, !places.contains(place) { places.append(place) }
    }
    guard let first = places.first else { return [] }
    let more = places.count > 1 ? " and \(places.count - 1) more" : ""
    return [Picture.shortened(first + more)]
  }

  /// The arrows to a value, from the nodes that `id` says its operands have.
  func arrows(to number: Int, id: (Int) -> String) -> [Picture.Arrow] {
    let equation = graph.equations[number]
    let isShape = if case .extent = equation.operation.lowering { true } else { false }
    var seen: Set<Int> = []
    return equation.operands.filter { !isInline($0) && seen.insert($0).inserted }.map {
      Picture.Arrow(from: id($0), to: id(number), isShape: isShape)
    }
  }
}
