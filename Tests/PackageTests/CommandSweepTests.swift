import Foundation
import Testing

/// `martlet pi`, `martlet matmul` and `martlet cache`, run as processes.
@Suite struct CommandSweepTests {
  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try Shell.run(Repository.program("martlet"), arguments, environment: environment)
  }

  private struct Sweep: Decodable {
    struct Row: Decodable {
      struct Call: Decodable {
        let calls: Int
        let fastest: Double, median: Double
      }
      let threads: Int
      let call: Call
      let estimate: Double?
      let rate: Double?, peak: Double?
    }
    let rows: [Row]
  }

  private func sweep(_ outcome: Outcome) throws -> [Sweep.Row] {
    #expect(outcome.status == 0 && outcome.errors == "", "\(outcome.errors)")
    return try JSONDecoder().decode(Sweep.self, from: Data(outcome.output.utf8)).rows
  }

  @Test("π is estimated, with the same bits on any number of threads")
  func pi() throws {
    let rows = try sweep(
      run("pi", "--samples", "1000,200003", "--threads", "1,3", "--seconds", "0.01", "--json"))
    #expect(rows.map(\.threads) == [1, 3, 1, 3])
    #expect(rows.allSatisfy { $0.call.calls > 0 && $0.call.fastest <= $0.call.median })
    #expect(rows[0].estimate == rows[1].estimate && rows[2].estimate == rows[3].estimate)
    #expect(abs(try #require(rows[3].estimate) - Double.pi) < 0.02)
  }

  @Test("Products of matrices have a rate and a peak")
  func matmul() throws {
    let rows = try sweep(
      run("matmul", "--sizes", "1,64", "--threads", "1,2", "--seconds", "0.01", "--json"))
    #expect(rows.map(\.threads) == [1, 2, 1, 2])
    for row in rows { #expect(try #require(row.rate) > 0 && #require(row.peak) > 0) }
  }

  @Test("Without JSON there is a table, and no progress in a file")
  func tables() throws {
    let pi = try run("pi", "--samples", "1000", "--threads", "1,2", "--seconds", "0.001")
    #expect(pi.output.split(separator: "\n").count == 3 && pi.errors == "")
    #expect(pi.output.hasPrefix("samples "))
    let product = try run("matmul", "--sizes", "2", "--threads", "1", "--seconds", "0.001")
    #expect(product.output.split(separator: "\n").count == 3 && product.errors == "")
    #expect(product.output.hasPrefix("float32, OpenBLAS's kernels for "))
  }

  @Test(
    "Numbers that make no sense are refused in words",
    arguments: [
      (["pi", "--samples", "0"], "--samples takes whole numbers from 1; got 0; see"),
      (["pi", "--samples=-5"], "--samples takes whole numbers from 1; got -5; see"),
      (["pi", "--samples", "1,,2"], "The value '1,,2' is invalid for '--samples"),
      (["pi", "--samples", "99999999999999999999"], "'99999999999999999999' is invalid"),
      (["pi", "--threads", "0"], "--threads takes whole numbers from 1 to 256; got 0; see"),
      (["pi", "--threads", "257"], "--threads takes whole numbers from 1 to 256; got 257; see"),
      (["eval", "1", "--threads", "0"], "--threads takes whole numbers from 1 to 256; got 0; see"),
      (
        ["eval", "1", "--threads", "257"],
        "--threads takes whole numbers from 1 to 256; got 257; see"
      ),
      (["pi", "--dtype", "float16"], "'float16' is invalid for '--dtype"),
      (["pi", "--seconds", "0"], "--seconds takes a number above 0 and up to 3600; got 0.0; see"),
      (
        ["pi", "--seconds", "nan"], "--seconds takes a number above 0 and up to 3600; got nan; see"
      ),
      (["matmul", "--sizes=-1"], "--sizes takes whole numbers from 1; got -1; see"),
      (["matmul", "--sizes", "ten"], "'ten' is invalid for '--sizes"),
      (["cache", "list", "--all"], "Unknown option '--all'"),
      (["cache", "empty"], "Unexpected argument 'empty'"),
    ])
  func badNumbers(arguments: [String], message: String) throws {
    let outcome = try Shell.run(Repository.program("martlet"), arguments)
    #expect(outcome.status == 64 && outcome.output == "")
    #expect(outcome.errors.hasPrefix("martlet: "))
    #expect(outcome.errors.contains(message), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test(
    "A plot is written to its file; one that cannot be written is refused before anything is measured"
  )
  func plots() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "sweep.svg").path
    let outcome = try run(
      "pi", "--samples", "1000", "--threads", "1,2", "--seconds", "0.001", "--svg", path)
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(try folder.text("sweep.svg").contains("n = 1000"))
    let refused = try run("pi", "--svg", "/no/such/folder/a.svg")
    #expect(refused.status == 1 && refused.output == "")
    #expect(
      refused.errors
        == "martlet: /no/such/folder/a.svg: cannot be written; no such file or directory\n")
    #expect(try run("doctor", "--quick", "--svg", path).status == 64)
  }

  @Test(
    "Sizes that no memory holds are refused in one line",
    arguments: [
      ["pi", "--samples", "1000000000000000"], ["pi", "--samples", "9223372036854775807"],
      ["matmul", "--sizes", "10000000"], ["matmul", "--sizes", "9223372036854775807"],
    ])
  func huge(arguments: [String]) throws {
    let outcome = try Shell.run(Repository.program("martlet"), arguments + ["--json"])
    #expect(outcome.status == 1 && outcome.output == "")
    #expect(outcome.errors.hasPrefix("martlet: uniform: "), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }

  @Test("The cache is listed, verified and cleared; what others keep there stays")
  func cache() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.appending(path: "cache").path
    let environment = ["MARTLET_CACHE": path]
    func cache(_ arguments: String...) throws -> Outcome {
      try Shell.run(
        Repository.program("martlet"), ["cache"] + arguments, environment: environment)
    }
    #expect(try cache("path").output == path + "\n")
    #expect(try cache().output == "\(path): 0 files, 0 B of 256 MiB\n")
    _ = try run(
      "pi", "--samples", "1000", "--threads", "1", "--seconds", "0.001", environment: environment)
    let list = try cache("list")
    #expect(list.status == 0)
    #expect(list.output.contains("kernels for ") && list.output.contains("processors on record"))
    #expect(try cache("verify").output == "2 files, 0 of no use\n")

    let file = try #require(
      try FileManager.default.subpathsOfDirectory(atPath: path).first { $0.count > 30 })
    try Data([1]).write(to: URL(filePath: path).appending(path: file))
    let damaged = try cache("verify")
    #expect(damaged.status == 1)
    #expect(
      damaged.output == "\(path)/\(file): damaged; Martlet will not read it\n2 files, 1 of no use\n"
    )
    #expect(try cache("verify", "--remove").output.hasSuffix("\n2 files, 1 of no use; removed\n"))

    try Data([1]).write(to: URL(filePath: path).appending(path: "notes"))
    #expect(try cache("clear").output.hasPrefix("\(path): removed 1 file, "))
    #expect(try FileManager.default.subpathsOfDirectory(atPath: path) == ["notes"])
  }

  @Test("Where nothing is kept, the cache says so")
  func off() throws {
    for subcommand in ["path", "list", "verify", "clear"] {
      let outcome = try run("cache", subcommand, environment: ["MARTLET_CACHE": "off"])
      #expect(outcome.status == 1 && outcome.output == "")
      #expect(outcome.errors == "martlet: the cache is off; MARTLET_CACHE names a folder for it\n")
    }
  }
}
