extension ProfileReport {
  /// The report as text: the tables of every function, and of all together where there are several.
  public var summary: String {
    var lines: [String] = []
    for function in functions { lines += tables(function) }
    if functions.count > 1 { lines += tables(.sum(of: functions)) }
    if functionsLeftOut > 0 {
      lines.append("\(functionsLeftOut) more functions were compiled than a profile keeps")
    }
    if functions.isEmpty { lines.append("no function was compiled") }
    return lines.joined(separator: "\n")
  }

  private func tables(_ function: FunctionProfile) -> [String] {
    TheanoTables(function, secondsSinceStart: secondsSinceStart).lines
      + KernelTable(function).lines + CompileTable(function.compile).lines
      + MachineTable(machine, function).lines
  }
}
