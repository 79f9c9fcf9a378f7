/// A reader of Theano's profile, written for the text that Theano 1.0.5 prints: fixed words before the
/// numbers of the header, and tables whose last column is a name.
package struct TheanoProfile {
  package var message = ""
  package var calls = 0
  package var callSeconds = 0.0, vmSeconds = 0.0, thunkSeconds = 0.0
  package var compileSeconds = 0.0, optimizerSeconds = 0.0, validateSeconds = 0.0,
    linkerSeconds = 0.0
  package var importSeconds = 0.0, thunkMakingSeconds = 0.0
  package var nodes = 0
  /// The slowest to compile, with their times.
  package var made: [(name: String, seconds: Double)] = []
  package var gradSeconds = 0.0, secondsSinceImport = 0.0
  package var classes: [Row] = [], ops: [Row] = [], applies: [Row] = []
  /// The rows that the tables leave out: how many, their share in percent, and their time.
  package var remaining: [String: (count: Int, percent: Double, seconds: Double)] = [:]
  package var memory: Memory?

  /// A row of one of the tables.
  package struct Row {
    package var percent = 0.0, sum = 0.0, seconds = 0.0, secondsPerCall = 0.0
    package var type = "", calls = 0, applies = 0, id = 0
    package var megaflops: Double?, gigaflopsPerSecond: Double?
    package var name = ""
  }

  /// The table of memory.
  package struct Memory {
    /// The peaks in KB, in the order of the text, with those in brackets.
    package var peaks: [(name: String, kilobytes: Int, inBrackets: Int?)] = []
    package var applies: [(bytes: Int, shapes: String, codes: [String], name: String)] = []
    package var remaining: (count: Int, bytes: Int, all: Int)?
  }

  /// What is wrong with a text.
  package struct Unreadable: Error {
    package let line: String
    package let expected: String
  }

  /// Reads the profile of the first function in a text.
  package init(_ text: String) throws {
    var lines = Lines(text)
    try lines.expect("Function profiling")
    try lines.expect("==================")
    message = try lines.text(after: "  Message: ")
    try readHeader(&lines)
    gradSeconds = try lines.seconds(after: "Time in all call to theano.grad() ")
    secondsSinceImport = try lines.seconds(after: "Time since theano import ")
    classes = try table(&lines, "Class", "---", Self.classColumns, "Class name", "Classes")
    ops = try table(&lines, "Ops", "---", Self.classColumns, "Op name", "Ops")
    applies = try table(&lines, "Apply", "------", nil, "Apply name", "Apply instances")
    if lines.next == "Memory Profile" { memory = try Memory(&lines) }
  }

  private mutating func readHeader(_ lines: inout Lines) throws {
    var line = Words(try lines.text(after: "  Time in "))
    calls = try line.integer()
    try line.expect("calls", "to", "Function.__call__:")
    callSeconds = try line.seconds()
    vmSeconds = try lines.shareOfCalls(after: "  Time in Function.fn.__call__: ", callSeconds)
    thunkSeconds = try lines.shareOfCalls(after: "  Time in thunks: ", callSeconds)
    compileSeconds = try lines.seconds(after: "  Total compile time: ")
    nodes = try lines.integer(after: "    Number of Apply nodes: ")
    optimizerSeconds = try lines.seconds(after: "    Theano Optimizer time: ")
    validateSeconds = try lines.seconds(after: "       Theano validate time: ")
    linkerSeconds = try lines.seconds(
      after: "    Theano Linker time (includes C, CUDA code generation/compiling): ")
    importSeconds = try lines.seconds(after: "       Import time ")
    thunkMakingSeconds = try lines.seconds(after: "       Node make_thunk time ")
    while lines.next?.hasPrefix("           Node ") == true {
      let text = try lines.text(after: "           Node ")
      guard let time = text.range(of: " time ", fromEnd: true) else {
        throw Unreadable(line: text, expected: " time ")
      }
      var words = Words(String(text[time.upperBound...]))
      made.append((String(text[..<time.lowerBound]), try words.seconds()))
    }
    try lines.expect("")
  }

  private static let classColumns = ["<type>", "<#call>", "<#apply>"]

  private mutating func table(
    _ lines: inout Lines, _ title: String, _ rule: String, _ columns: [String]?, _ name: String,
    _ plural: String
  ) throws -> [Row] {
    try lines.expect(title)
    try lines.expect(rule)
    let header = try lines.line()
    let start = "<% time> <sum %> <apply time> <time per call> "
    let hasFlops = header.contains("<Mflops> <Gflops/s>")
    let numbers = hasFlops ? "<#call> <id> <Mflops> <Gflops/s>" : "<#call> <id>"
    let rest = columns?.joined(separator: " ") ?? numbers
    let expected = "\(start)\(rest) <\(name)>"
    guard header == expected else { throw Unreadable(line: header, expected: expected) }
    var rows: [Row] = []
    while let line = lines.next, !line.hasPrefix("   ... (remaining ") {
      _ = try lines.line()
      // What Theano tells of memory below each row is not of the table.
      if line.hasPrefix("    input ") || line.hasPrefix("    output ") { continue }
      rows.append(try Row(line, isApply: columns == nil, hasFlops: hasFlops))
    }
    var words = Words(try lines.text(after: "   ... (remaining "))
    let count = try words.integer()
    let account: [Substring] = "\(plural) account for ".split(separator: " ")
    try words.expect(account.map { String($0) })
    let (percent, seconds) = try words.percentAndSeconds()
    try words.expect("of", "the", "runtime)")
    remaining[title] = (count, percent, seconds)
    try lines.expect("")
    return rows
  }
}

