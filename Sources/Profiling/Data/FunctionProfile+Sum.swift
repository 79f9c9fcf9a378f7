extension FunctionProfile {
  /// The figures of several functions together. Steps stay apart, since their sizes differ; memory
  /// is that of the function whose calls take the most.
  package static func sum(of functions: [FunctionProfile]) -> FunctionProfile {
    var sum = FunctionProfile(
      name: "Sum of all(\(functions.count)) printed profiles at exit excluding Scan op profile.",
      threads: functions.map(\.threads).max() ?? 1, calls: CallCounts(), steps: [])
    for function in functions {
      sum.calls.add(function.calls)
      sum.compile.add(function.compile)
      sum.steps += function.steps
      if function.memory?.peakBytes ?? -1 > sum.memory?.peakBytes ?? -1 {
        sum.memory = function.memory
      }
    }
    return sum
  }
}

extension CallCounts {
  fileprivate mutating func add(_ other: CallCounts) {
    count += other.count
    seconds += other.seconds
    planSeconds += other.planSeconds
    bindings += other.bindings
    bindSeconds += other.bindSeconds
    failures += other.failures
    failureSeconds += other.failureSeconds
  }
}

extension CompileProfile {
  fileprivate mutating func add(_ other: CompileProfile) {
    seconds += other.seconds
    optimizerSeconds += other.optimizerSeconds
    validateSeconds += other.validateSeconds
    linkerSeconds += other.linkerSeconds
    kernels += other.kernels
    for pass in other.passes {
      // A pass may stand in the list more than once; the first of the name takes them all.
      if let known = passes.firstIndex(where: { $0.name == pass.name }) {
        passes[known].add(pass)
      } else {
        passes.append(pass)
      }
    }
  }
}

extension PassProfile {
  fileprivate mutating func add(_ other: PassProfile) {
    seconds += other.seconds
    nodesBefore += other.nodesBefore
    nodesAfter += other.nodesAfter
    for rule in other.rules {
      guard let known = rules.firstIndex(where: { $0.name == rule.name }) else {
        rules.append(rule)
        continue
      }
      rules[known].count += rule.count
      if let seconds = rule.seconds { rules[known].seconds = (rules[known].seconds ?? 0) + seconds }
    }
    rules.sort { ($1.count, $0.name) < ($0.count, $1.name) }
  }
}
