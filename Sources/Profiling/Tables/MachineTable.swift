/// The libraries and the memory that the functions used.
struct MachineTable {
  private let machine: MachineProfile
  private let function: FunctionProfile

  init(_ machine: MachineProfile, _ function: FunctionProfile) {
    (self.machine, self.function) = (machine, function)
  }

  var lines: [String] {
    var lines = [
      "Machine", "-------",
      "  BLAS: \(machine.blasVendor) \(machine.blasVersion), kernels for \(machine.blasCore), "
        + counted(machine.blasThreads, "thread") + " of its own",
      "  threads: \(function.threads) for a call, \(counted(machine.cores, "core")) to run them on",
    ]
    if let memory = function.memory {
      lines.append(contentsOf: memory.description.split(separator: "\n").map { "  \($0)" })
    }
    return lines + [""]
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}

extension MemoryPlan {
  /// What a call takes at its peak, and who holds it then.
  public var description: String {
    var lines = [
      "memory of a call: \(byteText(Double(peakBytes))) at its peak: results "
        + "\(byteText(Double(resultBytes))), intermediates \(byteText(Double(workspaceBytes))), "
        + "partial sums \(byteText(Double(partialBytes))); beside it inputs "
        + "\(byteText(Double(inputBytes))), constants \(byteText(Double(constantBytes)))"
    ]
    guard let peak = peakStep else { return lines[0] }
    lines.append("held during step \(peak.number), \(peak.name):")
    let held = held(during: peak)
    for array in held.prefix(8) {
      let shape = array.array.shape.map(String.init).joined(separator: ",")
      lines.append(
        "  \(right(byteText(Double(array.array.byteCount)), 9))  \(array.name) : "
          + "\(array.array.dtype)[\(shape)]\(array.isResult ? ", a result" : "")"
          + (array.array.isInPlace ? ", in place" : "")
          + (array.place.map { ", from \($0)" } ?? ""))
    }
    if held.count > 8 { lines.append("  and \(held.count - 8) smaller ones") }
    return lines.joined(separator: "\n")
  }
}
