import Arrays

/// A mistake in an expression: which rule was broken, by what, and where it was written.
public struct GraphError: Error, Sendable, CustomStringConvertible {
  /// One phrase that begins with the operation and states the rule, then what was found.
  public let message: String
  /// What else helps: the operands, or the likely fix.
  public internal(set) var notes: [String]
  /// Where the expression was written.
  public internal(set) var origin: Origin?

  init(_ message: String, notes: [String] = []) {
    self.message = message
    self.notes = notes
  }

  /// `main.swift:12: sum: axis 7 does not exist; …`, then the notes, indented, and the lines from
  /// which a function of the user's was called that holds the mistake; that function's name where it has no lines.
  public var description: String {
    let trail = origin?.trail ?? []
    let place = trail.first.map { $0 + ": " } ?? ""
    let callers = trail.dropFirst().joined(separator: ", ")
    let merged = origin?.mergedFunction.map {
      "in \($0) or a function like it, which the compiler merged and left no lines"
    }
    let called = callers.isEmpty ? nil : "called from \(callers)"
    let notes = notes + [merged, called].compactMap(\.self)
    return ([place + message] + notes.map { "  " + $0 }).joined(separator: "\n")
  }
}

/// All the mistakes that one call met.
public struct GraphErrors: Error, Sendable, CustomStringConvertible {
  /// The mistakes, in the order of the expression.
  public let errors: [GraphError]

  package init(_ errors: [GraphError]) { self.errors = errors }

  /// The texts of the errors, one after the other.
  public var description: String { errors.map(\.description).joined(separator: "\n") }
}

extension GraphError {
  private static func text(_ shape: [Extent]) -> String { TensorType.text(shape) }
  private static func text(_ numbers: [Int]) -> String {
    "[" + numbers.map(String.init).joined(separator: ",") + "]"
  }

  static func notBroadcastable(
    _ operation: String, _ a: [Extent], _ b: [Extent], axis: Int
  ) -> GraphError {
    let rank = max(a.count, b.count)
    let (m, n) = (a[axis - rank + a.count], b[axis - rank + b.count])
    return GraphError(
      "\(operation): shapes \(text(a)) and \(text(b)) do not broadcast; "
        + "axis \(axis) has lengths \(m) and \(n)", notes: alignment(a, b))
  }

  /// Tells which axis of length 1 would let two shapes broadcast, one of which has an axis less: mostly a reduction
  /// has dropped it.
  private static func alignment(_ a: [Extent], _ b: [Extent]) -> [String] {
    let (short, long) = a.count < b.count ? (a, b) : (b, a)
    guard !short.isEmpty, long.count == short.count + 1 else { return [] }
    let one = Extent.fixed(1)
    let fitting = (1...short.count).compactMap { axis -> [Extent]? in
      var shape = short
      shape.insert(one, at: axis)
      let fits = zip(shape, long).allSatisfy { $0 == $1 || $0 == one || $1 == one }
      return fits ? shape : nil
    }
    guard !fitting.isEmpty else { return [] }
    let shapes = fitting.map { text($0) }.joined(separator: " or ")
    return ["\(shapes) would broadcast; expandDims makes it, or keepDims where an axis was reduced"]
  }

  static func noSuchAxis(
    _ operation: String, _ axis: Int, rank: Int, of owner: String = "operand"
  ) -> GraphError {
    let valid =
      rank == 0
      ? "so it has no axes"
      : rank == 1 ? "so its axis is 0, or -1" : "so axes are 0 to \(rank - 1), or -1 to -\(rank)"
    return GraphError(
      "\(operation): axis \(axis) does not exist; the \(owner) has rank \(rank), \(valid)")
  }

  static func repeatedAxis(_ operation: String, _ axis: Int) -> GraphError {
    GraphError("\(operation): each axis may be named once; axis \(axis) is named twice")
  }

  static func wrongDType(_ operation: String, _ dtype: DType, takes: String) -> GraphError {
    GraphError("\(operation): operands must be \(takes); got \(dtype)")
  }

  static func conditionNotBool(_ dtype: DType) -> GraphError {
    GraphError(
      "where: the condition must be bool; got \(dtype)", notes: ["compare it, as in c .!= 0"])
  }

  static func literalDoesNotFit(
    _ operation: String, _ value: Scalar, _ dtype: DType, of operand: String
  ) -> GraphError {
    GraphError(
      "\(operation): the literal \(value) has no exact value in \(dtype), the dtype of \(operand)",
      notes: ["cast(_:to:) widens \(operand)"])
  }

  static func notAPermutation(_ permutation: [Int], rank: Int) -> GraphError {
    GraphError(
      "transpose: axes must name each of the \(rank) axes once; got \(text(permutation))")
  }

  static func reshapeCount(_ shape: [Extent], _ target: [Int]) -> GraphError {
    GraphError(
      "reshape: the number of elements must stay the same; \(text(shape)) does not fit "
        + text(target), notes: DType.openLengthNote(in: target).map { [$0] } ?? [])
  }

