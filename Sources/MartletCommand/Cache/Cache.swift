import ArgumentParser
import CPUBackend

/// `martlet cache`
struct Cache: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Looks at the folder that compiled kernels are kept in, and clears it up.",
    discussion: """
      MARTLET_CACHE names the folder, or says 'off'; else it is 'martlet' in XDG_CACHE_HOME, else \
      ~/.cache/martlet. Other processes may use it meanwhile.
      """,
    subcommands: [Path.self, List.self, Verify.self, Clear.self], defaultSubcommand: List.self)

  /// The folder of this process.
  static func report() throws -> CacheReport {
    guard let report = CacheReport.standard else { throw CommandError.cacheOff }
    return report
  }

  /// Removes files, or says which could not be.
  static func remove(_ files: [CacheReport.File], from report: CacheReport) throws {
    if let (path, reason) = report.remove(files).first {
      throw CommandError.cannotRemove(path, reason.lowercased())
    }
  }
}

extension Cache {
  /// `martlet cache path`
  struct Path: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints the folder.",
      discussion: """
        Examples:
          martlet cache path
          du -sh $(martlet cache path)
        """)

    func run() throws { try StandardOutput.write(try Cache.report().path) }
  }

  /// `martlet cache list`
  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints what is kept, for which processors, and how large it is.",
      discussion: """
        Examples:
          martlet cache
          martlet cache list --json
        """)

    @Flag(help: "Print one line of JSON with every file.")
    var json = false

    func run() throws {
      let report = try Cache.report()
      let contents = CacheContents(report, report.files())
      if json { return try StandardOutput.write(json: contents) }
      try StandardOutput.write(contents.text(.standardOutput))
    }
  }

  /// `martlet cache verify`
  struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Reads every file and names those that are damaged.",
      discussion: """
        The exit code is 1 where there are any and they stay.

        Examples:
          martlet cache verify
          martlet cache verify --remove
        """)

    @Flag(help: "Remove those files.")
    var remove = false

    func run() throws {
      let report = try Cache.report()
      let files = report.files()
      let complaints = CacheContents(report, files).complaints
      for line in complaints { try StandardOutput.write(line) }
      let bad = files.filter { $0.content == .damaged || $0.content == .draft }
      let removed = remove && !bad.isEmpty ? "; removed" : ""
      if remove { try Cache.remove(bad, from: report) }
      try StandardOutput.write(
        "\(Units.count(files.count, "file")), \(bad.count) of no use\(removed)")
      if !bad.isEmpty, !remove { throw ExitCode.failure }
    }
  }

  /// `martlet cache clear`
  struct Clear: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes what is kept. Files that Martlet did not make stay.",
      discussion: """
        Examples:
          martlet cache clear
        """)

    func run() throws {
      let report = try Cache.report()
      let files = report.files()
      try Cache.remove(files, from: report)
      let bytes = files.reduce(0) { $0 + $1.byteCount }
      try StandardOutput.write(
        "\(report.path): removed \(Units.count(files.count, "file")), \(Units.bytes(bytes))")
    }
  }
}
