@testable import Profiling
import TestSupport
import Testing

/// What Theano's profile of the seed's program would be, had the times been measured here.
private func theanoPi() throws -> (profile: TheanoProfile, function: FunctionProfile) {
  let theano = try TheanoProfile(try Fixture.text("theano-pi"))
  var calls = CallCounts()
  (calls.count, calls.seconds, calls.planSeconds) = (
    theano.calls, theano.callSeconds, theano.vmSeconds
  )
  var compile = CompileProfile()
  compile.seconds = theano.compileSeconds
  compile.optimizerSeconds = theano.optimizerSeconds
  compile.validateSeconds = theano.validateSeconds
  compile.linkerSeconds = theano.linkerSeconds
  var function = FunctionProfile(
    name: theano.message, threads: 1, calls: calls, compile: compile, steps: [])
  for row in theano.applies.sorted(by: { $0.id < $1.id }) {
    let op = try #require(theano.ops.first { row.name.hasPrefix($0.name + "(") })
    let type = try #require(theano.classes.first { row.name.hasPrefix($0.shortName) })
    var step = StepProfile(
      name: row.name, className: type.name, opName: op.name, applyName: row.name, kind: .kernel,
      number: row.id)
    step.calls = row.calls
    step.seconds = row.secondsPerCall * Double(row.calls)
    function.steps.append(step)
  }
  return (theano, function)
}

extension TheanoProfile.Row {
  /// `Sum` of `theano.tensor.elemwise.Sum`.
  fileprivate var shortName: Substring { name.split(separator: ".").last ?? "" }
}

@Suite("The tables have the format of Theano's") struct TableTests {
  @Test("classes and operations come out byte for byte")
  func sameBytes() throws {
    let lines = TheanoTables(try theanoPi().function, secondsSinceStart: 8.726).lines
    let theano = try Fixture.text("theano-pi").split(
      separator: "\n", omittingEmptySubsequences: false
    ).map(String.init)
    for title in ["Class", "Ops"] {
      let ours = lines.drop { $0 != title }.prefix { $0 != "" }
      let theirs = theano.drop { $0 != title }.prefix { $0 != "" }
      #expect(Array(ours) == Array(theirs))
    }
  }

  @Test("the header has the same lines")
  func header() throws {
    let (profile, function) = try theanoPi()
    let lines = TheanoTables(function, secondsSinceStart: 8.726).lines
    let theano = try Fixture.text("theano-pi").split(separator: "\n").map(String.init)
    // Shares of thunks and times of nodes are told apart below.
    let same = theano.prefix { $0 != "Class" }.filter {
      !$0.contains("thunk") && !$0.contains("Node ") && !$0.contains("Import time")
    }
    for line in same { #expect(lines.contains(line), "\(line)") }
    #expect(profile.secondsSinceImport == 8.726)
  }

  @Test("a row of Apply without operations is Theano's, and with them has the same columns")
  func apply() throws {
    var step = StepProfile(
      name: "a", className: "A", opName: "A", applyName: "CGemv{inplace}(w, X)", kind: .matmul,
      number: 13)
    (step.calls, step.seconds) = (500, 0.015)
    var calls = CallCounts()
    (calls.count, calls.seconds, calls.planSeconds) = (500, 0.02, 0.016)
    var function = FunctionProfile(name: "f", threads: 1, calls: calls, steps: [step])
    let row = TheanoTables(function, secondsSinceStart: 1).lines.first { $0.contains("CGemv") }
    #expect(
      row == "  100.0%   100.0%       0.015s       3.00e-05s    500    13                     "
        + "CGemv{inplace}(w, X)")
    function.steps[0].flops = 500 * 3e6
    let parsed = try TheanoProfile(
      TheanoTables(function, secondsSinceStart: 1).lines.joined(separator: "\n"))
    #expect(parsed.applies[0].megaflops == 3 && parsed.applies[0].gigaflopsPerSecond == 100)
  }

  @Test("no percent sign is doubled, and no table has more than 20 rows")
  func rest() throws {
    var function = try theanoPi().function
    function.memory = MemoryPlan()
    for number in 0..<30 {
      var step = StepProfile(
        name: "s\(number)", className: "C\(number)", opName: "O\(number)", applyName: "A\(number)",
        kind: .equation, number: number)
      (step.calls, step.seconds) = (10, 0.001)
      function.steps.append(step)
    }
    let text = TheanoTables(function, secondsSinceStart: 1).lines.joined(separator: "\n")
    #expect(!text.contains("%%"))
    #expect(
      text.split(separator: "\n").allSatisfy { !$0.hasPrefix("   ...") || !$0.contains("((") })
    let parsed = try TheanoProfile(text)
    #expect([parsed.classes, parsed.ops, parsed.applies].map(\.count) == [20, 20, 20])
    let remaining = try #require(parsed.remaining["Ops"])
    #expect(remaining.count == 14 && remaining.percent > 0)
    #expect(parsed.ops[5].type == "Py")
  }

  @Test("without times the tables say what is missing")
  func empty() throws {
    var calls = CallCounts()
    calls.count = 3
    let function = FunctionProfile(name: "f", threads: 1, calls: calls, steps: [])
    let lines = TheanoTables(function, secondsSinceStart: 1).lines
    #expect(
      lines.last == "  No execution time accumulated (hint: try config profiling.time_thunks=1)")
  }

  @Test(
    "numbers are those of printf",
    arguments: [
      (fixed(0, 3, width: 7), "  0.000"), (fixed(99.95, 1, width: 4), "100.0"),
      (fixed(-1.25, 1), "-1.2"), (fixed(0.05, 0), "0"), (fixed(.nan, 1), "nan"),
      (exponential(0), "0.000000e+00"), (exponential(9.999e-5, 2, width: 10), "  1.00e-04"),
      (exponential(1.23456e120, 2), "1.23e+120"), (exponential(12345.678), "1.234568e+04"),
      (exponential(-2.5e-7, 1), "-2.5e-07"), (byteText(480_000), "480.0 KB"), (byteText(8), "8 B"),
    ])
  func numbers(ours: String, expected: String) { #expect(ours == expected) }
}
