/// The passes that changed a graph, and the rules that fired in them.
struct CompileTable {
  private let compile: CompileProfile

  init(_ compile: CompileProfile) { self.compile = compile }

  var lines: [String] {
    guard !compile.passes.isEmpty else { return [] }
    let known = compile.kernels.count { $0.wasCached }
    var lines = [
      "Compiling", "---------",
      "  \(timeText(compile.seconds)): passes \(timeText(compile.optimizerSeconds)), kernels "
        + "\(timeText(compile.linkerSeconds)); \(compile.kernels.count) kernels, \(known) of them "
        + "found in the cache",
      "       <time>  <nodes before/after>  <pass>: <rules that fired>",
    ]
    let idle = compile.passes.filter(\.rules.isEmpty)
    for pass in compile.passes where !pass.rules.isEmpty {
      let rules = pass.rules.map { rule in
        let time = rule.seconds.map { " (\(timeText($0)))" } ?? ""
        return "\(rule.name) \(rule.count)\(time)"
      }
      let nodes = "\(pass.nodesBefore)/\(pass.nodesAfter)"
      lines.append(
        right(timeText(pass.seconds), 13) + right(nodes, 22) + "  \(pass.name)"
          + ": " + rules.joined(separator: ", "))
    }
    let rest = idle.reduce(0) { $0 + $1.seconds }
    lines.append(
      right(timeText(rest), 13) + right("", 22) + "  \(idle.count) passes without any")
    return lines + [""]
  }
}
