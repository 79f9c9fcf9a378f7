/// Structured control flow. What a block changes goes in and comes out as values, so that the text
/// is in SSA form from the start.
extension IRWriter {
  /// Runs `body` where `condition` holds; elsewhere the values stay `initial`.
  func when(
    _ condition: IRValue, carrying initial: [IRValue] = [], _ body: () -> [IRValue]
  ) -> [IRValue] {
    let (inside, after, before) = (name(), name(), block)
    emit("br \(condition.typed), label %\(inside), label %\(after)")
    begin(inside)
    let values = body()
    let last = block
    emit("br label %\(after)")
    begin(after)
    return zip(initial, values).map { old, new in
      assign(
        old.type, "phi \(old.type.text) [ \(old.text), %\(before) ], [ \(new.text), %\(last) ]")
    }
  }

  /// Runs `body` where `condition` holds, and `other` elsewhere; `metadata` may say how often it does.
  func when(
    _ condition: IRValue, metadata: String? = nil, _ body: () -> Void, else other: () -> Void
  ) {
    let (inside, outside, after) = (name(), name(), name())
    let branch = "br \(condition.typed), label %\(inside), label %\(outside)"
    emit(metadata.map { "\(branch), \($0)" } ?? branch)
    begin(inside)
    body()
    emit("br label %\(after)")
    begin(outside)
    other()
    emit("br label %\(after)")
    begin(after)
  }

  /// Runs `body` once, and again as long as the condition that it returns holds.
  func repeatWhile(
    carrying initial: [IRValue],
    _ body: ([IRValue]) -> (values: [IRValue], condition: IRValue)
  ) -> [IRValue] {
    let (head, after, before) = (name(), name(), block)
    emit("br label %\(head)")
    begin(head)
    let current = initial.map { (value: IRValue("%" + name(), $0.type), place: reserve()) }
    let (next, condition) = body(current.map(\.value))
    let last = block
    emit("br \(condition.typed), label %\(head), label %\(after)")
    for ((phi, start), step) in zip(zip(current, initial), next) {
      let sources = "[ \(start.text), %\(before) ], [ \(step.text), %\(last) ]"
      fill(phi.place, "\(phi.value.text) = phi \(start.type.text) \(sources)")
    }
    begin(after)
    return next
  }

  /// Runs `body` for `begin`, `begin + step`, and so on below `end`.
  func loop(
    from begin: IRValue, to end: IRValue, step: IRValue = .i64(1), carrying initial: [IRValue] = [],
    _ body: (IRValue, [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    when(compare("icmp slt", begin, end), carrying: initial) {
      let all = repeatWhile(carrying: [begin] + initial) { current in
        let values = body(current[0], Array(current.dropFirst()))
        let next = following(current[0], by: step)
        return ([next] + values, compare("icmp slt", next, end))
      }
      return Array(all.dropFirst())
    }
  }

  /// The index of a loop `step` further on.
  ///
  /// LLVM's loop strength reduction takes a fifth of the time that compiling does, and finds nothing to
  /// reduce where indices are those of addresses; behind an expectation, which is no instruction of any
  /// processor, it does not see an index.
  func following(_ index: IRValue, by step: IRValue) -> IRValue {
    call("llvm.expect.i64", [add(index, step), .i64(0)], .i64)
  }
}
