import ArgumentParser
import Expressions
import Martlet

/// Computes expressions over files.
struct Eval: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Computes an expression over .npy files.",
    discussion: """
      The language is NumPy's: operators, calls, keyword arguments and slices as in Python, and the \
      functions that --functions lists. Expressions that are separated by commas are computed together.

      Examples:
        martlet eval "sum(exp(-x**2))" --input x=data.npy
        martlet eval "(m - m.mean(axis=0)) / m.std(axis=0)" -i m=m.npy -o z.npy
        martlet eval "w @ x + b" --input model.npz --input x=x.npy --print kernels
        martlet eval "x[-3:] - x[:3]" --input x=data.npy --json
        martlet eval --functions
      """)

  @Argument(help: "The expressions.", transform: Eval.unprotected)
  var expression: String?

  @Option(
    name: [.customLong("input"), .customShort("i")],
    help: ArgumentHelp(
      "A .npy file and the name of its array; of a .npz file all arrays have the names they lie there "
        + "under. May be given more than once.", valueName: "name=file"),
    transform: Eval.unprotected)
  var inputs: [String] = []

  @Option(
    name: [.customLong("output"), .customShort("o")],
    help: ArgumentHelp(
      "The .npy file for a result, in their order; without one results are printed.",
      valueName: "file"),
    transform: Eval.unprotected)
  var outputs: [String] = []

  @Option(help: "The threads that may work on the expression.")
  var threads: Int?

  @Option(
    help: """
      What is printed before the results: graph, kernels, llvm or asm; or instead of them, for programs \
      that draw it: mermaid or dot.
      """)
  var print: Picture?

  @Flag(help: "Print what each kernel took, in Theano's tables and ours.")
  var profile = false

  @Flag(help: "Print results, times and files as JSON.")
  var json = false

  @Flag(help: "List the functions and end.")
  var functions = false

  /// Returns the arguments with a space in front of an expression or a file that begins with a minus sign, and
  /// so looks like an option.
  static func protected(_ arguments: [String]) -> [String] {
    guard arguments.first == "eval" else { return arguments }
    return arguments.map { argument in
      let looksLikeOne = argument.hasPrefix("-") && !argument.hasPrefix("--")
      return looksLikeOne && !isShortOption(argument) ? " " + argument : argument
    }
  }

  /// Whether an argument is an option that is written with one dash, alone or with its value as in `-o=y.npy`.
  private static func isShortOption(_ argument: String) -> Bool {
    ["-i", "-o", "-h"].contains {
      argument == $0 || argument.hasPrefix($0 + "=") && !argument.hasPrefix($0 + "==")
    }
  }

  private static func unprotected(_ argument: String) -> String {
    argument.hasPrefix(" -") ? String(argument.dropFirst()) : argument
  }

  func validate() throws {
    if expression == nil, !functions {
      throw ValidationError("an expression is missing, such as \"sum(x)\"")
    }
    if let threads { try Numbers([threads]).checkThreads() }
  }

  func run() throws {
    if functions { return try FunctionList.write() }
    guard let expression else { return }
    let evaluation = try Evaluation(expression, inputs, threads: threads, profile: profile)
    if !outputs.isEmpty, outputs.count != evaluation.texts.count {
      throw CommandError.outputCount(evaluation.texts.count, given: outputs.count)
    }
    let picture = try print.map(evaluation.text)
    if let picture, !json { try StandardOutput.write(picture) }
    let results = try evaluation.results()
    for (path, array) in zip(outputs, results) { try array.write(to: path) }
    if json {
      return try StandardOutput.write(
        json: try EvalReport(evaluation, results, files: outputs, picture: picture))
    }
    if print?.isAlone == true { return }
    if outputs.isEmpty {
      for array in results { try StandardOutput.write("\(array)") }
    }
    if let profile = evaluation.function.profile {
      try StandardOutput.write(profile.summary())
    }
  }
}

/// What can be printed of an expression.
enum Picture: String, CaseIterable, ExpressibleByArgument {
  case graph, kernels, llvm, asm, mermaid, dot

  /// Whether another program reads it, which would take the results for a part of it.
  var isAlone: Bool { self == .mermaid || self == .dot }
}
