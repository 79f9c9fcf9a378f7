/// The tables of Theano's profile, in the formats that it prints them in: programs written to read
/// those read these. So the words are Theano's too.
///
/// Two things differ: percent signs are not doubled where Theano's are by mistake, and `Gflops/s` is
/// the rate of the calls, where Theano divides the operations of one call by the time of all.
struct TheanoTables {
  private let function: FunctionProfile
  private let secondsSinceStart: Double
  /// The steps that were called.
  private let steps: [StepProfile]
  private let stepSeconds: Double

  /// How many rows a table has at most.
  private static let mostRows = 20
  /// How long lines may become.
  private static let lineWidth = 512

  init(_ function: FunctionProfile, secondsSinceStart: Double) {
    self.function = function
    self.secondsSinceStart = secondsSinceStart
    steps = function.steps.filter { $0.calls > 0 }
    stepSeconds = function.stepSeconds
  }

  /// All tables.
  var lines: [String] {
    var lines = header + totals
    if stepSeconds > 0 {
      lines += classTable + opsTable + applyTable
    } else if function.calls.count > 0 {
      lines.append("  No execution time accumulated (hint: try config profiling.time_thunks=1)")
    }
    if let memory = function.memory { lines += MemoryTable(memory, steps).lines }
    return lines
  }

  // MARK: - Header

  private var header: [String] {
    let calls = function.calls, compile = function.compile
    var lines = [
      "Function profiling", "==================", "  Message: \(message)",
      "  Time in \(calls.count) calls to Function.__call__: \(exponential(calls.seconds))s",
    ]
    if calls.seconds > 0 {
      lines.append(
        "  Time in Function.fn.__call__: \(exponential(calls.planSeconds))s"
          + " (\(percent(calls.planSeconds)))")
      if stepSeconds > 0 {
        lines.append("  Time in thunks: \(exponential(stepSeconds))s (\(percent(stepSeconds)))")
      }
    }
    lines += [
      "  Total compile time: \(exponential(compile.seconds))s",
      "    Number of Apply nodes: \(function.steps.count)",
      "    Theano Optimizer time: \(exponential(compile.optimizerSeconds))s",
      "       Theano validate time: \(exponential(compile.validateSeconds))s",
      "    Theano Linker time (includes C, CUDA code generation/compiling): "
        + "\(exponential(compile.linkerSeconds))s",
      "       Import time \(exponential(seconds(of: \.wasCached)))s",
      "       Node make_thunk time \(exponential(seconds { !$0.wasCached }))s",
    ]
    let slowest = compile.kernels.sorted { $0.seconds > $1.seconds }.prefix(5)
    lines += slowest.map {
      "           Node \(applyName(ofKernel: $0.name)) time \(exponential($0.seconds))s"
    }
    return lines + [""]
  }

  private var message: String {
    guard let place = function.place else { return function.name }
    return function.name == "function" || function.name == "session" ? place : function.name
  }

  private func percent(_ seconds: Double) -> String {
    fixed(100 * seconds / function.calls.seconds, 3) + "%"
  }

  private func seconds(of kernels: (KernelProfile) -> Bool) -> Double {
    function.compile.kernels.filter { !$0.duringCall && kernels($0) }
      .reduce(0) { $0 + $1.seconds }
  }

  private func applyName(ofKernel name: String) -> String {
    function.steps.first { $0.name == name }?.applyName ?? name
  }

  private var totals: [String] {
    [
      "Time in all call to theano.grad() \(exponential(0))s",
      "Time since theano import \(fixed(secondsSinceStart, 3))s",
    ]
  }

  // MARK: - Tables

  /// What several steps have in common, with their sums.
  private struct Group {
    let name: String
    var seconds = 0.0, calls = 0, applies = 0
    /// Whether they are compiled.
    var types: Set<String> = []
  }

  private func groups(by name: (StepProfile) -> String) -> [Group] {
    var groups: [String: Group] = [:]
    for step in steps {
      var group = groups[name(step)] ?? Group(name: name(step))
      group.seconds += step.seconds
      group.calls += step.calls
      group.applies += 1
      group.types.insert(step.kind == .equation ? "Py" : "C ")
      groups[name(step)] = group
    }
    return groups.values.sorted {
      ($1.seconds, $1.calls, $1.applies, $0.name) < ($0.seconds, $0.calls, $0.applies, $1.name)
    }
  }

