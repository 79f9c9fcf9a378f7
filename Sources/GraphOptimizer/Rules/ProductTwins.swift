import Arrays
import Scalars
import SymbolicGraph

/// The products of a graph that are used more than once, or beside others that differ from them in sign alone, such
/// as `x * y` and `-x * y`. Either may hold what the other would lose to a contraction.
struct ProductTwins {
  private var uses: [Product: Int] = [:]
  private var products: [Int: Product] = [:]

  /// A product without the signs of its factors.
  private struct Product: Hashable {
    let factors: Set<Factor>
  }

  private enum Factor: Hashable {
    case value(Int)
    case constant(Double)
  }

  init(in graph: Graph) {
    let counts = graph.useCounts
    for (number, equation) in graph.equations.enumerated() {
      guard let op = (equation.operation as? Elementwise)?.op, op == .mul || op == .square else {
        continue
      }
      let product = Product(factors: Set(equation.operands.map { Self.factor($0, of: graph) }))
      products[number] = product
      uses[product, default: 0] += counts[number]
    }
  }

  /// Whether a value is a product that has twins, or more uses than one.
  func contains(_ number: Int) -> Bool {
    products[number].map { uses[$0, default: 0] > 1 } ?? false
  }

  private static func factor(_ number: Int, of graph: Graph) -> Factor {
    var number = number
    while (graph.equations[number].operation as? Elementwise)?.op == .neg {
      number = graph.equations[number].operands[0]
    }
    let constant = graph.equations[number].operation as? Constant
    if let scalar = constant?.scalar { return .constant(scalar.asDouble.magnitude) }
    return .value(number)
  }
}
