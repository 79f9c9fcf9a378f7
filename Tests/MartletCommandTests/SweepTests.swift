import Foundation
import Testing

@testable import Martlet
@testable import MartletCommand

/// The tables of `martlet pi` and `martlet matmul`.
@Suite struct SweepTests {
  private static let call = Measurement(
    "f", batches: [2e-6, 3e-6, 4e-6], callsPerBatch: 1, warmUpCalls: 2)

  @Test("A row for π")
  func pi() throws {
    let row = PiSweep.Row(
      samples: 30_000, threads: 2, estimate: 3.1415, compileSeconds: 0.0123, call: Self.call,
      speedup: 1.234)
    #expect(
      "\(PiSweep.table.heading)\n\(row.text)" == """
        samples       threads    estimate    compile     fastest      median  speed-up
        30000               2    3.141500   12.30 ms     2.00 µs     3.00 µs      1.23
        """)
    let sweep = PiSweep(dtype: "float64", rows: [row])
    #expect(try JSONDecoder().decode(PiSweep.self, from: JSONEncoder().encode(sweep)) == sweep)
  }

  @Test("A row for products of matrices")
  func matmul() throws {
    let row = MatmulSweep.Row(
      size: 512, threads: 1, call: Self.call, operations: 268_435_456, rate: 134.2e9, peak: 256e9,
      shareOfPeak: 0.5243)
    #expect(
      "\(MatmulSweep.table.heading)\n\(row.text)" == """
        size      threads     fastest      median    GFLOP/s  of the peak
        512             1     2.00 µs     3.00 µs      134.2         52 %
        """)
    let sweep = MatmulSweep(dtype: "float32", core: "SkylakeX", rows: [row])
    #expect(try JSONDecoder().decode(MatmulSweep.self, from: JSONEncoder().encode(sweep)) == sweep)
  }

  @Test("Numbers are written 1,2,4 and nothing else")
  func numbers() {
    #expect(Numbers(argument: "1,2,4")?.values == [1, 2, 4])
    #expect(Numbers(argument: "-3")?.values == [-3])
    for text in ["", ",", "1,,2", "1.5", "a", "1, 2", "99999999999999999999"] {
      #expect(Numbers(argument: text) == nil, "\(text)")
    }
    #expect(Numbers([1, 2]).description == "1,2")
  }

  @Test("Unless told otherwise powers of two and all cores are tried")
  func standardThreads() {
    let threads = SweepOptions.standardThreads
    #expect(
      threads.first == 1 && threads == threads.sorted() && Set(threads).count == threads.count)
  }
}
