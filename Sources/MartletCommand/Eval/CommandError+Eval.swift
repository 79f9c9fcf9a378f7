import Expressions

extension CommandError {
  static func noFile(_ argument: String) -> CommandError {
    CommandError(
      "--input takes a name and a file, as in x=data.npy; got '\(argument)'",
      exitCode: Ending.misused)
  }

  static func noName(_ argument: String) -> CommandError {
    CommandError(
      "--input takes a name and a file, as in x=\(argument); got '\(argument)'",
      notes: ["of .npz files alone, arrays have names"], exitCode: Ending.misused)
  }

  static func notAName(_ name: String, exitCode: Int32) -> CommandError {
    CommandError(
      "names of inputs are letters, digits and '_'; got '\(name)'", exitCode: exitCode)
  }

  static func doubledInput(_ name: String) -> CommandError {
    CommandError("input '\(name)' is given twice", exitCode: Ending.misused)
  }

  static func notInArchive(_ path: String, _ name: String, known: [String]) -> CommandError {
    let list = known.map { "'\($0)'" }.joined(separator: ", ")
    return CommandError(
      "\(path): there is no array '\(name)'",
      notes: NearestName.note(name, among: known)
        + [known.isEmpty ? "it holds none" : "its arrays are \(list)"])
  }

  static func outputCount(_ count: Int, given: Int) -> CommandError {
    CommandError(
      "there \(count == 1 ? "is 1 result" : "are \(count) results"); --output is given "
        + "\(given == 1 ? "once" : "\(given) times")", exitCode: Ending.misused)
  }
}
