import Arrays
import Scalars
package import SymbolicGraph

/// A graph in mathematical notation, with the fewest brackets: `4·Σ(x² + y² ≤ 1) / dim(x, 0)`.
///
///     formula = (name " = " expression "\n")* expression "\n" …   -- one for each result
///
/// A sum over some axes has them as an index, `Σ₁(m)`; `·` multiplies element by element and `@` matrices.
/// What is used more than once is defined first, unless it is short. Conversions to floating dtypes, a
/// factor of 1, and axes of length 1 that a reduction keeps are not shown.
package struct Formula {
  private let graph: Graph
  private let names: [String]
  private let shownAs: [Int]

  /// Writes the results of a graph.
  package init(_ graph: Graph) {
    self.graph = graph
    names = graph.valueNames
    var shownAs: [Int] = []
    for (number, equation) in graph.equations.enumerated() {
      switch equation.operation.lowering {
      case .elementwise(.cast) where equation.type.dtype.isFloating:
        shownAs.append(shownAs[equation.operands[0]])
      case .elementwise(.mul):
        let other = equation.operands.firstIndex { Self.isOne($0, graph) }.map { 1 - $0 }
        shownAs.append(other.map { shownAs[equation.operands[$0]] } ?? number)
      default: shownAs.append(number)
      }
    }
    self.shownAs = shownAs
  }

  private static func isOne(_ number: Int, _ graph: Graph) -> Bool {
    (graph.equations[number].operation as? Constant)?.scalar?.asDouble == 1
  }

  /// What stands at one place, and how strongly the place binds.
  struct Term {
    var number: Int
    var level: Level = .any
    /// Whether the value is written out even if it has a name.
    var isDefinition = false
  }

  /// How strongly operators bind, weakest first.
  enum Level: Int {
    case any, disjunction, conjunction, comparison, sum, quotient, product, factor, power, atom
  }

  typealias Piece = NestedText<Term>.Piece

  /// The lines, each with its end.
  package var text: String {
    var temporaries: [Int: String] = [:]
    var lines: [String] = []
    for number in definitions {
      let name = "t" + Self.index([temporaries.count])
      lines.append("\(name) = \(text(Term(number: number, isDefinition: true), temporaries))")
      temporaries[number] = name
    }
    lines += graph.outputs.map { text(Term(number: shownAs[$0]), temporaries) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func text(_ root: Term, _ temporaries: [Int: String]) -> String {
    NestedText.write(root) { term in
      let number = shownAs[term.number]
      if !term.isDefinition, let name = temporaries[number] { return [.text(name)] }
      let (level, pieces) = pieces(of: number)
      return level.rawValue < term.level.rawValue ? [.text("(")] + pieces + [.text(")")] : pieces
    }
  }

  /// The values to define, operands first.
  private var definitions: [Int] {
    var sizes: [Int] = [], uses = [Int](repeating: 0, count: graph.equations.count)
    for (number, equation) in graph.equations.enumerated() {
      sizes.append(
        shownAs[number] != number
          ? sizes[shownAs[number]]
          : Swift.min(equation.operands.reduce(1) { $0 + sizes[$1] }, 1 << 20))
    }
    for output in graph.outputs { uses[shownAs[output]] += 1 }
    for number in graph.equations.indices.reversed() where uses[number] > 0 {
      // A length does not ask how its operand is computed, but long operands are not written twice.
      let isExtent =
        if case .extent = graph.equations[number].operation.lowering { true } else { false }
      for operand in graph.equations[number].operands.map({ shownAs[$0] })
      where !isExtent || sizes[operand] > 12 {
        uses[operand] += 1
      }
    }
    return graph.equations.indices.filter { uses[$0] > 1 && sizes[$0] > 3 }
  }

  private func pieces(of number: Int) -> (Level, [Piece]) {
    let equation = graph.equations[number]
    let operands = equation.operands
    switch equation.operation.lowering {
    case .input: return (.atom, [.text(names[number])])
    case .constant(let array): return constant(array, names[number])
    case .elementwise(let op): return elementwise(op, operands, equation.type.dtype)
    case .reduce(let reduction, let axes, _, _):
      let isAll = axes.count == graph.equations[operands[0]].type.rank
      let name = reduction.symbol + (isAll ? "" : Self.index(axes))
      return (.power, .list([Term(number: operands[0])], open: name + "("))
    case .view(.transpose(let order)) where order == [1, 0]:
      return (.atom, [.term(Term(number: operands[0], level: .atom)), .text("ᵀ")])
    case .view(.slice(let ranges)):
      return (
        .atom, [.term(Term(number: operands[0], level: .atom)), .text(Self.subscript(ranges))]
      )
    case .view(.squeeze(let axes)):
      // The axis of an index is dropped after the slice; the index says so already.
      if case .view(.slice(let ranges)) = graph.equations[shownAs[operands[0]]].operation.lowering,
        View.squeeze(axes).drops(ranges)
      {
        return (.atom, [.term(Term(number: operands[0], level: .atom))])
      }
      return (.atom, call(number))
    case .matmul:
      return (
        .quotient,
        [
          .term(Term(number: operands[0], level: .quotient)), .text(" @ "),
          .term(Term(number: operands[1], level: .factor)),
        ]
      )
    case .extent, .view, .concatenate: return (.atom, call(number))
    }
  }

  /// The value of a constant without axes.
  func scalar(_ number: Int) -> Scalar? {
    (graph.equations[shownAs[number]].operation as? Constant)?.scalar
  }

  /// Whether what is written begins with a minus sign.
  func isNegative(_ number: Int) -> Bool {
    if case .elementwise(.neg) = graph.equations[shownAs[number]].operation.lowering { return true }
    return scalar(number).map { $0.asDouble < 0 } ?? false
  }

  /// The operation by its name, with its operands and attributes.
  private func call(_ number: Int) -> [Piece] {
    let equation = graph.equations[number]
    let attributes = equation.operation.attributes.map { attribute in
      if case .extent(let axis) = equation.operation.lowering {
        "\(axis)"
      } else {
        "\(attribute.description)"
      }
    }
    return .list(
      equation.operands.map { Term(number: $0) }, open: equation.operation.name + "(",
      close: attributes.map { ", \($0)" }.joined() + ")")
  }

  private func constant(_ array: NDArray, _ name: String) -> (Level, [Piece]) {
    if array.rank == 0 {
      let text =
        switch name {
        case "inf": "∞"
        case "-inf": "-∞"
        default: name
        }
      return (text.hasPrefix("-") ? .product : .atom, [.text(text)])
    }
    let text = array.count <= 8 ? array.description.filter { $0 != "\n" } : "constant"
    return (.atom, [.text(text)])
  }

  /// Digits below the line: `₀₁`.
  static func index(_ numbers: [Int]) -> String {
    let digits = Array("₀₁₂₃₄₅₆₇₈₉")
    return numbers.map { number in
      String("\(number)".compactMap(\.wholeNumberValue).map { digits[$0] })
    }.joined(separator: ",")
  }

  /// `[1, :, 2:]`, without the whole axes at the end.
  private static func `subscript`(_ ranges: [SliceRange]) -> String {
    let count = ranges.lastIndex { $0 != SliceRange() }.map { $0 + 1 } ?? 1
    return "[" + ranges.prefix(count).map(\.description).joined(separator: ", ") + "]"
  }
}

extension Reduction {
  /// The sign of the reduction in formulas.
  fileprivate var symbol: String {
    switch self {
    case .sum: "Σ"
    case .prod: "Π"
    case .min, .max, .any, .all, .argmin, .argmax: rawValue
    }
  }
}
