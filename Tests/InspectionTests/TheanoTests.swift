import Foundation
import GraphOptimizer
@testable import Inspection
import Martlet
import Scalars
import SymbolicGraph
import Testing

/// Listings and formulas, byte for byte as Theano 1.0.5 prints them for the same programs.
///
/// `Theano/theano-texts.py` holds the programs in Theano's language and wrote the texts.
@Suite struct TheanoTests {
  /// A program by its name in the file.
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let inputs: [Tensor]
    let outputs: [Tensor]

    init(_ name: String, _ inputs: [Tensor], _ outputs: Tensor...) {
      (self.name, self.inputs, self.outputs) = (name, inputs, outputs)
    }

    var testDescription: String { name }
  }

  static let x = Tensor.vector("x"), y = Tensor.vector("y")
  static let m = Tensor.matrix("m", .float32), w = Tensor.matrix("w", .float32)
  static let b = Tensor.vector("b", .float32), A = Tensor.matrix("A")
  static let e = exp(m - m.max(axes: [1], keepDims: true))
  static let inside = x ** 2 + y ** 2 .<= 1
  static let halves = Tensor.constant([0.5, 0.5, 0.5])

  static let programs = [
    Case("pi", [x, y], 4 * inside.sum() / x.dim(0)),
    Case("pi-int32", [x, y], 4 * inside.cast(to: .int32).sum() / x.dim(0)),
    Case("softmax", [m], e / e.sum(axes: [1], keepDims: true)),
    Case("bias", [m, w, b], tanh(matmul(m, transpose(w)) + b)),
    Case(
      "concat-slice", [x, y],
      exp(concatenate([x[1...], y[..<3], x[.stride(by: -1)], y[.stride(1..<9, by: 2)]]))),
    Case("index", [A], A[1] + A[.all, 0] * A[1..., 2]),
    Case("shapes", [A], A.reshape([6]), A.reshape([2, 3]), A.expandDims(1), transpose(A)),
    Case("several", [x], x.sum(), (x * x).sum(), x.max(), x.argmax(), x.prod()),
    Case(
      "axes", [m], m.sum(axes: [0]), m.max(axes: [0]), m.argmax(axes: [1]), m.prod(axes: [1])),
    Case("logic", [x, y], `where`((x .< y) .& .!(x .> 0.5), abs(x), -y)),
    Case(
      "functions", [x],
      floorDivide(exp(log1p(sqrt(square(x)))) % max(x, 3), min(x, 1e-5))),
    Case(
      "constants", [x], x + Tensor.constant([1.0, 2, 3]) * halves,
      x - Tensor.constant(NDArray((0..<40).map(Double.init)))),
    Case("many", [x], (1..<14).reduce(exp(x)) { $0 + exp(x * Tensor(Double($1))) }),
  ]

  static let functions = [
    Case("exp-add", [x, y], exp(x) + y),
    Case("difference", [x, y], exp(x + y) * x - y),
    Case("switch", [x, y], `where`(x .< y, x / y, sqrt(x))),
    Case("product", [m, w], matmul(m, w)),
    Case("join", [x, y], concatenate([x, y])),
  ]

  /// What Theano printed under a title.
  private func theano(_ title: String) throws -> String {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "Theano/theano-texts.txt")
    let text = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(text.range(of: "=== \(title)\n"), "\(title) is missing")
    let rest = text[start.upperBound...]
    return String(rest[..<(rest.range(of: "=== ")?.lowerBound ?? rest.endIndex)])
  }

  @Test("scalar operations have the names that Theano gives them")
  func names() throws {
    let rows = try theano("names").split(separator: "\n").map {
      $0.split(separator: " ", maxSplits: 2)
    }
    // Theano has no fma, log1mexp, relu and logErfc.
    #expect(rows.count == ScalarOp.allCases.count - 4)
    for row in rows {
      let op = try #require(ScalarOp(rawValue: String(row[0])))
      let dtype: DType = op == .cast ? .int32 : .float64
      var program = Composite()
      let inputs = (0..<op.definition.signature.arity).map { _ in program.addInput(.float64) }
      let result = program.append(op, inputs, dtype)
      #expect(op.theanoElemwise(dtype) == row[1])
      #expect(TheanoComposite(program, results: [result]).text == row[2])
    }
  }

  @Test("graphs are listed as Theano lists them", arguments: programs)
  func listings(_ program: Case) throws {
    let theano = TheanoGraph(try Graph(inputs: program.inputs, outputs: program.outputs))
    let text = TheanoListing(theano).text
    #expect(text == (try self.theano(program.name)), "\(text)")
    let types = TheanoListing(theano, types: true).text
    #expect(types == (try self.theano(program.name + " types")))
  }

  @Test("graphs are written as Theano writes them", arguments: programs)
  func formulas(_ program: Case) throws {
    let graph = TheanoGraph(try Graph(inputs: program.inputs, outputs: program.outputs))
    #expect(TheanoFormula(graph).text == (try theano(program.name + " pretty")))
  }

  @Test("kernels that do what one node of Theano's does are listed like it", arguments: functions)
  func kernels(_ program: Case) throws {
    let theano = TheanoGraph(try plan(program.inputs, program.outputs))
    let text = TheanoListing(theano).text
    #expect(text == (try self.theano("compiled \(program.name)")), "\(text)")
    let types = TheanoListing(theano, types: true).text
    #expect(types == (try self.theano("compiled \(program.name) types")))
  }
}
