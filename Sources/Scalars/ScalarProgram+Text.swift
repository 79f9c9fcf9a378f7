import Arrays

/// What a program's text calls an operation.
public protocol NamedOperation: Hashable, Sendable {
  /// The name before the operands.
  var name: String { get }
  /// Whether the dtype of the result stands behind the operands, because they do not tell it.
  var statesDType: Bool { get }
}

extension ScalarOp: NamedOperation {
  public var name: String { rawValue }
  public var statesDType: Bool { self == .cast }
}

extension Instruction: NamedOperation {
  public var statesDType: Bool {
    switch self {
    case .convert, .bitcast, .lookup: true
    default: false
    }
  }
}

extension ScalarProgram where Operation: NamedOperation {
  /// Longer expressions are given a name instead of being written inside another.
  private static var longestInline: Int { 64 }

  /// The program as nested expressions, `le(fma(x, x, mul(y, y)), 1)`.
  ///
  ///     expression = input | constant | name | operation "(" expression ("," expression)* ["," dtype] ")"
  ///
  /// A line that is used more than once, or is long, has a definition of its own, `t0 = exp(x)`.
  /// - Parameters:
  ///   - names: What the inputs are called.
  ///   - temporaries: The number of the first name given; moves on.
  package func text(
    inputs names: [String], temporaries: inout Int
  ) -> (definitions: [String], results: [String]) {
    let uses = useCounts
    var texts: [String] = []
    var definitions: [String] = []
    func text(_ operand: Operand) -> String {
      switch operand {
      case .input(let number): names[number]
      case .constant(let scalar): scalar.description
      case .line(let number): texts[number]
      }
    }
    for (number, line) in lines.enumerated() {
      let suffix = line.operation.statesDType ? [line.dtype.shortName] : []
      let parts = line.operands.map(text) + suffix
      var expression = "\(line.operation.name)(\(parts.joined(separator: ", ")))"
      let isLast = results.contains(.line(number))
      if uses[number] > 1 || expression.utf8.count > Self.longestInline && !isLast {
        definitions.append("t\(temporaries) = \(expression)")
        expression = "t\(temporaries)"
        temporaries += 1
      }
      texts.append(expression)
    }
    return (definitions, results.map(text))
  }

  /// How often each line is used, results included.
  private var useCounts: [Int] {
    var counts = [Int](repeating: 0, count: lines.count)
    for operand in lines.flatMap(\.operands) + results {
      if case .line(let number) = operand { counts[number] += 1 }
    }
    return counts
  }
}
