import GraphOptimizer
import Martlet
import SymbolicGraph
import Testing

/// Programs whose texts are kept beside the tests.
struct Program: Sendable, CustomTestStringConvertible {
  let name: String
  let inputs: [Tensor]
  let outputs: [Tensor]

  init(_ name: String, _ inputs: [Tensor], _ outputs: Tensor...) {
    (self.name, self.inputs, self.outputs) = (name, inputs, outputs)
  }

  var testDescription: String { name }

  /// The graph as it was written, without the lines that would move with the file.
  var graph: Graph {
    get throws { try Graph(inputs: inputs, outputs: outputs).withoutOrigins }
  }

  /// The plan, without lines too.
  var plan: Plan {
    get throws {
      let graph = try graph
      let assumed = EqualLengths(assumedIn: graph)?.graph ?? graph
      return Plan(scheduling: try Pipeline.standard.run(on: assumed), name: name)
    }
  }

  static let all: [Program] = {
    let x = Tensor.vector("x"), y = Tensor.vector("y")
    let m = Tensor.matrix("m", .float32), w = Tensor.matrix("w", .float32)
    let b = Tensor.vector("b", .float32), gain = Tensor.vector("gain", .float32)
    let centred = m - m.mean(axes: [1], keepDims: true)
    let spread = sqrt(square(centred).mean(axes: [1], keepDims: true) + 1e-5)
    return [
      Program("pi", [x, y], 4 * (x ** 2 + y ** 2 .<= 1).sum() / x.dim(0)),
      Program("softmax", [m], softmax(m)),
      Program("layer-norm", [m, gain, b], centred / spread * gain + b),
      Program("dense", [m, w, b], relu(matmul(m * 2, transpose(w)) + b)),
      Program("parts", [x, y], exp(concatenate([x[1...], y[..<3]])) * 2, x[0]),
      Program("statistics", [x], x.sum(), square(x).sum(), x.max(), x.argmin(), x * 2),
    ]
  }()

  /// A name that breaks languages without care.
  static let awkward = "a\"<b>&\\|{}\n\u{2028}#%%;`]end⟂"
}

extension Graph {
  fileprivate var withoutOrigins: Graph {
    var graph = self
    for number in graph.equations.indices { graph.equations[number].origins = [] }
    return graph
  }
}
