package import SymbolicGraph

extension Plan {
  /// Fuses and schedules a graph that all passes have gone over.
  ///
  /// - Parameter name: What the function is called; its kernels are numbered after it.
  package init(scheduling graph: Graph, name: String) {
    self.graph = graph
    let items = Fusion(graph).items
    let names = graph.valueNames
    let read = Self.valuesRead(graph, items)
    let count = items.count { if case .cluster = $0 { true } else { false } }
    var number = 0
    for item in items {
      switch item {
      case .cluster(let cluster):
        let stored = Set(cluster.members.map(\.value)).intersection(read)
        let step = KernelBuilder.step(
          graph, cluster, stored: stored, name: count == 1 ? name : "\(name).k\(number)",
          names: names)
        number += 1
        for value in stored { writers[value] = steps.count }
        steps.append(.kernel(step))
      case .matmul(let value):
        let operands = graph.equations[value].operands
        writers[value] = steps.count
        steps.append(
          .matmul(
            MatmulStep(name: names[value], a: operands[0], b: operands[1], result: value)))
      case .concatenate(let value):
        let equation = graph.equations[value]
        guard case .concatenate(let axis) = equation.operation.lowering else { continue }
        writers[value] = steps.count
        steps.append(
          .concatenate(
            ConcatenateStep(
              name: names[value], operands: equation.operands, axis: axis, result: value)))
      }
    }
  }

  /// The values that some step or the caller reads from memory, views looked through.
  private static func valuesRead(_ graph: Graph, _ items: [Item]) -> Set<Int> {
    var read = Set(graph.outputs)
    for item in items {
      switch item {
      case .cluster(let cluster): read.formUnion(cluster.leaves)
      case .matmul(let value), .concatenate(let value):
        read.formUnion(graph.equations[value].operands)
      }
    }
    for number in graph.equations.indices.reversed() where read.contains(number) {
      if case .view = graph.equations[number].operation.lowering {
        read.insert(graph.equations[number].operands[0])
      }
    }
    return read
  }
}
