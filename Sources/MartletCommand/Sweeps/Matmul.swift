import ArgumentParser
import CPUBackend
import Martlet

/// `martlet matmul`
struct Matmul: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Multiplies square matrices, and tells the rate and its share of what the machine can do.",
    discussion: """
      The peak is that of fused multiply-adds in registers, measured on as many threads.

      Examples:
        martlet matmul
        martlet matmul --sizes 512,2048 --threads 1,2 --dtype float64
        martlet matmul --seconds 1 --json
      """)

  @Option(help: "The rows and columns of the matrices; several, as in 256,1024.")
  var sizes = Numbers([128, 256, 512, 1024, 2048])

  @Option(help: "The type of the elements.")
  var dtype = Precision.float32

  @OptionGroup var sweep: SweepOptions

  func validate() throws { try sizes.check("--sizes", atMost: .max) }

  func run() throws {
    let (progress, style) = (Progress(), Style.standardOutput)
    let plot = try PlotFile(sweep.svg)
    var result = MatmulSweep(dtype: dtype.rawValue, core: BLAS.core, rows: [])
    if !sweep.json {
      try StandardOutput.write("\(result.dtype), OpenBLAS's kernels for \(result.core)")
      try StandardOutput.write(style.bold(MatmulSweep.table.heading))
    }
    for size in sizes.values {
      for threads in sweep.threadCounts {
        progress.show("\(size) by \(size) on \(Units.count(threads, "thread"))")
        let row = try MatmulSweep.row(size: size, threads: threads, dtype.dtype, sweep.measuring)
        result.rows.append(row)
        progress.erase()
        if !sweep.json { try StandardOutput.write(row.text) }
      }
    }
    try plot?.write(result.svg)
    if sweep.json { try StandardOutput.write(json: result) }
  }
}
