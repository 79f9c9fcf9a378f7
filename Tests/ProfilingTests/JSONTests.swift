import Foundation
@testable import Profiling
import Testing

@Suite("Profiles as JSON") struct JSONTests {
  private var report: ProfileReport {
    var step = StepProfile(
      name: "k \"0\"\n", className: "A", opName: "é\u{1}", applyName: "\\", kind: .matmul, number: 1
    )
    (step.calls, step.seconds, step.limitSeconds, step.limitedSeconds) = (3, 0.1, 0.05, 0.1)
    step.operations = [OperationShare(name: "exp", count: 2, share: 1)]
    step.results = [ArrayDescription(dtype: "float64", shape: [2, 3], byteCount: 48)]
    var memory = MemoryPlan()
    memory.arrays = [
      PlannedArray(
        name: "%1", array: step.results[0], isResult: true, firstStep: 0, lastStep: 0, place: nil)
    ]
    var function = FunctionProfile(
      name: "f", place: "main.swift:3", threads: 2, calls: CallCounts(), steps: [step],
      memory: memory)
    function.compile.kernels = [KernelProfile(name: "k", seconds: 1e-3, wasCached: true)]
    function.compile.passes = [
      PassProfile(
        name: "merge", seconds: 1e-6, nodesBefore: 3, nodesAfter: 2,
        rules: [RuleProfile(name: "merge/equal", count: 1)])
    ]
    return ProfileReport(
      functions: [function],
      machine: MachineProfile(
        cores: 2, blasVendor: "OpenBLAS", blasVersion: "0.3.21", blasCore: "Zen", blasThreads: 1),
      secondsSinceStart: 1.5)
  }

  @Test("are read back by Foundation as they were")
  func roundTrip() throws {
    let report = report
    #expect(try JSONDecoder().decode(ProfileReport.self, from: Data(report.json.utf8)) == report)
  }

  @Test("keep their keys")
  func keys() throws {
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    #expect(
      object.keys.sorted() == [
        "functions", "functionsLeftOut", "machine", "secondsSinceStart", "version",
      ])
    let function = try #require((object["functions"] as? [[String: Any]])?.first)
    #expect(
      function.keys.sorted() == [
        "calls", "compile", "memory", "name", "notes", "place", "steps", "threads", "traceEvents",
        "traceEventsLeftOut",
      ])
    let step = try #require((function["steps"] as? [[String: Any]])?.first)
    #expect(
      step.keys.sorted() == [
        "applyName", "bytesRead", "bytesWritten", "calls", "className", "flops", "imbalance",
        "kind",
        "limitSeconds", "limitedSeconds", "meanThreads", "mostThreads", "name", "number", "opName",
        "operations", "places", "results", "seconds",
      ])
  }

  @Test("hold null for what is not a number, and whatever else can be encoded")
  func others() throws {
    #expect(try JSONText.text(of: [1.5, .infinity, .nan], indented: false) == "[1.5, null, null]")
    #expect(
      try JSONText.text(of: ["a": [true, false]], indented: false) == "{\"a\": [true, false]}")
    #expect(try JSONText.text(of: [] as [Int]) == "[]")
  }
}

@Suite("Traces") struct TraceTests {
  private struct File: Decodable {
    let traceEvents: [Event]
    let otherData: [String: Int]

    struct Event: Decodable {
      let ph: String, name: String, tid: Int
      let cat: String?, ts: Double?, dur: Double?
    }
  }

  @Test("hold events in microseconds, with a row for each thread")
  func chrome() throws {
    let trace = ProfileTrace(
      events: [
        .init(name: "f", category: .call, thread: 77, start: 1000, end: 9001),
        .init(name: "k", category: .step, thread: 77, start: 2500, end: 9000),
        .init(name: "k", category: .part, thread: 5, start: 3000, end: 4000),
        .init(name: "k", category: .part, thread: 77, start: 2500, end: 9000),
      ], leftOut: 12)
    let file = try JSONDecoder().decode(File.self, from: Data(trace.chromeJSON.utf8))
    #expect(file.otherData == ["eventsLeftOut": 12])
    #expect(file.traceEvents.map(\.ph) == ["M", "M", "M", "X", "X", "X", "X"])
    #expect(
      file.traceEvents.map(\.name).prefix(3) == ["process_name", "thread_name", "thread_name"])
    let events = file.traceEvents.filter { $0.ph == "X" }
    #expect(events.map(\.tid) == [1, 1, 2, 1])
    #expect(events.map(\.ts) == [1, 2.5, 3, 2.5] && events[0].dur == 8.001)
    #expect(events.map(\.cat) == ["call", "step", "part", "part"])
  }
}
