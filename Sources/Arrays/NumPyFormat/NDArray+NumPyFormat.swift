extension NDArray {
  /// Reads an array from a `.npy` file.
  ///
  /// A large file is mapped instead of copied: its pages are read when they are first used, and
  /// changes to the array stay in memory. Files in Fortran order give transposed views.
  public init(contentsOf path: String) throws(ArrayError) {
    let storage = try InputFile.storage(path)
    self = try NumPyFile.array(in: storage, name: path)
  }

  /// Writes the array to a `.npy` file, byte for byte as NumPy does.
  ///
  /// What was at `path` before is replaced when all has been written, and is kept when that fails.
  /// Devices and pipes are written to as they are. A path that stands for an open descriptor, such as
  /// `/dev/stdout`, is written to through it, so a log that it appends to keeps what it has.
  public func write(to path: String) throws(ArrayError) {
    let content = try NumPyFile(self)
    var file = try OutputFile(path)
    try file.write(content.header)
    try content.withElements { bytes throws(ArrayError) in try file.write(bytes) }
    try file.commit()
  }

  /// Reads all arrays of a `.npz` file, in the order in which they lie there.
  public static func load(npz path: String) throws(ArrayError) -> [(name: String, array: NDArray)] {
    let archive = try ZipReader(path)
    var arrays: [(name: String, array: NDArray)] = []
    for (name, entry) in archive.arrays { arrays.append((name, try archive.array(in: entry))) }
    return arrays
  }

  /// Reads the array of one name of a `.npz` file, the last if there are several, and nothing else that lies there:
  /// `NDArray.load(npz: "model.npz", named: "w")` is NumPy's `load("model.npz")["w"]`.
  ///
  /// - Throws: what is wrong with the file or the array; where there is no such name, those that
  ///   there are.
  public static func load(npz path: String, named name: String) throws(ArrayError) -> NDArray {
    let archive = try ZipReader(path)
    guard let entry = archive.arrays.last(where: { $0.name == name })?.entry else {
      throw .notInArchive(path, name, known: archive.arrays.map(\.name))
    }
    return try archive.array(in: entry)
  }

  /// Returns the names of the arrays of a `.npz` file, none of which is read.
  package static func names(npz path: String) throws(ArrayError) -> [String] {
    try ZipReader(path).arrays.map(\.name)
  }

  /// Writes arrays to a `.npz` file under their names, without compression, byte for byte as NumPy's
  /// `savez` does; the file is replaced as `write(to:)` says.
  public static func save(
    npz path: String, _ arrays: [(name: String, array: NDArray)]
  ) throws(ArrayError) {
    var names: Set<String> = []
    for (name, _) in arrays where !names.insert(name).inserted {
      throw .doubledName(path, name)
    }
    var archive = ZipWriter(try OutputFile(path))
    for (name, array) in arrays {
      let content = try NumPyFile(array)
      try content.withElements { bytes throws(ArrayError) in
        try archive.add(name + ".npy", content.header, bytes)
      }
    }
    try archive.finish()
  }

  /// Writes arrays to a `.npz` file: `NDArray.save(npz: "model.npz", ["w": w, "b": b])`.
  public static func save(
    npz path: String, _ arrays: KeyValuePairs<String, NDArray>
  ) throws(ArrayError) {
    try save(npz: path, arrays.map { (name: $0.key, array: $0.value) })
  }
}

extension ZipReader {
  /// The entries that are arrays, under the names that NumPy gives them.
  fileprivate var arrays: [(name: String, entry: Entry)] {
    entries.filter { $0.name.hasSuffix(".npy") }.map { (String($0.name.dropLast(4)), $0) }
  }

  fileprivate func array(in entry: Entry) throws(ArrayError) -> NDArray {
    try NumPyFile.array(in: try content(of: entry), name: nameInErrors(entry))
  }
}
