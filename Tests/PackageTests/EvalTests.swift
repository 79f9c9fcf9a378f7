import Foundation
import Martlet
import Testing

/// `martlet eval`, run as a process on real files.
@Suite struct EvalTests {
  private static let fixtures = Repository.root.appending(path: "Tests/ExpressionsTests/Fixtures")
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(
    _ arguments: String..., environment: [String: String] = [:]
  ) throws -> Outcome {
    try Shell.run(
      Repository.program("martlet"), ["eval"] + arguments, environment: environment)
  }

  /// Arguments that give an array of the fixtures its name.
  private static func inputs(_ names: String...) -> [String] {
    names.flatMap { ["--input", "\($0)=\(fixtures.appending(path: "\($0).npy").path)"] }
  }

  private func path(_ name: String) -> String { folder.url.appending(path: name).path }

  private func file(_ name: String, _ content: [UInt8]) throws -> String {
    try Data(content).write(to: folder.url.appending(path: name))
    return path(name)
  }

  @Test("Over fifty expressions give NumPy's values in files", .tags(.slow))
  func values() throws {
    let text = try Repository.text("Tests/ExpressionsTests/Fixtures/expressions.txt")
    let expressions = text.split(separator: "\n").map(String.init)
    let expected = Dictionary(
      uniqueKeysWithValues: try NDArray.load(
        npz: Self.fixtures.appending(path: "expected.npz").path
      ).map { ($0.name, $0.array) })
    #expect(expressions.count >= 50)
    for (number, expression) in expressions.enumerated() {
      let count = expected.keys.count { $0.hasPrefix("\(number).") }
      let files = (0..<count).map { path("\($0).npy") }
      let arguments =
        ["eval", expression] + Self.inputs("x", "y", "m", "n", "c", "u", "b", "t", "s", "z", "g")
        + files.flatMap { ["--output", $0] }
      let outcome = try Shell.run(Repository.program("martlet"), arguments)
      try #require(outcome.status == 0, "\(expression): \(outcome.errors)")
      #expect(outcome.output == "")
      for (position, file) in files.enumerated() {
        let wanted = try #require(expected["\(number).\(position)"])
        let result = try NDArray(contentsOf: file)
        #expect(try isClose(result, wanted), "\(expression): \(result), not \(wanted)")
      }
    }
  }

  private func isClose(_ a: NDArray, _ b: NDArray) throws -> Bool {
    guard a.dtype == b.dtype, a.shape == b.shape else { return false }
    let tolerance = a.dtype == .float32 ? 2e-6 : 2e-15
    return zip(
      try a.cast(to: .float64).elements(as: Double.self),
      try b.cast(to: .float64).elements(as: Double.self)
    ).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  @Test("Results are printed as NumPy prints them, or as JSON")
  func printing() throws {
    let arguments = ["eval", "c[0] * 2, c.sum() / 0.0, m[0, :2] > 0"] + Self.inputs("c", "m")
    let plain = try Shell.run(Repository.program("martlet"), arguments)
    #expect(plain.output == "[-2 -2  2 10]\ninf\n[ True False]\n")
    let json = try Shell.run(Repository.program("martlet"), arguments + ["--json"])
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let outputs = try #require(report["outputs"] as? [[String: Any]])
    #expect(
      outputs.map { $0["expression"] as? String } == [
        "c[0] * 2", "c.sum() / 0.0", "m[0, :2] > 0",
      ])
    #expect(outputs.map { $0["dtype"] as? String } == ["int64", "float64", "bool"])
    #expect(outputs.map { $0["shape"] as? [Int] } == [[4], [], [2]])
    #expect(outputs[0]["values"] as? [Int] == [-2, -2, 2, 10])
    #expect(outputs[1]["values"] as? [String] == ["inf"])
    #expect(report["kernels"] is Int && report["compileSeconds"] is Double)
  }

