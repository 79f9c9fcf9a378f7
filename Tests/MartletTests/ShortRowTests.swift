import Martlet
import ReferenceBackend
import SymbolicGraph
import TestSupport
import Testing

/// Rows of a few elements are computed a row to a lane, with results transposed back.
@Suite("Short rows")
struct ShortRowTests {
  private static let x = Tensor.matrix("x", .float32), w = Tensor.vector("w", .float32)

  private static var outputs: [(name: String, tensor: Tensor)] {
    let mean = x.mean(axes: [1], keepDims: true), deviation = x - mean
    let variance = (deviation * deviation).mean(axes: [1], keepDims: true)
    return [
      ("softmax", softmax(x)), ("logSoftmax", logSoftmax(x)), ("logSumExp", x.logSumExp(axes: [1])),
      ("norm", deviation / sqrt(variance + 1e-5) * w), ("argmax", x.argmax(axes: [1])),
      ("calls", (sin(x) * erf(x) + tanh(x)).sum(axes: [1])), ("max", x.max(axes: [1])),
      ("any", (x .> 2.9).any(axes: [1])),
      ("share", x / x.sum(axes: [1], keepDims: true)),
    ]
  }

  @Test("agree with the reference back end", arguments: [1, 2, 3, 10, 16, 17, 48, 49])
  func values(count: Int) throws {
    for (name, output) in Self.outputs {
      let graph = try Graph(inputs: [Self.x, Self.w], outputs: [output])
      let function = try Session(threads: 2).function([Self.x, Self.w], [output])
      for rows in [1, 31, 32, 45, 100] {
        let arrays = [
          NDArray.uniform(1...3, .float32, shape: [rows, count], seed: 1),
          NDArray.uniform(-1...1, .float32, shape: [count], seed: 2),
        ]
        let expected = try ReferenceBackend.run(graph, arrays)[0]
        try expectClose(
          try function.call(with: arrays)[0], expected, ulps: 32, "\(name), \(rows) of \(count)")
      }
    }
  }

  @Test("have the same bits at any number of threads, and where results overwrite operands")
  func bits() throws {
    let outputs = Self.outputs.map(\.tensor)
    for count in [3, 10, 40] {
      let arrays = [
        NDArray.uniform(-3...3, .float32, shape: [5001, count], seed: 1),
        NDArray.uniform(-1...1, .float32, shape: [count], seed: 2),
      ]
      let inputs = [Self.x, Self.w]
      let serial = try Session(threads: 1).function(inputs, outputs).call(with: arrays)
      for threads in [2, 3, 7] {
        let function = try Session(threads: threads).function(inputs, outputs)
        #expect(try function.call(with: arrays) == serial, "\(count), \(threads)")
      }
      for (output, expected) in zip(outputs, serial).prefix(2) {
        var x = arrays[0]
        try x.makeWritable(contiguous: true)
        let function = try Session(threads: 2).function([Self.x], [output])
        #expect(try function.call(donating: [x])[0] == expected, "\(count)")
      }
    }
  }

  @Test("What comes once for a row has the same bits, however rows are shared")
  func ends() throws {
    let x = Self.x, b = Tensor.matrix("b", .float32)
    let sum = exp(x).sum(axes: [1], keepDims: true), wide = x.cast(to: .float64).sum(axes: [1])
    let outputs = [
      log(sum) + tanh(sum) * b, exp(log((x * x).sum(axes: [1])) / 3), sin(wide) * erf(wide),
      `where`((x .> 2.99).any(axes: [1]), log(sum.squeeze([1])), tanh(b.squeeze([1]))),
      log1p(x.argmax(axes: [1]).cast(to: .float64)) * wide, x.argmax(axes: [1]) / 7 * 3 % 5 - 1,
    ]
    for count in [60, 500] {
      let rows = 30_000_000 / count / 100
      let arrays = [
        NDArray.uniform(-3...3, .float32, shape: [rows, count], seed: 1),
        NDArray.uniform(-1...1, .float32, shape: [rows, 1], seed: 2),
      ]
      let serial = try Session(threads: 1).function([x, b], outputs).call(with: arrays)
      for threads in [2, 3, 7] {
        let shared = try Session(threads: threads).function([x, b], outputs).call(with: arrays)
        #expect(shared == serial, "\(count), \(threads)")
      }
      let alone = try Session(threads: 1).function([x, b], outputs)
      for row in [0, 1, 15, 16, rows - 1] {
        let one = try alone.call(with: arrays.map { try $0[row..<row + 1, 0...] })
        for (one, all) in zip(one, serial) {
          #expect(try one == all.slice(axis: 0, row..<row + 1), "\(count), row \(row)")
        }
      }
    }
  }
}
