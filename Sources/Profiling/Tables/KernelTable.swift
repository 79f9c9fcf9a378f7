/// What Theano's tables do not tell: how near each step comes to what the machine can do, who worked
/// on it, where it was written, and what it is made of.
struct KernelTable {
  private let function: FunctionProfile

  init(_ function: FunctionProfile) { self.function = function }

  var lines: [String] {
    var lines = ["Kernels", "-------"]
    lines += function.notes.map { "  Note: \($0)" }
    lines += [time, Self.heading]
    for step in function.steps.sorted(by: { $0.seconds > $1.seconds }) where step.calls > 0 {
      lines.append(row(step))
      lines += details(step).map { "      " + $0 }
    }
    return lines + [""]
  }

  /// Where the time of the calls went, in parts that make up the whole.
  private var time: String {
    let calls = function.calls
    func part(_ name: String, _ seconds: Double) -> String {
      "\(name) \(timeText(seconds)) (\(percentText(calls.seconds > 0 ? seconds / calls.seconds : 0)))"
    }
    let parts = [
      part("steps", function.stepSeconds), part("new sizes", calls.bindSeconds),
      part("between them", function.overheadSeconds),
    ]
    var text =
      "  \(calls.count) calls, \(timeText(calls.seconds)): \(parts.joined(separator: ", "))"
    if calls.failures > 0 {
      text += "; beside them \(calls.failures) that failed, \(timeText(calls.failureSeconds))"
    }
    return text
  }

  static let heading =
    "  <calls>  <time a call>   <% time>  <read a call>  <written>    <GB/s>  <GFLOP/s>"
    + "  <% of limit>  <threads>  <imbalance>  <kernel>"

  private func row(_ step: StepProfile) -> String {
    let calls = Double(max(step.calls, 1)), all = function.stepSeconds
    let threads = step.mostThreads == 1 ? "1" : "\(fixed(step.meanThreads, 1))/\(step.mostThreads)"
    let limit = step.limitShare.map { percentText($0) } ?? "-"
    let cells = [
      right("\(step.calls)", 9), right(timeText(step.seconds / calls), 15),
      right(percentText(all > 0 ? step.seconds / all : 0), 11),
      right(byteText(step.bytesRead / calls), 15), right(byteText(step.bytesWritten / calls), 11),
      right(fixed(step.bandwidth / 1e9, 2), 10), right(fixed(step.flopRate / 1e9, 2), 12),
      right(limit, 14), right(threads, 11), right(percentText(step.imbalance), 13),
    ]
    return cells.joined() + "  \(step.name)"
  }

  private func details(_ step: StepProfile) -> [String] {
    var lines = [step.opName]
    if let limit = step.limitedBy { lines.append("limited by \(limit)") }
    if !step.places.isEmpty { lines.append("written at \(step.places.joined(separator: ", "))") }
    if step.operations.count > 1 {
      let shares = step.operations.map { operation in
        let count = operation.count > 1 ? "\(operation.count) × " : ""
        return "\(count)\(operation.name) \(percentText(operation.share))"
      }
      lines.append("estimated shares: \(shares.joined(separator: ", "))")
    }
    return lines
  }
}
