/// A program as Theano's `debugprint` lists it: a tree under each result, one line for each variable.
///
///     line     = prefix operation [.result] " [id A]" [" <type>"] " 'name'   " [step] [timing]
///              | prefix leaf " [id A]" [" <type>"]
///
/// Children have the prefix of their parent and ` |`; under the last one the parent adds two blanks
/// instead. Applications are numbered in base 26 when they are first listed, and listed without their
/// operands from then on.
package struct TheanoListing {
  private let theano: TheanoGraph
  private let types: Bool
  private let depth: Int
  private let times: [StepTime]

  /// Trees deeper than this are cut there, as Theano's are by Python.
  private static let deepest = 1000

  /// - Parameters:
  ///   - types: Whether types are listed too.
  ///   - depth: How many levels are listed; all, unless given.
  ///   - times: What each step of the plan took; none where that was not measured.
  package init(
    _ theano: TheanoGraph, types: Bool = false, depth: Int? = nil, times: [StepTime] = []
  ) {
    self.theano = theano
    self.types = types
    self.depth = min(depth ?? Self.deepest, Self.deepest)
    self.times = times
  }

  /// The lines, each with its end.
  package var text: String {
    var lines: [String] = times.isEmpty ? [] : Self.legend
    var ids: [Int: String] = [:]
    var listed: Set<Int> = []
    var timed: Set<Int> = []
    // Whoever stands here is listed next; `inner` is what the prefixes of its operands begin with.
    var pending = theano.outputs.reversed().map { (number: $0, prefix: "", inner: "", level: 1) }
    while let (number, prefix, inner, level) = pending.popLast() {
      if level > depth { continue }
      let variable = theano.variables[number]
      let application = variable.application ?? number
      let id = ids[application] ?? Self.id(ids.count)
      ids[application] = id
      lines.append(prefix + line(variable, id, number, &timed))
      guard listed.insert(application).inserted else { continue }
      for (position, operand) in variable.inputs.enumerated().reversed() {
        let isLast = position == variable.inputs.count - 1
        pending.append((operand, inner + " |", inner + (isLast ? "  " : " |"), level + 1))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }

  private func line(
    _ variable: TheanoGraph.Variable, _ id: String, _ number: Int, _ timed: inout Set<Int>
  ) -> String {
    let type = types ? " <\(variable.type)>" : ""
    if variable.className == nil { return "\(variable.text) [id \(id)]\(type)" }
    let output = variable.output.map { ".\($0)" } ?? ""
    let step = variable.step.map(String.init) ?? ""
    let line = "\(variable.text)\(output) [id \(id)]\(type) '\(variable.name)'   \(step)"
    // What is fused has one time, which its first line tells.
    guard let step = variable.step, times.indices.contains(step), timed.insert(step).inserted else {
      return line
    }
    let ancestors = self.ancestors(of: number)
    let total = ancestors.reduce(StepTime(seconds: 0, share: 0)) { total, step in
      StepTime(seconds: total.seconds + times[step].seconds, share: total.share + times[step].share)
    }
    return line + " --> \(Self.timing(times[step])) \(Self.timing(total))"
  }

  /// The steps that a variable is made by.
  private func ancestors(of number: Int) -> Set<Int> {
    var steps: Set<Int> = [], visited: Set<Int> = []
    var pending = [number]
    while let number = pending.popLast() {
      guard visited.insert(number).inserted else { continue }
      if let step = theano.variables[number].step { steps.insert(step) }
      pending += theano.variables[number].inputs
    }
    return steps
  }

  /// `2.66e-02s 54.6%`.
  private static func timing(_ time: StepTime) -> String {
    let percent = Decimals.fixed(time.share * 100, digits: 1)
    let padding = String(repeating: " ", count: max(4 - percent.count, 0))
    return "\(Decimals.scientific(time.seconds))s \(padding)\(percent)%"
  }

  /// `A` to `Z`, then `BA`, `BB`: a number in base 26.
  static func id(_ number: Int) -> String {
    var digits = "", rest = number
    repeat {
      digits = String(UnicodeScalar(UInt8(65 + rest % 26))) + digits
      rest /= 26
    } while rest > 0
    return digits
  }

  private static let legend = """

    Timing Info
    -----------
    --> <time> <% time> - <total time> <% total time>'

    <time>         computation time for this node
    <% time>       fraction of total computation time for this node
    <total time>   time for this node + total times for this node's ancestors
    <% total time> total time for this node over total computation time

    N.B.:
    * What is fused into one kernel has one time, which the first of its lines tells.
    * Each ancestor counts once in <total time>.

    """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
