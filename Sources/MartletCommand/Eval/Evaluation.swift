import Expressions
import Martlet

/// Expressions with the arrays that they are computed of.
struct Evaluation {
  /// The expressions as written.
  let texts: [String]
  let function: Function<[NDArray]>
  private let arrays: [NDArray]
  private let tensors: [Tensor]
  /// The time it took to compile, in seconds.
  let compileSeconds: Double

  /// Parses the expressions, reads the files and compiles.
  init(_ expression: String, _ files: [String], threads: Int?, profile: Bool) throws {
    let formula = try Formula(expression)
    texts = formula.outputs
    let inputs = try InputFiles(files).arrays
    let named = inputs.map { name, array in
      (name, Tensor(name, array.dtype, shape: array.shape.map { .fixed($0) }))
    }
    tensors = try formula.tensors(Dictionary(uniqueKeysWithValues: named))
    arrays = inputs.map(\.array)
    let clock = ContinuousClock()
    let start = clock.now
    function = try Session(threads: threads).function(
      named.map(\.1), tensors, name: "eval", profile: profile)
    compileSeconds = (clock.now - start) / .seconds(1)
  }

  /// Computes the expressions.
  func results() throws -> [NDArray] {
    do {
      return try function.call(with: arrays)
    } catch let error as GraphError {
      // Its place is a line of this program, which says nothing to who typed the expression.
      throw CommandError(error.message, notes: error.notes)
    }
  }

  /// Returns a text of the function.
  func text(_ picture: Picture) throws -> String {
    switch picture {
    case .graph: function.graphText
    case .kernels: function.description
    case .llvm: try function.llvmText(for: arrays)
    case .mermaid: function.mermaid()
    case .dot: function.dot()
    case .asm: try function.assemblyText(for: arrays)
    }
  }
}