extension TheanoProfile.Row {
  /// Reads the cells by their places: each has a width that only large values exceed, and ends with a
  /// blank.
  init(_ line: String, isApply: Bool, hasFlops: Bool) throws {
    var words = Words(line)
    percent = try words.number(before: "%")
    sum = try words.number(before: "%")
    seconds = try words.seconds()
    secondsPerCall = try words.seconds()
    if !isApply {
      type = try words.word()
      calls = try words.integer()
      applies = try words.integer()
      name = words.rest
      return
    }
    calls = try words.integer()
    id = try words.integer()
    guard hasFlops else {
      name = words.rest
      return
    }
    // Two columns of 8 and 10 that may be blank.
    let cells = words.columns([1, 8, 1, 10, 1])
    (megaflops, gigaflopsPerSecond) = (Double(cells[1].trimmed), Double(cells[3].trimmed))
    name = words.rest
  }
}

extension TheanoProfile.Memory {
  init(_ lines: inout Lines) throws {
    try lines.expect("Memory Profile")
    try lines.expect("(Sparse variables are ignored)")
    try lines.expect("(For values in brackets, it's for linker = c|py")
    try lines.expect("---")
    var title = ""
    while let line = lines.next, line != "" {
      let text = try lines.line()
      let words = text.split(separator: " ").map(String.init)
      if text.hasPrefix("        "), let colon = text.firstIndex(of: ":") {
        let values = text[text.index(after: colon)...].split(whereSeparator: { " ()".contains($0) })
        let numbers = try values.map { value -> Int in
          guard value.hasSuffix("KB"), let number = Int(value.dropLast(2)) else {
            throw TheanoProfile.Unreadable(line: text, expected: "KB")
          }
          return number
        }
        let processor = String(text[..<colon]).trimmed
        peaks.append((title + " " + processor, numbers[0], numbers.count > 1 ? numbers[1] : nil))
      } else if words.first != "---" {
        title = text.trimmed
      }
    }
    try lines.expect("")
    try lines.expect(
      "    <Sum apply outputs (bytes)> <Apply outputs shape> <created/inplace/view> <Apply node>")
    try lines.expect("")
    while let line = lines.next, !line.hasPrefix("   ... (remaining ") {
      applies.append(try Self.apply(try lines.line()))
    }
    var words = Words(try lines.text(after: "   ... (remaining "))
    let count = try words.integer()
    try words.expect("Apply", "account", "for")
    let parts = try words.word().split(separator: "/").map { Int($0.dropLast()) ?? -1 }
    remaining = (count, parts[0], parts[1])
  }

  private static func apply(
    _ line: String
  ) throws -> (bytes: Int, shapes: String, codes: [String], name: String) {
    guard let open = line.firstIndex(of: "["), let close = line.firstIndex(of: "]"),
      let bytes = Int(String(line[..<open]).trimmed.dropLast())
    else { throw TheanoProfile.Unreadable(line: line, expected: "bytes [shapes]") }
    var words = Words(String(line[line.index(after: close)...]))
    var codes: [String] = []
    while let next = words.next, ["c", "i", "v"].contains(next) { codes.append(try words.word()) }
    return (bytes, String(line[open...close]), codes, words.rest)
  }
}