  static func reshapeTarget(_ target: [Int]) -> GraphError {
    GraphError(
      "reshape: lengths must not be negative, but for one -1 that stands for what is left; got "
        + text(target))
  }

  static func squeezeLength(_ axis: Int, _ extent: Extent) -> GraphError {
    GraphError("squeeze: axis \(axis) must have length 1; it has length \(extent)")
  }

  static func broadcastTarget(_ shape: [Extent], _ target: [Int]) -> GraphError {
    GraphError("broadcast: shape \(text(shape)) does not broadcast to \(text(target))")
  }

  static func zeroStep(axis: Int) -> GraphError {
    GraphError("slice: the step of axis \(axis) must not be 0")
  }

  static func tooManyIndices(_ count: Int, rank: Int) -> GraphError {
    GraphError("slice: \(count) indices for an operand of rank \(rank)")
  }

  package static func sliceOutOfRange(_ range: SliceRange, axis: Int, length: Int) -> GraphError {
    let what = range.isIndex ? "index" : "range"
    return GraphError(
      "slice: \(what) \(range.errorText) must lie within axis \(axis), which has length \(length)")
  }

  static func severalEllipses() -> GraphError {
    GraphError("slice: one ellipsis may stand for the axes that are not spoken of; got several")
  }

  static func nothingToConcatenate() -> GraphError {
    GraphError("concatenate: at least one operand is needed; got none")
  }

  static func concatenateShapes(_ a: [Extent], _ b: [Extent], axis: Int) -> GraphError {
    let shapes = "got \(text(a)) and \(text(b))"
    return GraphError(
      a.count == b.count
        ? "concatenate: shapes must agree but for axis \(axis); \(shapes)"
        : "concatenate: operands must have one rank; \(shapes)")
  }

  static func padRank(_ count: Int, rank: Int) -> GraphError {
    GraphError(
      "pad: every axis needs one pair of widths; the operand has rank \(rank), got \(count) "
        + (count == 1 ? "pair" : "pairs"))
  }

  static func negativePadding(_ before: Int, _ after: Int, axis: Int) -> GraphError {
    GraphError(
      "pad: widths must not be negative; axis \(axis) has (\(before), \(after))",
      notes: ["a slice takes elements away"])
  }

  static func padCount(_ widths: [(before: Int, after: Int)]) -> GraphError {
    let widths = widths.map { "(\($0.before), \($0.after))" }.joined(separator: ", ")
    return GraphError("pad: the widths make more elements than can be counted; they are \(widths)")
  }

  static func padConstantRank(_ shape: [Extent]) -> GraphError {
    GraphError("pad: the constant must be a scalar; got shape \(text(shape))")
  }

  static func padConstantDType(_ dtype: DType, _ operand: DType) -> GraphError {
    GraphError(
      "pad: the constant must have the dtype of the operand, \(operand); got \(dtype)",
      notes: ["cast(_:to:) gives it that dtype"])
  }

  static func matmulRank(_ operation: String, _ rank: Int) -> GraphError {
    GraphError("\(operation): operands must have rank 1 or 2; got rank \(rank)")
  }

  static func innerAxes(_ operation: String, _ a: [Extent], _ b: [Extent]) -> GraphError {
    var notes: [String] = []
    if a.count == 2, b.count == 2 {
      if a[1].canEqual(b[1]) {
        notes = ["did you mean matmul(a, transpose(b))?"]
      } else if a[0].canEqual(b[0]) {
        notes = ["did you mean matmul(transpose(a), b)?"]
      }
    }
    return GraphError(
      "\(operation): inner axes must be equal; left is \(text(a)), right is \(text(b))",
      notes: notes)
  }

  static func emptyExtreme(_ operation: String, axis: Int) -> GraphError {
    GraphError("\(operation): needs at least one element; axis \(axis) has length 0")
  }

  static func sizeOverflow(_ operation: String, _ shape: [Extent]) -> GraphError {
    GraphError("\(operation): shape \(text(shape)) has more elements than can be counted")
  }

  static func cannotAllocate(
    _ operation: String, _ type: TensorType, byteCount: UInt128, isResult: Bool
  ) -> GraphError {
    let purpose = isResult ? "the result, \(type)" : "what is kept on the way, such as \(type)"
    return GraphError(
      "\(operation): \(ByteCount.text(byteCount)) cannot be allocated for \(purpose)")
  }

  static func tooManyAxes(_ operation: String, _ rank: Int) -> GraphError {
    GraphError("\(operation): tensors have at most \(NDArray.maximumRank) axes; got \(rank)")
  }

  static func negativeRank(_ operation: String, _ rank: Int) -> GraphError {
    GraphError("\(operation): the number of axes must not be negative; got \(rank)")
  }

  static func negativeExtent(_ name: String, _ shape: [Extent]) -> GraphError {
    GraphError("input '\(name)': lengths must not be negative; got \(text(shape))")
  }

  static func poisonedArray(_ error: any Error) -> GraphError {
    GraphError("constant: \(error)")
  }
}
