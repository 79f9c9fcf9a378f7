import Martlet

/// The arrays that `--input` names.
struct InputFiles {
  private(set) var arrays: [(name: String, array: NDArray)] = []

  /// Reads them in their order.
  ///
  /// - Parameter arguments: `x=data.npy`, `model.npz`, or `w=model.npz` for the array of that name.
  init(_ arguments: [String]) throws {
    for argument in arguments {
      for (name, array) in try Self.read(argument) {
        if arrays.contains(where: { $0.name == name }) { throw CommandError.doubledInput(name) }
        arrays.append((name, array))
      }
    }
  }

  private static func read(_ argument: String) throws -> [(name: String, array: NDArray)] {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let path = String(parts[parts.count - 1])
    if path.isEmpty { throw CommandError.noFile(argument) }
    guard parts.count == 2 else {
      if path.hasSuffix(".npz") { return try archive(path) }
      throw CommandError.noName(argument)
    }
    let name = String(parts[0])
    try check(name, exitCode: Ending.misused)
    guard path.hasSuffix(".npz") else { return [(name, try NDArray(contentsOf: path))] }
    let known = try NDArray.names(npz: path)
    if !known.contains(name) { throw CommandError.notInArchive(path, name, known: known) }
    return [(name, try NDArray.load(npz: path, named: name))]
  }

  private static func archive(_ path: String) throws -> [(name: String, array: NDArray)] {
    let entries = try NDArray.load(npz: path)
    for (name, _) in entries { try check(name, exitCode: 1) }
    return entries
  }

  /// Refuses what expressions could not name, which the command line says or a file.
  private static func check(_ name: String, exitCode: Int32) throws {
    let isName =
      name.first.map { $0.isLetter || $0 == "_" } == true
      && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
    if !isName { throw CommandError.notAName(name, exitCode: exitCode) }
  }
}
