import CPUBackend

/// What may be wrong, and the line that mends it.
extension Diagnosis.Finding {
  private static func wrong(_ text: String, mend: String? = nil) -> Self {
    Self(severity: .wrong, text: text, mend: mend)
  }

  private static func advice(_ text: String, mend: String? = nil) -> Self {
    Self(severity: .advice, text: text, mend: mend)
  }

  /// LLVM does not open; the last line of its message says what to install, where something is missing.
  static func llvm(_ message: String, environment: [String: String]) -> Self {
    let lines = message.split(separator: "\n").map { $0.drop { $0 == " " } }
    let text = "\(lines.first ?? ""); functions run on the reference back end, which is slow"
    let variables = ["MARTLET_LLVM", "MARTLET_CPU"].filter {
      lines.first?.contains($0) == true && environment[$0] != nil
    }
    if let variable = variables.first { return wrong(text, mend: "unset \(variable)") }
    let package = lines.last.flatMap { line in
      line.hasPrefix("apt-get install ")
        ? line.split(separator: " ").prefix(3).joined(separator: " ") : nil
    }
    return wrong(text, mend: package.map { "sudo \($0)" })
  }

  /// What is odd about the kernels of BLAS.
  static func blas(_ report: BLASReport) -> [Self] {
    guard let better = report.betterCore else { return [] }
    if let variable = report.variable {
      return [
        wrong(
          "OPENBLAS_CORETYPE is '\(variable)', so OpenBLAS uses its kernels for \(report.core); those "
            + "for \(better) are the fastest it has for this processor",
          mend: "unset OPENBLAS_CORETYPE")
      ]
    }
    return [
      wrong(
        "OpenBLAS has no kernels but those for \(report.core); those for \(better) would suit this "
          + "processor",
        mend: "sudo apt-get install libopenblas0-pthread")
    ]
  }

  /// What is odd about the threads.
  static func threads(_ report: ThreadReport) -> [Self] {
    var findings: [Self] = []
    let cores = min(report.affinity, report.quota ?? .max)
    if let variable = report.variable, report.budget != cores {
      let setting = "\(variable.name)=\(variable.value)"
      findings.append(
        report.budget < cores
          ? advice(
            "\(setting) keeps calls from using more than \(report.budget) of \(cores) cores",
            mend: "unset \(variable.name)")
          : wrong(
            "\(setting) asks for \(report.budget) threads on "
              + Units.count(cores, "core") + ", which get in each other's way",
            mend: "unset \(variable.name)"))
    }
    if let quota = report.quota, quota < report.affinity {
      findings.append(
        advice(
          "control groups grant \(quota) of \(report.affinity) cores, in a container through its "
            + "limit on CPUs"))
    }
    return findings
  }

  /// The cache keeps nothing, or cannot.
  static func cache(_ path: String?, problem: String?) -> [Self] {
    guard let path else {
      return [
        advice(
          "the cache is off, so every process compiles its kernels again, at some milliseconds each",
          mend: "unset MARTLET_CACHE")
      ]
    }
    guard let problem else { return [] }
    return [
      wrong(
        "the cache in '\(path)' cannot be used: \(problem); every process compiles its kernels again",
        mend: "export MARTLET_CACHE=/a/folder/that/can/be/written")
    ]
  }

  /// Files of the cache that are of no use.
  static func damaged(_ count: Int) -> [Self] {
    count == 0
      ? []
      : [
        advice(
          "\(Units.count(count, "file")) of the cache \(count == 1 ? "is" : "are") damaged and will "
            + "be replaced when needed",
          mend: "martlet cache verify --remove")
      ]
  }

  /// Others worked while the limits were measured.
  static func load(_ cores: Double) -> [Self] {
    cores < 0.3
      ? []
      : [
        advice(
          "other processes kept \((cores * 10).rounded() / 10) cores busy meanwhile, so the limits may be "
            + "too low; ask again when the machine is quiet")
      ]
  }
}