  @Test("Expressions and files may begin with a minus sign")
  func minus() throws {
    for (expression, wanted) in [("-inf", "-inf"), ("-ones", "[-1 -1]"), ("-h*2", "[-2 -2]")] {
      try NDArray([1, 1]).write(to: path("-a.npy"))
      let outcome = try run(expression, "-i", "h=\(path("-a.npy"))", "-i", "ones=\(path("-a.npy"))")
      #expect(outcome.output == wanted + "\n", "\(outcome.errors)")
    }
    let outcome = try run("h + 1", "-i=h=\(path("-a.npy"))", "-o=\(path("b.npy"))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try NDArray(contentsOf: path("b.npy")) == NDArray([2, 2]))
  }

  @Test(
    "Every stage can be printed",
    arguments: [
      ("graph", "graph (x: f64[12]) -> f64[] {"), ("kernels", "kernel eval (x: f64[12])"),
      ("llvm", "define "), ("asm", "ret"),
      ("mermaid", "flowchart "), ("dot", "digraph "),
    ])
  func pictures(stage: String, text: String) throws {
    let outcome = try Shell.run(
      Repository.program("martlet"),
      ["eval", "sum(exp(-x**2))", "--print", stage] + Self.inputs("x"))
    #expect(outcome.status == 0)
    #expect(outcome.output.contains(text), "\(outcome.output)\(outcome.errors)")
    // Programs that draw would take the result for a part of the picture.
    let lines = outcome.output.split(separator: "\n")
    let isDrawn = stage == "mermaid" || stage == "dot"
    #expect((lines.last.flatMap { Double($0) } == nil) == isDrawn, "\(outcome.output)")
    if isDrawn { #expect(lines.first?.hasPrefix(text.dropLast()) == true) }
  }

  @Test("A profile is printed below the results")
  func profile() throws {
    let outcome = try Shell.run(
      Repository.program("martlet"), ["eval", "sum(exp(-x**2))", "--profile"] + Self.inputs("x"))
    #expect(outcome.status == 0 && outcome.errors == "")
    #expect(outcome.output.contains("Function profiling"))
  }

  @Test("Archives give their arrays by name")
  func archives() throws {
    let archive = path("model.npz")
    try NDArray.save(npz: archive, ["w": [[1.0, 2], [3, 4]], "b": [10.0, 20]])
    #expect(try run("w @ b", "--input", archive).output == "[ 50. 110.]\n")
    #expect(
      try run("v.sum()", "--input", "v=\(path("model.npz"))").errors == """
        martlet: \(archive): there is no array 'v'
          its arrays are 'w', 'b'

        """)
    #expect(
      try run("v.sum()", "--input", "W=\(archive)").errors == """
        martlet: \(archive): there is no array 'W'
          did you mean 'w'?
          its arrays are 'w', 'b'

        """)
    try NDArray.save(npz: archive, ["layer.w": [1.0]])
    try expect(["1", "-i", archive], "names of inputs are letters, digits and '_'; got 'layer.w'")
  }

  @Test("An array of an archive is read alone, beside others that cannot be read")
  func arrayBesideText() throws {
    let archive = Repository.root.appending(path: "Tests/ArraysTests/Fixtures/with-text.npz").path
    let outcome = try run("ramp.sum()", "--input", "ramp=\(archive)")
    #expect(outcome.output == "3\n" && outcome.errors == "")
  }

  @Test("Results go on in the file that standard output is, after what it holds")
  func standardOutput() throws {
    let log = try file("log.txt", Array("log\n".utf8))
    let program = Repository.program("martlet")
    let script = "\(program) eval '1, 2' -o /dev/stdout -o /dev/fd/1 >> \(log); echo end >> \(log)"
    #expect(try Shell.run("sh", ["-c", script]).errors == "")
    try NDArray(1).write(to: path("1.npy"))
    try NDArray(2).write(to: path("2.npy"))
    let parts = [
      Data("log\n".utf8), try content("1.npy"), try content("2.npy"), Data("end\n".utf8),
    ]
    #expect(try content("log.txt") == parts.reduce(Data(), +))
  }

  private func content(_ name: String) throws -> Data {
    try Data(contentsOf: URL(filePath: path(name)))
  }

  @Test("The functions are listed")
  func functions() throws {
    let lines = try run("--functions").output.split(separator: "\n")
    #expect(lines.contains("sum(x, axis, dtype, keepdims)"))
    #expect(lines.contains("divide(x, y), also true_divide"))
    #expect(lines.count > 60)
  }

  // MARK: - Bad input

  private func expect(
    _ arguments: [String], _ text: String, status: Int32 = 1, line: Int = #line
  ) throws {
    let outcome = try Shell.run(Repository.program("martlet"), ["eval"] + arguments)
    #expect(outcome.status == status, "line \(line)")
    #expect(outcome.output == "", "line \(line)")
    #expect(outcome.errors == "martlet: \(text)\n", "line \(line)")
  }

  @Test("Expressions that make no sense are pointed at")
  func expressions() throws {
    try expect(
      ["sum(xy)"] + Self.inputs("x", "y"),
      """
      column 5: there is no input 'xy'
        sum(xy)
            ^~
        did you mean 'x'?
        inputs are 'x', 'y'
      """)
    try expect(
      ["x + "], "column 3: '+' needs an operand on its right\n  x + \n    ^")
    try expect(
      ["x"],
      """
      column 1: there is no input 'x'
        x
        ^
        there are no inputs; --input x=FILE gives one
      """)
  }

