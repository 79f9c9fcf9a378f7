import Arrays
import GraphOptimizer
import ReferenceBackend
import SymbolicGraph

extension Function {
  /// Tells which line makes the first NaN of a call, or the first infinity where no result holds NaN;
  /// returns nil where all results are finite.
  ///
  ///     print(try f.explainNaN(x, y) ?? "all finite")
  ///     // main.swift:12: log(x) : f64[3] holds NaN in 1 of 3 elements, and none of its operands does
  ///
  /// The expression is computed in plain loops, operation by operation, after rewriting: forms that
  /// rewriting makes stable are not blamed. (Where there is no LLVM, calls compute it as it is written, and so does
  /// this.) That takes long for large arrays.
  /// - Throws: As a call does.
  public func explainNaN(_ inputs: any ArrayConvertible...) throws -> String? {
    try NonFiniteSource.text(of: program, try inputs.map { try $0.ndArray() })
  }
}

/// Where a value that is no finite number comes from.
private struct NonFiniteSource {
  /// What is no finite number.
  enum Kind: String, CaseIterable {
    case nan = "NaN", infinity

    func holds(_ value: Double) -> Bool { self == .nan ? value.isNaN : value.isInfinite }
  }

  static func text(of program: Program, _ arrays: [NDArray]) throws -> String? {
    let arrays = try program.checked(arrays)
    let graph = try program.computedGraph(for: arrays)
    let counts = try NonFiniteCounts(graph, arrays)
    let folded = try Pipeline([FoldConstants()]).run(on: program.graph)
    let written = Set(folded.equations.compactMap(scalar(of:)))
    for kind in Kind.allCases {
      guard var number = graph.outputs.first(where: { counts.count(kind, $0) > 0 }) else {
        continue
      }
      // A number that rewriting put there, as that of a choice, stands on none of the user's lines.
      while let operand = graph.equations[number].operands.first(where: {
        counts.count(kind, $0) > 0
          && scalar(of: graph.equations[$0]).map(written.contains) != false
      }) {
        number = operand
      }
      return sentence(kind, number, in: graph, counts)
    }
    return nil
  }

  /// The number that an equation is, if it is one.
  private static func scalar(of equation: Graph.Equation) -> Scalar? {
    (equation.operation as? Constant)?.scalar
  }

  private static func sentence(
    _ kind: Kind, _ number: Int, in graph: Graph, _ counts: NonFiniteCounts
  ) -> String {
    let equation = graph.equations[number]
    let place = equation.origins.first?.location.map { $0 + ": " } ?? ""
    let makesIt =
      !equation.operands.isEmpty && equation.operands.allSatisfy { counts.count(kind, $0) == 0 }
    let operands = makesIt ? ", and none of its operands does" : ""
    return
      "\(place)\(graph.summary(of: number)) : \(counts.types[number]) holds \(kind.rawValue) in "
      + "\(counts.count(kind, number)) of \(counts.elements(number)) elements\(operands)"
  }
}

/// How many elements of each value of a graph are NaN or infinite.
private struct NonFiniteCounts {
  let types: [TensorType]
  private var counts: [[NonFiniteSource.Kind: Int]]

  init(_ graph: Graph, _ arrays: [NDArray]) throws {
    types = try graph.types(
      forInputs: arrays.map { TensorType($0.dtype, $0.shape.map { .fixed($0) }) })
    counts = Array(repeating: [:], count: types.count)
    var values = [NDArray?](repeating: nil, count: types.count)
    var uses = graph.useCounts
    for (number, array) in zip(graph.inputs, arrays) { values[number] = array }
    for (number, equation) in graph.equations.enumerated() {
      let value = try values[number] ?? Self.value(of: equation, types[number], values)
      values[number] = value
      counts[number] = try Self.counts(in: value)
      for operand in equation.operands {
        uses[operand] -= 1
        if uses[operand] == 0 { values[operand] = nil }
      }
    }
  }

  func count(_ kind: NonFiniteSource.Kind, _ number: Int) -> Int { counts[number][kind] ?? 0 }

  func elements(_ number: Int) -> Int {
    types[number].shape.reduce(1) { $0 * ($1.value ?? 1) }
  }

  private static func value(
    of equation: Graph.Equation, _ type: TensorType, _ values: [NDArray?]
  ) throws -> NDArray {
    try ReferenceBackend.value(
      of: equation.operation.lowering, equation.operands.compactMap { values[$0] }, type
    ).checked()
  }

  private static func counts(in array: NDArray) throws -> [NonFiniteSource.Kind: Int] {
    guard array.dtype.isFloating else { return [:] }
    let elements = try array.cast(to: .float64).elements(as: Double.self)
    var counts: [NonFiniteSource.Kind: Int] = [:]
    for kind in NonFiniteSource.Kind.allCases { counts[kind] = elements.count(where: kind.holds) }
    return counts
  }
}
