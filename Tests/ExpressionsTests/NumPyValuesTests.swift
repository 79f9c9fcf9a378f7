import Arrays
import Expressions
import Foundation
import Martlet
import SymbolicGraph
import Testing

/// The expressions of `Fixtures/expressions.txt` on the arrays beside it have NumPy's values.
@Suite struct NumPyValuesTests {
  @Test("Values are those that NumPy gave", arguments: Fixtures.expressions.indices)
  func frozen(_ number: Int) throws {
    try check(number, try Fixtures.expected.get())
  }

  @Test(
    "Values are those that the installed NumPy gives",
    .enabled(if: Fixtures.installed != nil, "python3 with numpy is not on the path"))
  func installed() throws {
    let expected = try #require(Fixtures.installed)
    for number in Fixtures.expressions.indices { try check(number, expected) }
  }

  @Test("There are at least fifty")
  func count() { #expect(Fixtures.expressions.count >= 50) }

  private func check(_ number: Int, _ expected: [String: NDArray]) throws {
    let text = Fixtures.expressions[number]
    let (inputs, arrays) = try Fixtures.inputs()
    let outputs = try Formula(text).tensors(inputs)
    let order = inputs.keys.sorted()
    let function = try Function(order.compactMap { inputs[$0] }, outputs)
    let results = try function.call(with: order.compactMap { arrays[$0] })
    for (position, result) in results.enumerated() {
      let wanted = try #require(expected["\(number).\(position)"])
      #expect(result.dtype == wanted.dtype, "\(text)")
      try #require(result.shape == wanted.shape, "\(text)")
      if !result.dtype.isFloating {
        #expect(result == wanted, "\(text)")
        continue
      }
      // Sums of float32 accumulate in float64 here, and not in NumPy.
      let tolerance = result.dtype == .float32 ? 2e-6 : 2e-15
      let pairs = zip(
        try result.cast(to: .float64).elements(as: Double.self),
        try wanted.cast(to: .float64).elements(as: Double.self))
      for (a, b) in pairs {
        #expect(abs(a - b) <= tolerance * max(1, abs(b)), "\(text): \(a), not \(b)")
      }
    }
  }
}
