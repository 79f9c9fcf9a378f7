import Expressions
import Martlet
import SymbolicGraph
import Testing

/// How texts become graphs.
@Suite struct FormulaTests {
  private let inputs = [
    "x": Tensor("x", shape: [4]), "y": Tensor("y", shape: [4]), "m": Tensor("m", shape: [2, 3]),
  ]

  /// The graph of a text, without its header and types.
  private func graph(_ text: String) throws -> String {
    try Formula(text).tensors(inputs).map { tensor in
      let lines = tensor.description.split(separator: "\n").dropFirst().dropLast()
      return lines.map { $0.split(separator: " : ")[0].trimmingPrefix { $0 == " " } }
        .joined(separator: "; ").replacing(/\ +;/, with: ";")
    }.joined(separator: " | ")
  }

  @Test(
    "Operators bind as Python's do",
    arguments: [
      ("-x ** 2", "%1 = pow(x, 2); %2 = neg(%1); return %2"),
      ("x ** -y ** 2", "%1 = pow(y, 2); %2 = neg(%1); %3 = pow(x, %2); return %3"),
      ("x - y - x", "%1 = sub(x, y); %2 = sub(%1, x); return %2"),
      ("x + y * x", "%1 = mul(y, x); %2 = add(x, %1); return %2"),
      ("x / y % x", "%1 = div(x, y); %2 = mod(%1, x); return %2"),
      (
        "~(x < y) & (x > y)",
        "%1 = lt(x, y); %2 = not(%1); %3 = gt(x, y); %4 = and(%2, %3); return %4"
      ),
      ("x + y < x * y", "%1 = add(x, y); %2 = mul(x, y); %3 = lt(%1, %2); return %3"),
      ("x, y,", "return x | return y"),
      ("2 ** 3 // 3 * x", "%1 = mul(2, x); return %1"),
      ("-7 // 2 * x + -7 % 3", "%1 = mul(-4, x); %2 = add(%1, 2); return %2"),
    ])
  func precedence(_ text: String, _ expected: String) throws {
    #expect(try graph(text) == expected)
  }

  @Test("An input may have the name of a constant or function")
  func shadowing() throws {
    let tensors = ["e": Tensor("e", shape: [2]), "sum": Tensor("sum", shape: [2])]
    #expect(try Formula("sum(e) + sum").tensors(tensors)[0].shape == [2])
  }

  @Test("Every function is listed once under a name that is its own")
  func functions() throws {
    let names = Formula.functions.flatMap { function in
      [String(function.signature.prefix { $0 != "(" })] + function.otherNames
    }
    #expect(Set(names).count == names.count)
    #expect(Formula.functions.contains { $0.signature == "sum(x, axis, dtype, keepdims)" })
  }
}
