internal import Arrays
internal import KernelIR
internal import Scalars

/// Writes the running reduction of one accumulator, in any number of lanes.
///
/// The state is one value, or the best value and its position.
struct ReductionEmitter {
  let writer: IRWriter
  let scalars: ScalarEmitter
  let accumulator: Accumulator
  /// How the state is held and combined.
  let form: Form

  enum Form: Hashable {
    /// Values of the accumulator's dtype, combined by an instruction.
    case values(Instruction)
    /// One bit a lane in a plain integer: whether all lanes so far were true, or any was.
    case bits(isAll: Bool)
    /// The number of true bools of each lane.
    case laneCounts
    /// The number of true bools of all lanes together, in a scalar.
    case commonCount
    /// The best value and the position where it stood first.
    case position
  }

  /// - Parameters:
  ///   - isCount: Whether the values are bools that are counted.
  ///   - lanesAreJoined: Whether the lanes become one value in the end.
  init(
    _ accumulator: Accumulator, isCount: Bool, lanes: Int, lanesAreJoined: Bool,
    vectorByteCount: Int, writer: IRWriter, scalars: ScalarEmitter
  ) {
    self.writer = writer
    self.scalars = scalars
    self.accumulator = accumulator
    if isCount {
      // A masked subtraction is the cheapest, as long as the counts fit one register.
      let fits = lanes * accumulator.dtype.byteCount <= vectorByteCount
      form = lanesAreJoined && !fits ? .commonCount : .laneCounts
    } else {
      form = Self.form(of: accumulator.reduction, accumulator.dtype)
    }
  }

  private static func form(of reduction: Reduction, _ dtype: DType) -> Form {
    switch reduction {
    case .sum: .values(.add)
    case .prod: .values(.mul)
    case .min: dtype == .bool ? .bits(isAll: true) : .values(.min)
    case .max: dtype == .bool ? .bits(isAll: false) : .values(.max)
    case .any: .bits(isAll: false)
    case .all: .bits(isAll: true)
    case .argmin, .argmax: .position
    }
  }

  /// The dtype of the state's first value; the bools whose position is sought are bytes.
  var stateDType: DType {
    form == .position && accumulator.dtype == .bool ? .uint8 : accumulator.dtype
  }

  /// The dtypes of a one-lane state's values, which take a word of the partial results each.
  var slotDTypes: [DType] {
    switch form {
    case .bits: [.bool]
    case .position: [stateDType, .int64]
    case .values, .laneCounts, .commonCount: [accumulator.dtype]
    }
  }

  /// The state before any value, of `lanes` lanes. `position` is that of the first value to come.
  func initial(lanes: Int, position: IRValue) -> [IRValue] {
    switch form {
    case .values: [IRValue(identity, lanes: lanes)]
    case .bits(let isAll): [IRValue(isAll ? "-1" : "0", IRType(.integer(lanes)))]
    case .laneCounts: [IRValue(.zero(accumulator.dtype), lanes: lanes)]
    case .commonCount: [IRValue(.zero(accumulator.dtype))]
    // Nothing beats the identity only where everything equals it: then the first position is right.
    case .position: [IRValue(identity, lanes: lanes), writer.splat(position, lanes: lanes)]
    }
  }

  /// The value that changes no other: for an extreme, the worst of the dtype.
  var identity: Scalar {
    switch accumulator.reduction {
    case .sum, .any: .zero(stateDType)
    case .prod, .all: .one(stateDType)
    case .min, .argmin: Self.extreme(of: stateDType, greatest: true)
    case .max, .argmax: Self.extreme(of: stateDType, greatest: false)
    }
  }

  private static func extreme(of dtype: DType, greatest: Bool) -> Scalar {
    let infinity = Scalar.float(greatest ? .infinity : -.infinity, .float64)
    return dtype == .bool ? .bool(greatest) : infinity.cast(to: dtype)
  }
}

// MARK: - Values into states

extension ReductionEmitter {
  /// The state after `value`; for a count, `value` holds the bools. `position` is that of each lane
  /// and needed for positions only.
  func accumulate(
    _ state: [IRValue], _ value: IRValue, position: IRValue?, mask: IRValue?
  ) -> [IRValue] {
    switch form {
    case .values:
      return [masked(merge(state, [value])[0], over: state[0], mask)]
    case .bits(let isAll):
      return merge(state, [bits(of: value, offLanes: isAll, mask)])
    case .laneCounts:
      let ones = writer.convert(
        "sext", both(value, mask), to: IRType(accumulator.dtype, lanes: value.type.lanes))
      return [writer.binary("sub", state[0], ones)]
    case .commonCount:
      return [writer.binary("add", state[0], population(of: both(value, mask)))]
    case .position:
      let value = accumulator.dtype == .bool ? byte(value) : value
      guard let position else { preconditionFailure("emission: a position is missing") }
      let isBetter = both(beats(value, state[0]), mask)
      return [
        writer.select(isBetter, value, state[0]), writer.select(isBetter, position, state[1]),
      ]
    }
  }

