import Expressions
import SymbolicGraph
import TestSupport
import Testing

/// What is no expression, or none that the arrays admit, is refused in words that point at the column.
@Suite struct BadExpressionsTests {
  static let expressions = [
    // No text of an expression.
    "", "   ", "sum(x", "x + ", "x + * y", "x ]", "(x, y", "m[0, 1", "x y", "sum(x))", "x $ y",
    "!x",
    "x = y", "x && y", "2x", "1.2.3", "0x1F", "1e", "99999999999999999999", "'abc", "x[]", "f(,)",
    "x > 0 and y > 0", "not x", "x < y < 2", "x > 0 & y > 0 == 1", "2(x + 1)", "x.", "-",
    "sum(axis=)",
    // Names.
    "summ(x)", "xx + 1", "zebra", "exp", "x.shape", "x.sum", "astype(x, float31)",
    "astype(x, 'float16')", "np.linalg(x)", "x.meen()",
    // Arguments and indices.
    "exp(x, y)", "where(x > 0, x)", "sum(x, axes=0)", "sum(x, 0, axis=0)", "sum(axis=0, x)",
    "sum(x, axis=1.5)", "sum(x, keepdims=1)", "concatenate(x, y)", "argmax(m, axis=(0, 1))",
    "reshape(x, 2.5)", "[x, y] + 1", "float32 * 2", "'a' + x", "x[y]", "x[1.5]", "x[0:2.0]",
    "concatenate([x, None])", "x + None", "x.astype(5)",
    // What breaks a rule of an operation.
    "x + x[1:]", "m @ m", "sum(m, axis=2)", "m.sum(axis=(0, 0))", "m[3, 0]", "x[0, 0]", "x[::0]",
    "x[..., ...]", "reshape(m, (5, -1))", "m.reshape(2, -1, -1)", "transpose(m, (0, 0))",
    "squeeze(m, 0)", "broadcast_to(x, (3, 5))", "max(z)", "z.argmin(axis=0)", "x & 1", "~x",
    "where(x, 1, 2)", "u + 300", "concatenate([m, n])", "concatenate([])", "t @ t",
    "pad(x)", "pad(x, 1.5)", "pad(m, (1, 2, 3))", "pad(m, ((1, 2), 3))", "pad(m, ((1, 2),) * 2)",
    "pad(m, ((1, 2), (0, 1), (1, 0)))", "pad(m, (1, -1))", "pad(m, 2 ** 62)", "pad(u, 1, 300)",
    "pad(x, 1, m)", "pad(x, 1, constant_values=None)", "pad(x, 1, mode='edge')",
    "expand_dims(x, 4)",
    "(x + 1) * (m.T + sqrt(m))", "10 ** 30 * x", "18446744073709551615 + 1",
    "2 * 9223372036854775808", "-18446744073709551615", "18446744073709551616",
    "reshape(x, 2 ** 63)", "x * 0 ** -1", "softmax(x, axis=None)", "var(x, ddof=None)",
    "reshape(x, 12 ** -1)",
    "\tx +\n  foo(1)",
  ]

  @Test("Every one is refused, with the whole text")
  func texts() throws {
    let (inputs, _) = try Fixtures.inputs()
    #expect(Self.expressions.count >= 50)
    var text = ""
    for expression in Self.expressions {
      do {
        let tensors = try Formula(expression).tensors(inputs)
        Issue.record("\(expression) is \(tensors)")
      } catch {
        text += "> \(expression.debugDescription)\n\(error)\n"
      }
    }
    try expectGolden(text, "bad-expressions")
  }

  @Test("Expressions may be long but not deep")
  func deep() throws {
    let (inputs, _) = try Fixtures.inputs()
    for text in [
      String(repeating: "(", count: 100_000), String(repeating: "-", count: 100_000) + "x",
      String(repeating: "x ** ", count: 100_000) + "x",
      "x" + String(repeating: "[:]", count: 100_000), "x" + String(repeating: ".T", count: 100_000),
      String(repeating: "exp(", count: 100_000) + "x" + String(repeating: ")", count: 100_000),
    ] {
      let error = #expect(throws: ExpressionError.self) { try Formula(text).tensors(inputs) }
      #expect(error?.message == "expressions are nested at most 100 deep")
    }
    let nested = String(repeating: "exp(", count: 99) + "x" + String(repeating: ")", count: 99)
    #expect(try Formula(nested).tensors(inputs).count == 1)
    let endless = String(repeating: "x + ", count: 100_000) + "x"
    let error = #expect(throws: ExpressionError.self) { try Formula(endless).tensors(inputs) }
    #expect(error?.message == "at most 1000 operators stand in a row")
    #expect(error?.notes == ["parentheses around parts of them begin new rows"])
    let chain = String(repeating: "x + ", count: 999) + "x"
    #expect(try Formula(chain).tensors(inputs).count == 1)
    let wide = "concatenate([" + String(repeating: "x, ", count: 10_000) + "x])"
    #expect(try Formula(wide).tensors(inputs)[0].shape == [120_012])
  }

  @Test("Of a long expression the part around the mark is shown")
  func excerpt() throws {
    let long = String(repeating: "x + ", count: 60)
    let error = #expect(throws: ExpressionError.self) { try Formula(long + "$" + long) }
    #expect(
      error?.description == """
        column 241: '$' has no meaning here
          …+ x + x + x + x + x + x + x + x + x + $x + x + x + x + x + x + x + x + x + x…
                                                 ^
        """)
  }
}
