internal import Arrays
internal import KernelIR
internal import Scalars

/// Lines of a program that matter only where a condition holds: those behind the first choice of one
/// or more selects. Emitted behind a branch, they cost nothing for vectors in which it holds nowhere,
/// as with the reduction of huge arguments in `sin`.
struct GuardedRegion {
  /// The condition of the selects.
  let condition: LaneProgram.Operand
  /// The lines to compute where it holds in any lane, in order.
  let lines: [Int]
  /// The lines among them that are used outside.
  let results: [Int]
  /// The selects that belong to the region as well: elsewhere their second choices stand for them.
  let selects: [Int]

  /// A branch costs as much as several instructions, and more where it is mispredicted.
  private static let leastLineCount = 16

  /// Whether some lines are worth a branch: many, or a `scale`, which takes several instructions and is
  /// apart only for the sake of the branch.
  private static func isWorth(_ lines: [LaneProgram.Line]) -> Bool {
    lines.reduce(0) { $0 + $1.operation.lineCount } >= leastLineCount
      || lines.contains { $0.operation == .scale }
  }

  /// The regions of `stage`, by the line before which each has to be emitted. They do not overlap, and
  /// none begins inside another.
  static func all(of stage: StageProgram) -> [Int: GuardedRegion] {
    let program = stage.program
    let selects = program.lines.indices.filter { program.lines[$0].operation == .select }
    guard isWorth(program.lines) else { return [:] }
    var regions: [Int: GuardedRegion] = [:]
    var taken: Set<Int> = []
    var seen: Set<LaneProgram.Operand> = []
    for first in selects {
      let condition = program.lines[first].operands[0]
      guard seen.insert(condition).inserted, !stage.lines[first].isUniform,
        !taken.contains(first)
      else { continue }
      let chosen = selects.filter { program.lines[$0].operands[0] == condition }
      let lines = behind(Set(chosen), of: stage, like: first, without: taken)
      guard isWorth(lines.map { program.lines[$0] }), isReady(lines, before: first, of: program),
        !lines.contains(where: { regions[$0] != nil })
      else { continue }
      let inside = Set(lines)
      let ready = chosen.filter { number in
        let operands = program.lines[number].operands
        return stage.needed.contains(.line(number))
          && stage.lines[number].level == stage.lines[first].level
          && operands.dropFirst().allSatisfy { isReady($0, before: first, inside) }
          && !lines.contains { operands[2] == .line($0) }
      }
      taken.formUnion(lines + ready)
      let results = Set(
        chosen.filter { !ready.contains($0) }.map { program.lines[$0].operands[1] })
      regions[first] = GuardedRegion(
        condition: condition, lines: lines, results: lines.filter { results.contains(.line($0)) },
        selects: ready)
    }
    return regions
  }

  /// The lines but for those `taken` that only the first choices of `selects` use, directly or not, and
  /// that are computed as often as the select `first`.
  private static func behind(
    _ selects: Set<Int>, of stage: StageProgram, like first: Int, without taken: Set<Int>
  ) -> [Int] {
    let program = stage.program
    var isBehind = program.lines.indices.map { number in
      let fact = stage.lines[number]
      return stage.needed.contains(.line(number)) && !fact.isUniform
        && fact.level == stage.lines[first].level && !taken.contains(number)
    }
    func exclude(_ operand: LaneProgram.Operand) {
      if case .line(let number) = operand { isBehind[number] = false }
    }
    program.results.forEach(exclude)
    for operand in stage.counted.compactMap({ $0 }) { exclude(operand) }
    var isUsed = Array(repeating: false, count: isBehind.count)
    for number in program.lines.indices.reversed() where stage.needed.contains(.line(number)) {
      let operands = program.lines[number].operands
      isBehind[number] = isBehind[number] && isUsed[number] && !selects.contains(number)
      for (place, operand) in operands.enumerated() {
        guard case .line(let used) = operand else { continue }
        isUsed[used] = true
        let isChoice = selects.contains(number) && place == 1
        if !isChoice && !isBehind[number] { isBehind[used] = false }
      }
    }
    return program.lines.indices.filter { isBehind[$0] }
  }

  /// Whether everything that the lines need is computed before the line `first`.
  private static func isReady(_ lines: [Int], before first: Int, of program: LaneProgram) -> Bool {
    let inside = Set(lines)
    return lines.allSatisfy { number in
      program.lines[number].operands.allSatisfy { isReady($0, before: first, inside) }
    }
  }

  /// Whether an operand is among `lines` or computed before the line `first`.
  private static func isReady(
    _ operand: LaneProgram.Operand, before first: Int, _ lines: Set<Int>
  ) -> Bool {
    if case .line(let used) = operand { lines.contains(used) || used < first } else { true }
  }
}
