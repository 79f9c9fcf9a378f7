import Arrays
import CPUBackend
import SymbolicGraph
import Testing

@testable import Martlet

@Suite("Results of which a part stays in the caches")
struct CachedPartTests {
  /// Programs that read as much as they write.
  enum Program: CaseIterable {
    case map, rows, columns, twoResults

    func outputs(_ x: Tensor) -> [Tensor] {
      switch self {
      case .map: [exp(x) * 2 + 1]
      case .rows: [x / sqrt((x * x).mean(axes: [1], keepDims: true) + 1e-6)]
      case .columns: [x - x.mean(axes: [0], keepDims: true)]
      case .twoResults: [x + 1, sigmoid(x)]
      }
    }
  }

  @Test("They have the bits that they have elsewhere", arguments: Program.allCases)
  func bits(program: Program) throws {
    let x = Tensor.matrix("x", .float32), outputs = program.outputs(x)
    for shape in [[96, 1000], [1, 70_001], [700, 33]] {
      let array = NDArray.uniform(-3...3, .float32, shape: shape, seed: 7)
      let expected = try Session(threads: 1).function([x], outputs).call(with: [array])
      let program = try Function([x], outputs).program
      let byteCount = array.count * 4 * (outputs.count + 1)
      for quarters in 3...6 {
        var policy = MemoryPolicy.withoutCaches
        // Room for everything, for some of the results, and for none.
        policy.lastCacheByteCount = byteCount * quarters / 4 - 64
        let plan = try CPUBackend.shared().compile(
          program.launches(for: [array]), threads: 2, memory: policy)
        for threads in [1, 2, 7] {
          let found = try BorrowedArray.lending(try program.checked([array])) {
            try plan.run($0, threads: threads)
          }
          #expect(found == expected, "\(shape), \(quarters), \(threads)")
        }
      }
    }
  }
}
