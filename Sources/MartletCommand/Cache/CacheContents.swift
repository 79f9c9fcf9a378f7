import CPUBackend

/// What the cache holds. Its JSON has these names.
struct CacheContents: Codable, Equatable {
  var path: String
  var limitBytes: Int
  var files: [File]

  struct File: Codable, Equatable {
    enum Kind: String, Codable, CaseIterable {
      case kernel, processor, damaged, draft
    }

    var path: String
    var bytes: Int
    /// Seconds since 1970.
    var lastUse: Int
    var kind: Kind
    /// The processor and the LLVM that a kernel was made for and by.
    var processor: String?
    var llvm: String?
  }

  /// Looks at every file of the cache.
  init(_ report: CacheReport, _ files: [CacheReport.File]) {
    path = report.path
    limitBytes = report.byteLimit
    self.files = files.map(File.init)
  }

  init(path: String, limitBytes: Int, files: [File]) {
    (self.path, self.limitBytes, self.files) = (path, limitBytes, files)
  }
}

extension CacheContents.File {
  init(_ file: CacheReport.File) {
    (path, bytes, lastUse) = (file.path, file.byteCount, file.lastUse)
    switch file.content {
    case .kernel(let processor, let llvm):
      (kind, self.processor, self.llvm) = (.kernel, processor, llvm)
    case .processor: kind = .processor
    case .damaged: kind = .damaged
    case .draft: kind = .draft
    }
  }
}

/// What people read.
extension CacheContents {
  /// A table with a row for each kind of file.
  func text(_ style: Style) -> String {
    let table = Table([
      Table.Column("what", width: 36), Table.Column("files", width: 7),
      Table.Column("size", width: 10),
    ])
    let groups = Dictionary(grouping: files, by: \.name)
    let rows = groups.sorted { $0.key < $1.key }.map { name, files in
      table.row([name, "\(files.count)", Units.bytes(files.reduce(0) { $0 + $1.bytes })])
    }
    let bytes = files.reduce(0) { $0 + $1.bytes }
    let total =
      "\(Units.count(files.count, "file")), \(Units.bytes(bytes)) of \(Units.bytes(limitBytes))"
    return (["\(path): \(total)"] + (rows.isEmpty ? [] : [style.bold(table.heading)] + rows))
      .joined(separator: "\n")
  }

  /// What is wrong with the files, one on a line.
  var complaints: [String] {
    files.compactMap { file in
      switch file.kind {
      case .kernel, .processor: nil
      case .damaged: "\(file.path): damaged; Martlet will not read it"
      case .draft: "\(file.path): left by a process that ended while it wrote"
      }
    }
  }
}

extension CacheContents.File {
  /// What a file is counted under.
  fileprivate var name: String {
    switch kind {
    case .kernel: "kernels for \(processor ?? "?"), LLVM \(llvm ?? "?")"
    case .processor: "processors on record"
    case .damaged: "damaged"
    case .draft: "unfinished"
    }
  }
}
