import Expressions

/// The functions of the language, as `--functions` lists them.
enum FunctionList {
  static func write() throws {
    let lines = Formula.functions.map { signature, otherNames in
      otherNames.isEmpty ? signature : "\(signature), also \(otherNames.joined(separator: ", "))"
    }
    try StandardOutput.write(lines.joined(separator: "\n"))
  }
}
