import ArgumentParser

/// `martlet doctor`
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Tells what Martlet finds on this machine, what the machine can do, and what is wrong.",
    discussion: """
      The processor, LLVM, BLAS, the threads and the cache; the bytes a second that each cache and memory \
      give, and the operations a second of each dtype, as measured now; and the line that mends what is \
      wrong. The exit code is 1 where something is wrong, 0 where there is nothing but advice.

      Examples:
        martlet doctor
        martlet doctor --quick
        martlet doctor --svg roofline.svg
        martlet doctor --json | jq '.limits.memory[] | {place, threads, read}'
      """)

  @Flag(help: "Measure nothing.")
  var quick = false

  @Option(help: "A file for a plot of the limits, as SVG.", completion: .file())
  var svg: String?

  @Flag(help: "Print one line of JSON; rates are in bytes and operations a second.")
  var json = false

  func validate() throws {
    if quick, svg != nil { throw ValidationError("--svg draws what --quick does not measure") }
  }

  func run() throws {
    let plot = try PlotFile(svg)
    let progress = Progress()
    let diagnosis = Diagnosis.make(measuring: !quick, progress: progress.show)
    progress.erase()
    if let limits = diagnosis.limits { try plot?.write(limits.svg) }
    if json {
      try StandardOutput.write(json: diagnosis)
    } else {
      try StandardOutput.write(diagnosis.text(.standardOutput))
    }
    if diagnosis.isIll { throw ExitCode.failure }
  }
}