  private var classTable: [String] {
    let groups = groups(by: \.className)
    return table(
      "Class", "---", "Class name", groups.map(\.seconds),
      rows: groups.map { group in
        [
          "   \(right(type(group), 2)) ", whole(group.calls, width: 6) + "  ",
          " " + whole(group.applies, width: 4) + "  ", group.name,
        ]
      },
      calls: groups.map(\.calls), columns: ["<type>", "<#call>", "<#apply>"],
      remaining: { "remaining \($0) Classes account for \($1)(\($2)) of the runtime" }, width: 6)
  }

  private var opsTable: [String] {
    let groups = groups(by: \.opName)
    return table(
      "Ops", "---", "Op name", groups.map(\.seconds),
      rows: groups.map { group in
        [
          "   \(right(type(group), 2)) ", "  " + whole(group.calls, width: 4) + "  ",
          "  " + whole(group.applies, width: 4) + "  ", group.name,
        ]
      },
      calls: groups.map(\.calls), columns: ["<type>", "<#call>", "<#apply>"],
      remaining: { "remaining \($0) Ops account for \($1)(\($2)) of the runtime" }, width: 6)
  }

  private func type(_ group: Group) -> String {
    group.types.count == 1 ? group.types.first ?? "" : "C/Py"
  }

  private var applyTable: [String] {
    let steps = steps.enumerated().sorted {
      ($1.element.seconds, $1.offset) < ($0.element.seconds, $0.offset)
    }.map(\.element)
    return table(
      "Apply", "------", "Apply name", steps.map(\.seconds),
      rows: steps.map { step in
        [
          " " + whole(step.calls, width: 4) + "  ", whole(step.number, width: 3),
          flops(step, width: 8) { $0.flops / Double($0.calls) / 1e6 },
          flops(step, width: 10) { $0.flopRate / 1e9 }, step.applyName,
        ]
      },
      calls: steps.map(\.calls), columns: ["<#call>", "<id>", "<Mflops>", "<Gflops/s>"],
      remaining: { "remaining \($0) Apply instances account for \($1)(\($2)) of the runtime" },
      width: 0)
  }

  private func flops(
    _ step: StepProfile, width: Int, _ value: (StepProfile) -> Double
  ) -> String {
    step.flops > 0 ? fixed(value(step), 1, width: width) : String(repeating: " ", count: width)
  }

  /// A table of shares, times and what else `rows` holds, whose last cells are names.
  private func table(
    _ title: String, _ rule: String, _ name: String, _ seconds: [Double], rows: [[String]],
    calls: [Int], columns: [String], remaining: (Int, String, String) -> String, width: Int
  ) -> [String] {
    let header = ["<% time>", "<sum %>", "<apply time>", "<time per call>"] + columns
    let room = Self.lineWidth - header.reduce(header.count) { $0 + $1.count }
    var lines = [title, rule, (header + ["<\(name)>"]).joined(separator: " ")]
    var sum = 0.0
    for number in rows.indices.prefix(Self.mostRows) {
      sum += seconds[number]
      let times = [
        "  \(fixed(100 * seconds[number] / stepSeconds, 1, width: 4))% ",
        " \(fixed(100 * sum / stepSeconds, 1, width: 5))% ",
        "   \(fixed(seconds[number], 3, width: 7))s ",
        "     \(exponential(seconds[number] / Double(calls[number]), 2, width: 8))s ",
      ]
      let names = String(rows[number].last?.prefix(room) ?? "")
      lines.append((times + rows[number].dropLast() + [names]).joined(separator: " "))
    }
    let rest = seconds.dropFirst(Self.mostRows)
    let time = rest.reduce(0, +)
    let text = remaining(
      rest.count, fixed(100 * time / stepSeconds, 2, width: width) + "%", fixed(time, 2) + "s")
    return lines + ["   ... (\(text))", ""]
  }
}
