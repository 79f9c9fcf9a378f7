import ArgumentParser
import Martlet

/// `martlet pi`
struct Pi: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Estimates π from random points, and times it for numbers of points and threads.",
    discussion: """
      Four times the share of random points of a square that lie in the circle within it: one expression, \
      compiled into one kernel. Its estimate is the same, bit for bit, on any number of threads.

      Examples:
        martlet pi
        martlet pi --samples 30000,1000000 --threads 1,2,4
        martlet pi --dtype float32 --json
        martlet pi --threads 1,2,4,8 --svg sweep.svg
      """)

  @Option(help: "How many random points there are; several, as in 10000,1000000.")
  var samples = Numbers([30_000, 1_000_000, 10_000_000])

  @Option(help: "The type of the coordinates.")
  var dtype = Precision.float64

  @Option(help: "The seed of the random numbers.")
  var seed: UInt64 = 1

  @OptionGroup var sweep: SweepOptions

  func validate() throws { try samples.check("--samples", atMost: .max) }

  func run() throws {
    let (progress, style) = (Progress(), Style.standardOutput)
    let plot = try PlotFile(sweep.svg)
    var result = PiSweep(dtype: dtype.rawValue, rows: [])
    if !sweep.json { try StandardOutput.write(style.bold(PiSweep.table.heading)) }
    for samples in samples.values {
      var first: Double?
      for threads in sweep.threadCounts {
        progress.show("\(samples) points on \(Units.count(threads, "thread"))")
        let row = try PiSweep.row(
          samples: samples, threads: threads, dtype.dtype, seed: seed, sweep.measuring,
          fastestBefore: first)
        first = first ?? row.call.fastest
        result.rows.append(row)
        progress.erase()
        if !sweep.json { try StandardOutput.write(row.text) }
      }
    }
    try plot?.write(result.svg)
    if sweep.json { try StandardOutput.write(json: result) }
  }
}
