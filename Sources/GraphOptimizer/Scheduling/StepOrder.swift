/// Which steps of a plan come before which in any order in which they may run: those whose results they
/// need.
struct StepOrder {
  /// For each step, a bit for each that comes before it; empty for long plans, where only the plan's order
  /// is known.
  private var before: [[UInt64]] = []

  private static let longest = 512

  init(_ plan: Plan) {
    guard plan.steps.count <= Self.longest else { return }
    let words = (plan.steps.count + 63) / 64
    for step in plan.steps {
      var bits = [UInt64](repeating: 0, count: words)
      for value in step.reads {
        guard let writer = plan.writers[plan.graph.written(value)] else { continue }
        for word in bits.indices { bits[word] |= before[writer][word] }
        bits[writer / 64] |= 1 << UInt64(writer % 64)
      }
      before.append(bits)
    }
  }

  /// Whether more is known than the order of the plan.
  var isKnown: Bool { !before.isEmpty }

  /// Whether `earlier` comes before `step`, which the plan has after it.
  func comes(_ earlier: Int, before step: Int) -> Bool {
    before.isEmpty || before[step][earlier / 64] & 1 << UInt64(earlier % 64) != 0
  }
}
