internal import Arrays

/// Collects the instructions of one function, in SSA form.
///
/// Names are numbered in the order of writing, so equal kernels have equal texts.
final class IRWriter {
  private var lines: [String] = []
  private var names = 0
  /// The label of the block that is being written.
  private(set) var block = "entry"

  /// The body of the function.
  var text: String { lines.joined(separator: "\n") }

  /// Returns a name that nothing has yet.
  func name() -> String {
    names += 1
    return "v\(names)"
  }

  /// Writes an instruction without a result.
  func emit(_ instruction: String) { lines.append("  " + instruction) }

  /// Writes an instruction and returns its result.
  func assign(_ type: IRType, _ instruction: String) -> IRValue {
    let value = IRValue("%" + name(), type)
    lines.append("  \(value.text) = \(instruction)")
    return value
  }

  /// Begins the block `label`; the one before must have ended in a branch.
  func begin(_ label: String) {
    lines.append(label + ":")
    block = label
  }

  /// Keeps a place for an instruction that is not known yet.
  func reserve() -> Int {
    lines.append("")
    return lines.count - 1
  }

  /// Writes the instruction for which `place` was kept.
  func fill(_ place: Int, _ instruction: String) { lines[place] = "  " + instruction }
}

// MARK: - Instructions on values

extension IRWriter {
  /// `operation a, b`, of operands of one type.
  func binary(_ operation: String, _ a: IRValue, _ b: IRValue) -> IRValue {
    assign(a.type, "\(operation) \(a.typed), \(b.text)")
  }

  /// `icmp` or `fcmp` with its predicate; one bit a lane.
  func compare(_ predicate: String, _ a: IRValue, _ b: IRValue) -> IRValue {
    assign(IRType(.integer(1), lanes: a.type.lanes), "\(predicate) \(a.typed), \(b.text)")
  }

  /// `condition ? a : b` in each lane.
  func select(_ condition: IRValue, _ a: IRValue, _ b: IRValue) -> IRValue {
    assign(a.type, "select \(condition.typed), \(a.typed), \(b.typed)")
  }

  /// A conversion such as `zext` or `bitcast`; nothing where the type stays.
  func convert(_ operation: String, _ value: IRValue, to type: IRType) -> IRValue {
    if value.type == type { return value }
    return assign(type, "\(operation) \(value.typed) to \(type.text)")
  }

  /// A call of a function that IR knows without a declaration.
  func call(_ function: String, _ operands: [IRValue], _ type: IRType) -> IRValue {
    let list = operands.map(\.typed).joined(separator: ", ")
    return assign(type, "call \(type.text) @\(function)(\(list))")
  }

  /// The same scalar in every lane.
  func splat(_ value: IRValue, lanes: Int) -> IRValue {
    if lanes == 1 { return value }
    if let constant = value.constant { return IRValue(constant, lanes: lanes) }
    let type = value.type.with(lanes: lanes)
    let first = assign(type, "insertelement \(type.text) poison, \(value.typed), i64 0")
    return assign(
      type, "shufflevector \(first.typed), \(type.text) poison, <\(lanes) x i32> zeroinitializer")
  }

  /// One lane of a vector.
  func extract(_ value: IRValue, lane: Int) -> IRValue {
    if value.type.lanes == 1 { return value }
    return assign(value.type.with(lanes: 1), "extractelement \(value.typed), i64 \(lane)")
  }

  /// The vector of `values`, one a lane.
  func gather(_ values: [IRValue]) -> IRValue {
    if values.count == 1 { return values[0] }
    let type = values[0].type.with(lanes: values.count)
    var result = IRValue("poison", type)
    for (lane, value) in values.enumerated() {
      result = assign(type, "insertelement \(result.typed), \(value.typed), i64 \(lane)")
    }
    return result
  }

  /// The lanes of `value` that `range` names.
  func lanes(_ range: Range<Int>, of value: IRValue) -> IRValue {
    if range.count == 1 { return extract(value, lane: range.lowerBound) }
    let picks = range.map { "i32 \($0)" }.joined(separator: ", ")
    return assign(
      value.type.with(lanes: range.count),
      "shufflevector \(value.typed), \(value.type.text) poison, <\(range.count) x i32> <\(picks)>")
  }

  /// The lanes of `low` and then those of `high`.
  func joined(_ low: IRValue, _ high: IRValue) -> IRValue {
    let picks = (0..<2 * low.type.lanes).map { "i32 \($0)" }.joined(separator: ", ")
    return assign(
      low.type.with(lanes: 2 * low.type.lanes),
      "shufflevector \(low.typed), \(high.typed), <\(2 * low.type.lanes) x i32> <\(picks)>")
  }
}

// MARK: - Indices and addresses

extension IRWriter {
  /// Sums and products of indices, where the usual constants cost nothing.
  func add(_ a: IRValue, _ b: IRValue) -> IRValue {
    if a.text == "0" { return b }
    if b.text == "0" { return a }
    return binary("add nsw", a, b)
  }

  func multiply(_ a: IRValue, _ b: IRValue) -> IRValue {
    if a.text == "0" || b.text == "1" { return a }
    if b.text == "0" || a.text == "1" { return b }
    return binary("mul nsw", a, b)
  }

  /// The address `index` elements of `type` after `pointer`.
  func address(_ pointer: IRValue, plus index: IRValue, of type: IRType) -> IRValue {
    if index.text == "0" { return pointer }
    return assign(
      .pointer, "getelementptr \(type.with(lanes: 1).text), \(pointer.typed), \(index.typed)")
  }

  /// Reads a value that is aligned to one element.
  func load(_ type: IRType, _ pointer: IRValue, align: Int) -> IRValue {
    assign(type, "load \(type.text), \(pointer.typed), align \(align)")
  }

  /// Writes a value that is aligned to one element.
  func store(_ value: IRValue, _ pointer: IRValue, align: Int) {
    emit("store \(value.typed), \(pointer.typed), align \(align)")
  }
}