  private func masked(_ new: IRValue, over old: IRValue, _ mask: IRValue?) -> IRValue {
    mask.map { writer.select($0, new, old) } ?? new
  }

  private func both(_ condition: IRValue, _ mask: IRValue?) -> IRValue {
    mask.map { writer.binary("and", condition, $0) } ?? condition
  }

  /// The bools as bits of one integer, with `offLanes` where the mask is off.
  private func bits(of value: IRValue, offLanes: Bool, _ mask: IRValue?) -> IRValue {
    let off = IRValue(.bool(offLanes), lanes: value.type.lanes)
    let bools = mask.map { writer.select($0, value, off) } ?? value
    return writer.convert("bitcast", bools, to: IRType(.integer(value.type.lanes)))
  }

  private func population(of bools: IRValue) -> IRValue {
    let type = IRType(accumulator.dtype)
    if bools.type.lanes == 1 { return writer.convert("zext", bools, to: type) }
    let bits = writer.convert("bitcast", bools, to: IRType(.integer(bools.type.lanes)))
    let count = scalars.intrinsic("ctpop", [writer.convert("zext", bits, to: .i64)])
    return writer.convert("trunc", count, to: type)
  }

  private func byte(_ bools: IRValue) -> IRValue {
    writer.convert("zext", bools, to: IRType(.uint8, lanes: bools.type.lanes))
  }

  /// Whether `a` comes before `b` in the order of the reduction, in which a NaN is first and values
  /// that are equal come neither before nor after.
  private func beats(_ a: IRValue, _ b: IRValue) -> IRValue {
    let name = accumulator.reduction == .argmin ? "lt" : "gt"
    guard stateDType.isFloating else { return scalars.compare(name, [a, b], stateDType) }
    let isBefore = writer.compare("fcmp u\(name)", a, b)  // holds when either is NaN as well
    return writer.binary("and", isBefore, writer.compare("fcmp ord", b, b))
  }
}

// MARK: - States into one

extension ReductionEmitter {
  /// The state of the values of `a` and of `b`, lane by lane.
  func merge(_ a: [IRValue], _ b: [IRValue]) -> [IRValue] {
    switch form {
    case .values(let instruction):
      return [
        scalars.emit(
          instruction, [a[0], b[0]], from: accumulator.dtype, to: accumulator.dtype)
      ]
    case .bits(let isAll): return [writer.binary(isAll ? "and" : "or", a[0], b[0])]
    case .laneCounts, .commonCount: return [writer.binary("add", a[0], b[0])]
    case .position:
      let isEarlier = writer.compare("icmp slt", b[1], a[1])
      let isTie = writer.binary("xor", beats(a[0], b[0]), IRValue(.bool(true), lanes: a[0].type.lanes))
      let takes = writer.binary(
        "or", beats(b[0], a[0]), writer.binary("and", isEarlier, isTie))
      return [writer.select(takes, b[0], a[0]), writer.select(takes, b[1], a[1])]
    }
  }

  /// The state of one lane that stands for all lanes, which are combined in a fixed order: one half
  /// with the other, and so on.
  func joined(_ state: [IRValue], lanes: Int) -> [IRValue] {
    switch form {
    case .commonCount: return state
    case .bits(let isAll):
      if lanes == 1 { return state }
      let none = IRValue(isAll ? "-1" : "0", state[0].type)
      return [writer.compare(isAll ? "icmp eq" : "icmp ne", state[0], none)]
    case .values, .laneCounts, .position:
      var (state, lanes) = (state, lanes)
      while lanes > 1 {
        let half = lanes / 2
        let low = state.map { writer.lanes(0..<half, of: $0) }
        let high = state.map { writer.lanes(half..<lanes, of: $0) }
        (state, lanes) = (merge(low, high), half)
      }
      return state
    }
  }

  /// What later stages read of a state of `lanes` lanes.
  func value(of state: [IRValue], lanes: Int) -> IRValue {
    switch form {
    case .position: state[1]
    case .bits: writer.convert("bitcast", state[0], to: IRType(.bool, lanes: lanes))
    case .values, .laneCounts, .commonCount: state[0]
    }
  }
}
