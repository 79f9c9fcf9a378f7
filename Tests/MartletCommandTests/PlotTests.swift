import Arrays
import Foundation
import Inspection
import Testing

@testable import Martlet
@testable import MartletCommand

/// The plots that `--svg` writes.
@Suite struct PlotTests {
  private func row(_ samples: Int, _ threads: Int, _ seconds: Double) -> PiSweep.Row {
    PiSweep.Row(
      samples: samples, threads: threads, estimate: 3, compileSeconds: 0.01,
      call: Measurement("pi", batches: [seconds], callsPerBatch: 1, warmUpCalls: 1), speedup: 1)
  }

  @Test("A sweep has a line for each size, in the order of the sizes")
  func sweep() {
    let sweep = PiSweep(
      dtype: "float64",
      rows: [row(30, 1, 2e-6), row(30, 2, 1e-6), row(4000, 1, 2e-4), row(4000, 2, 1.1e-4)])
    let series = Plot.series(
      sweep.rows, named: { "n = \($0.samples)" }, \.threads, \.call.fastest)
    #expect(series.map(\.name) == ["n = 30", "n = 4000"])
    #expect(series[1].times.map(\.threads) == [1, 2])
    #expect(series[1].times.map(\.seconds) == [2e-4, 1.1e-4])
    for text in ["<svg ", "π from random points, float64", "n = 30", "n = 4000"] {
      #expect(sweep.svg.contains(text), "\(text)")
    }
  }

  @Test("The doctor's plot has the limits on the most threads")
  func roofline() {
    func memory(_ place: String, _ threads: Int) -> Diagnosis.Memory {
      Diagnosis.Memory(
        place: place, workingSetBytes: 1, threads: threads, read: 1e11, copy: 1e11, write: 1e11)
    }
    let limits = Diagnosis.Limits(
      source: "loops", memory: [memory("L1", 1), memory("memory", 1), memory("memory", 2)],
      arithmetic: [Diagnosis.Arithmetic(threads: 2, operations: ["float64": 1e11, "int8": 1e12])],
      othersCores: 0)
    let svg = limits.svg
    for text in ["limits on 2 threads", "memory", "float64"] {
      #expect(svg.contains(text), "\(text)")
    }
    for text in ["L1", "int8"] { #expect(!svg.contains(text), "\(text)") }
  }

  @Test("A file that cannot be written is refused with the system's reason")
  func files() throws {
    #expect(try PlotFile(nil) === nil)
    let absent = #expect(throws: ArrayError.self) { try PlotFile("/no/such/folder/a.svg") }
    #expect(
      absent?.description == "/no/such/folder/a.svg: cannot be written; no such file or directory")
    let full = #expect(throws: ArrayError.self) {
      try PlotFile("/dev/full")?.write(String(repeating: "x", count: 100_000))
    }
    #expect(full?.description == "/dev/full: cannot be written; no space left on device")
  }
}
