import Foundation
import TestSupport
import Testing

/// Programs that count their calls, run as processes.
@Suite struct ProfileTests {
  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try Shell.run(
      Repository.program("monte-carlo-pi"), ["--seed", "7", "--calls", "50"] + arguments,
      environment: environment)
  }

  /// What follows the lines that a program prints otherwise.
  private func tables(_ text: String) -> String {
    text.range(of: "Function profiling").map { String(text[$0.lowerBound...]) } ?? ""
  }

  @Test("The seed's program prints Theano's tables, which are read as Theano's own are")
  func seed() throws {
    let outcome = try run("--profile", "--samples", "30000")
    #expect(outcome.status == 0 && outcome.errors == "")
    let profile = try TheanoProfile(tables(outcome.output))
    #expect(profile.message == "pi" && profile.calls == 51)
    let names = profile.ops.map(\.name)
    #expect(names == ["Sum{acc_dtype=int64}{Composite{LE((sqr(i0) + sqr(i1)), i2)}}"])
    #expect(profile.ops[0].calls == 51 && profile.nodes == 1)
    for word in ["% of limit", "estimated shares:", "written at Estimate.swift:", "BLAS: OpenBLAS"]
    {
      #expect(outcome.output.contains(word), "\(word)")
    }
    let both = try run("--profile", "--json")
    #expect(both.status > 0 && both.errors.contains("--profile prints tables"))
  }

  @Test("Without a compiler each equation has a row")
  func withoutCompiler() throws {
    let outcome = try run(
      "--profile", "--samples", "1000", environment: ["MARTLET_LLVM": "none"])
    #expect(outcome.status == 0)
    let profile = try TheanoProfile(tables(outcome.output))
    #expect(profile.calls == 51 && profile.applies.count > 4)
    #expect(Set(profile.ops.map(\.type)) == ["Py"])
    #expect(profile.thunkSeconds > 0 && profile.thunkSeconds < profile.callSeconds)
    #expect(outcome.output.contains("there is no compiler"))
  }

  @Test("MARTLET_PROFILE prints every function when the process ends, and their sum")
  func process() throws {
    let outcome = try run("--threads", "1,2", environment: ["MARTLET_PROFILE": "1"])
    #expect(outcome.status == 0 && !outcome.output.contains("Function profiling"))
    let profiles = outcome.errors.ranges(of: "Function profiling")
    #expect(profiles.count == 3)
    #expect(try TheanoProfile(outcome.errors).calls == 51)
    let sum = try #require(profiles.last)
    let all = try TheanoProfile(String(outcome.errors[sum.lowerBound...]))
    #expect(all.calls == 102 && all.message.hasPrefix("Sum of all(2) printed profiles at exit"))
    for word in ["0", "off"] {
      #expect(try run(environment: ["MARTLET_PROFILE": word]).errors == "")
    }
    #expect(!FileManager.default.fileExists(atPath: "off"))
    let word = try run(environment: ["MARTLET_PROFILE": "yes"])
    #expect(word.errors.contains("Function profiling"))
  }

  @Test("MARTLET_PROFILE names a file, whose ending says what it gets")
  func files() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func written(_ name: String) throws -> Data {
      let file = folder.appending(path: name)
      let outcome = try run(environment: ["MARTLET_PROFILE": file.path])
      #expect(outcome.status == 0 && outcome.errors == "")
      return try Data(contentsOf: file)
    }
    let json = try JSONSerialization.jsonObject(with: try written("p.json")) as? [String: Any]
    #expect((json?["functions"] as? [Any])?.count == 1)
    let trace = try JSONSerialization.jsonObject(with: try written("p.trace")) as? [String: Any]
    #expect((trace?["traceEvents"] as? [Any])?.count ?? 0 > 100)
    let text = String(decoding: try written("p.txt"), as: UTF8.self)
    #expect(try TheanoProfile(text).calls == 51)
    let bad = try run(environment: ["MARTLET_PROFILE": "/no/such/p.json"])
    #expect(bad.status == 0)
    #expect(
      bad.errors
        == "martlet: MARTLET_PROFILE: /no/such/p.json: cannot be written; no such file or directory\n"
    )
  }
}