  @Test("Files that are missing, foreign, torn or too large are told of")
  func files() throws {
    let text = try file("text.npy", Array("1 2 3\n".utf8))
    let half = try file("half.npy", Self.header("<f2", "(1,)") + [0, 0])
    let torn = try file("torn.npy", Self.header("<f8", "(2,)") + [0, 0, 0])
    let huge = try file("huge.npy", Self.header("<f8", "(1099511627776,)"))
    let zip = try file("zip.npz", [80, 75, 3, 4])
    try expect(
      ["x", "-i", "x=/nowhere.npy"], "/nowhere.npy: cannot be read; no such file or directory")
    try expect(
      ["x", "-i", "x=/"], "/: only regular files are read; this is a folder, a device or a pipe")
    try expect(
      ["x", "-i", "x=\(text)"],
      "\(text): a .npy file begins with the bytes 93 4E 55 4D 50 59; this one does not")
    try expect(
      ["x", "-i", "x=\(half)"],
      "\(half): header says dtype '<f2'; dtypes read are bool, int8 to int64, uint8 to uint64, "
        + "float32 and float64")
    try expect(
      ["x", "-i", "x=\(torn)"],
      "\(torn): header says f64[2], which takes 16 bytes; the file has 3 after it")
    try expect(
      ["x", "-i", "x=\(huge)"],
      "\(huge): header says f64[1099511627776], which takes 8796093022208 bytes; the file has 0 after it"
    )
    try expect(
      ["x", "-i", zip], "\(zip): a .npz file ends with a zip directory; this one does not")
    try expect(
      ["1", "-o", "/proc/none.npy"], "/proc/none.npy: cannot be written; no such file or directory")
  }

  @Test("Results that memory does not hold are told of")
  func memory() throws {
    try expect(
      ["broadcast_to(x[0], (2**30, 2**20)) + 1"] + Self.inputs("x"),
      """
      add: 8388608 GiB cannot be allocated for the result, f64[1073741824,1048576]
        broadcast(squeeze(…)) : f64[1073741824,1048576]
        1 : f64[]
      """)
  }

  /// The first bytes of a file with a dtype and a shape as NumPy writes them.
  private static func header(_ dtype: String, _ shape: String) -> [UInt8] {
    let text = "{'descr': '\(dtype)', 'fortran_order': False, 'shape': \(shape), }"
    let padded = text + String(repeating: " ", count: 117 - text.count) + "\n"
    return [0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0] + Array(padded.utf8)
  }

  @Test("Arguments that make no sense are refused")
  func arguments() throws {
    try expect(
      ["x", "-i", "data.npy"],
      """
      --input takes a name and a file, as in x=data.npy; got 'data.npy'
        of .npz files alone, arrays have names
      """, status: 64)
    for input in ["x=", "", "="] {
      try expect(
        ["x", "-i", input],
        "--input takes a name and a file, as in x=data.npy; got '\(input)'", status: 64)
    }
    for name in ["2x", ""] {
      try expect(
        ["x", "-i", "\(name)=a.npy"],
        "names of inputs are letters, digits and '_'; got '\(name)'", status: 64)
    }
    try expect(["x"] + Self.inputs("x", "x"), "input 'x' is given twice", status: 64)
    try expect(
      ["1, 2", "-o", path("a.npy")], "there are 2 results; --output is given once", status: 64)
    try expect(
      ["1", "-o", path("a.npy"), "-o", path("b.npy")],
      "there is 1 result; --output is given 2 times", status: 64)
    let missing = try run()
    #expect(missing.status == 64)
    #expect(
      missing.errors
        == "martlet: an expression is missing, such as \"sum(x)\"; see 'martlet eval --help'\n")
    let stage = try run("1", "--print", "mlir")
    #expect(stage.status == 64)
    #expect(stage.errors.contains("'mlir' is invalid for '--print"))
  }

  @Test("A closed pipe and a full disk end in one line")
  func output() throws {
    let program = Repository.program("martlet")
    let pipe = try Shell.run(
      "bash", ["-c", "set -o pipefail; \(program) eval --functions | head -1"])
    #expect(pipe.errors == "" && pipe.output == "add(x, y)\n")
    let disk = try Shell.run("bash", ["-c", "\(program) eval 1 > /dev/full"])
    #expect(disk.status == 74)
    #expect(
      disk.errors == "martlet: standard output: cannot be written; no space left on device\n")
    let closed = try Shell.run("bash", ["-c", "\(program) eval 1 >&-"])
    #expect(closed.errors == "martlet: standard output: cannot be written; it is closed\n")
  }
}
