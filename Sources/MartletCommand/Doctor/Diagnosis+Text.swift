/// What people read.
extension Diagnosis {
  /// The whole report.
  func text(_ style: Style) -> String {
    var parts = [facts.map { style.bold($0.name.padded(to: 11)) + $0.text }]
    if let limits { parts += [memoryLines(limits, style), arithmeticLines(limits, style)] }
    parts.append(findingLines(style))
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var facts: [(name: String, text: String)] {
    [
      ("processor", processor.text), ("threads", threads.text), ("LLVM", llvm.text),
      ("BLAS", blas.text), ("cache", cache.text), ("memory", Units.bytes(memoryBytes)),
    ]
  }

  private func memoryLines(_ limits: Limits, _ style: Style) -> [String] {
    let table = Table([
      Table.Column("GB/s", width: 6), Table.Column("threads"), Table.Column("working set"),
      Table.Column("read", width: 7), Table.Column("copy", width: 7),
      Table.Column("write", width: 7),
    ])
    let rows = limits.memory.map { row in
      table.row(
        [row.place, "\(row.threads)", Units.bytes(row.workingSetBytes)]
          + [row.read, row.copy, row.write].map(Units.billions))
    }
    return ["limits, measured by \(limits.source)", style.bold(table.heading)] + rows
  }

  private func arithmeticLines(_ limits: Limits, _ style: Style) -> [String] {
    let dtypes = Self.dtypes
    let table = Table(
      [Table.Column("billion operations/s"), Table.Column("threads")]
        + dtypes.map { Table.Column($0, width: 7) })
    let rows = limits.arithmetic.map { row in
      table.row(
        ["", "\(row.threads)"] + dtypes.map { Units.billions(row.operations[$0] ?? 0) })
    }
    return [style.bold(table.heading)] + rows
  }

  /// The dtypes whose arithmetic is measured.
  static let dtypes = ["float32", "float64", "int8", "int16", "int32", "int64"]

  private func findingLines(_ style: Style) -> [String] {
    if findings.isEmpty { return [style.green("all is well")] }
    var lines: [String] = []
    for finding in findings {
      let word = finding.severity == .wrong ? style.red("wrong: ") : style.yellow("advice: ")
      lines.append(word + finding.text)
      if let mend = finding.mend { lines.append("  " + style.bold(mend)) }
    }
    return lines
  }
}

extension Diagnosis.Processor {
  fileprivate var text: String {
    var parts = [name]
    if let llvmName { parts[0] += " (\(llvmName))" }
    if let vectorBytes { parts.append("\(vectorBytes)-byte vectors") }
    if hasFusedMultiplyAdd == false { parts.append("no fused multiply-add") }
    let caches = caches.map { "L\($0.level) \(Units.bytes($0.bytes))" }
    return (parts + caches).joined(separator: ", ")
  }
}

extension Diagnosis.Threads {
  fileprivate var text: String {
    var parts = [Units.count(affinity, "core") + " in the affinity mask"]
    if let quota { parts.append(Units.count(quota, "core") + " granted by control groups") }
    if let variable { parts.append(variable) }
    return "\(budget): " + parts.joined(separator: ", ")
  }
}

extension Diagnosis.LLVMLibrary {
  fileprivate var text: String {
    guard let version else { return "none" }
    return version + (path.map { ", " + $0 } ?? "")
  }
}

extension Diagnosis.BLASLibrary {
  fileprivate var text: String {
    let choice = core == chosenCore ? "" : ", in place of \(chosenCore)"
    return "\(version), kernels for \(core)\(choice)"
  }
}

extension Diagnosis.Cache {
  fileprivate var text: String {
    guard let path else { return "off" }
    return "\(path), \(Units.count(files, "file")), \(Units.bytes(bytes)) of "
      + Units.bytes(limitBytes)
  }
}

extension String {
  /// The text with spaces after it, up to a width.
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
