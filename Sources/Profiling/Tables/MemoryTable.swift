/// Theano's table of memory. In brackets stands what intermediates would take if none took the place
/// of another.
struct MemoryTable {
  private let memory: MemoryPlan
  private let steps: [StepProfile]

  private static let mostRows = 20
  /// The results of how many bytes are listed, as in Theano.
  private static let leastBytes = 1024

  init(_ memory: MemoryPlan, _ steps: [StepProfile]) {
    self.memory = memory
    self.steps = steps
  }

  var lines: [String] {
    let unshared = kilobytes(
      memory.resultBytes + memory.workspaceBytesUnshared + memory.partialBytes)
    func both(_ shared: String) -> [String] {
      processors("\(shared) (\(unshared))", "0KB (0KB)")
    }
    return [
      "Memory Profile", "(Sparse variables are ignored)",
      "(For values in brackets, it's for linker = c|py", "---",
      "    Max peak memory with current setting",
    ] + both(kilobytes(memory.peakBytes)) + [
      "    Max peak memory with current setting and Theano flag optimizer_excluding=inplace"
    ] + both(kilobytes(memory.peakBytesNotInPlace)) + [
      "    Max peak memory if allow_gc=False (linker don't make a difference)"
    ]
      + processors(unshared, "0KB") + ["---", ""] + results
  }

  private func processors(_ cpu: String, _ gpu: String) -> [String] {
    ["        CPU: \(cpu)", "        GPU: \(gpu)", "        CPU + GPU: \(cpu)"]
  }

  private func kilobytes(_ bytes: Int) -> String { fixed(Double(bytes) / 1024, 0) + "KB" }

  private var results: [String] {
    let sized = steps.map { step in (step, step.results.reduce(0) { $0 + $1.byteCount }) }
      .sorted { $0.1 > $1.1 }
    let listed = sized.prefix(Self.mostRows).prefix { $0.1 >= Self.leastBytes }
    var lines = [
      "    <Sum apply outputs (bytes)> <Apply outputs shape> <created/inplace/view> <Apply node>",
      "",
    ]
    for (step, bytes) in listed {
      let shapes = step.results.map(\.shape).map(tuple).joined(separator: ", ")
      let codes = step.results.map { $0.isInPlace ? "i" : "c" }.joined(separator: " ")
      lines.append("     \(whole(bytes, width: 9))B  [\(shapes)] \(codes) \(step.applyName)")
    }
    let all = sized.reduce(0) { $0 + $1.1 }
    let rest = sized.dropFirst(listed.count).reduce(0) { $0 + $1.1 }
    let share = all == 0 ? "0%" : fixed(100 * Double(rest) / Double(all), 2) + "%"
    lines += [
      "   ... (remaining \(sized.count - listed.count) Apply account for "
        + "\(whole(rest, width: 4))B/\(all)B (\(share)) of the Apply with dense outputs sizes)", "",
    ]
    if listed.isEmpty {
      lines.append(
        "    All Apply nodes have output sizes that take less than \(Self.leastBytes)B.")
    }
    return lines + [
      "    <created/inplace/view> is taken from the Op's declaration.",
      "    Apply nodes marked 'inplace' or 'view' may actually allocate memory, this is not "
        + "reported here. If you use DebugMode, warnings will be emitted in those cases.", "",
    ]
  }

  /// A shape as Python writes it.
  private func tuple(_ shape: [Int]) -> String {
    "(" + shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }
}
