import Arrays
import CPUBackend
import KernelIR
import SymbolicGraph
import Testing

@testable import Martlet

@Suite("Results of which a part stays in the caches")
struct CachedPartTests {
  /// Programs that read as much as they write.
  enum Program: CaseIterable {
    case map, rows, softmax, columns, twoResults, mapAndSum

    func outputs(_ x: Tensor) -> [Tensor] {
      switch self {
      case .map: [exp(x) * 2 + 1]
      case .rows: [x / sqrt((x * x).mean(axes: [1], keepDims: true) + 1e-6)]
      case .softmax: [Martlet.softmax(x)]
      case .columns: [x - x.mean(axes: [0], keepDims: true)]
      case .twoResults: [x + 1, sigmoid(x)]
      case .mapAndSum: [exp(x) * 2 + 1, x.sum()]
      }
    }
  }

  @Test("They have the bits that they have elsewhere", arguments: Program.allCases)
  func bits(program: Program) throws {
    let x = Tensor.matrix("x", .float32), outputs = program.outputs(x)
    let alone = try Session(threads: 1).function([x], outputs)
    let shared = try Function([x], outputs).program
    // Kept, so that no result lies where another has left the same.
    var results: [[NDArray]] = []
    for (seed, shape) in [[96, 1000], [1, 70_001], [700, 33], [900, 1024], [64, 4096]].enumerated()
    {
      for threads in [1, 2, 7] {
        let array = NDArray.uniform(
          -3...3, .float32, shape: shape, seed: UInt64(10 * seed + threads))
        let launches = try shared.launches(for: [array])
        let policy = MemoryPolicy.nearlyHolding(launches)
        // Columns are written through the caches, and so is what has sums of all; other rows are whole
        // vectors apart only on some machines.
        if program != .columns, program != .mapAndSum, shape[1].isMultiple(of: 1024) {
          let parts = launches.choosingMemoryAccess(threads: 2, by: policy).steps.map { step in
            if case .kernel(let launch) = step { launch.cachedPointCount } else { 0 }
          }
          #expect(parts.contains { $0 > 0 }, "\(shape)")
        }
        let plan = try CPUBackend.shared().compile(launches, threads: 2, memory: policy)
        let found = try BorrowedArray.lending(try shared.checked([array])) {
          try plan.run($0, threads: threads)
        }
        #expect(try found == alone.call(with: [array]), "\(shape), \(threads)")
        results.append(found)
      }
    }
  }
}
