internal import Arrays
internal import KernelIR
internal import Scalars

/// Writes the running reduction of one accumulator, in any number of lanes.
///
/// The state is one value; or a value and a flag, or a value and its position.
struct ReductionEmitter {
  let writer: IRWriter
  let scalars: ScalarEmitter
  let accumulator: Accumulator
  let form: ReductionForm
  /// Whether flags are bits of mask registers, rather than integers as wide as the values.
  let flagsAreBits: Bool
  /// A one that the compiler does not know for one, where sums are formed as `one * value + sum`.
  let one: IRValue?

  /// How many values make a state.
  var stateCount: Int {
    switch form {
    case .position, .extreme: 2
    case .values, .bareExtreme, .bits, .laneCounts, .commonCount: 1
    }
  }

  /// The dtype of the state's first value; the bools whose position is sought are bytes.
  var stateDType: DType {
    form == .position && accumulator.dtype == .bool ? .uint8 : accumulator.dtype
  }

  /// The state before any value, of `lanes` lanes. `position` is that of the first value to come.
  func initial(lanes: Int, position: IRValue) -> [IRValue] {
    switch form {
    case .values, .bareExtreme: [IRValue(identity, lanes: lanes)]
    case .extreme: [IRValue(identity, lanes: lanes), IRValue("zeroinitializer", flagType(lanes))]
    case .bits(let isAll): [IRValue(isAll ? "-1" : "0", IRType(.integer(lanes)))]
    case .laneCounts: [IRValue(.zero(accumulator.dtype), lanes: lanes)]
    case .commonCount: [IRValue(.zero(accumulator.dtype))]
    // Nothing beats the identity only where everything equals it: then the first position is right.
    case .position: [IRValue(identity, lanes: lanes), writer.splat(position, lanes: lanes)]
    }
  }

  /// The value that changes no other: for an extreme, the worst of the dtype.
  private var identity: Scalar {
    switch accumulator.reduction {
    case .sum, .any: .zero(stateDType)
    case .prod, .all: .one(stateDType)
    case .min, .argmin: Scalar.float(.infinity, .float64).cast(to: stateDType)
    case .max, .argmax: Scalar.float(-.infinity, .float64).cast(to: stateDType)
    }
  }

  private func flagType(_ lanes: Int) -> IRType {
    IRType(.integer(flagsAreBits || lanes == 1 ? 1 : stateDType.bitWidth), lanes: lanes)
  }
}

// MARK: - Values into states

extension ReductionEmitter {
  /// The state after `value`; for a count, `value` holds the bools. `position` is that of each lane
  /// and needed for positions only. A form that notes NaN looks for them in the vectors `watching`, two at most.
  func accumulate(
    _ state: [IRValue], _ value: IRValue, position: IRValue?, mask: IRValue?, watching: [IRValue]
  ) -> [IRValue] {
    switch form {
    case .values(let instruction):
      let new =
        one.map {
          scalars.intrinsic("fma", [writer.splat($0, lanes: value.type.lanes), value, state[0]])
        }
        ?? combined(instruction, state[0], value)
      return [masked(new, over: state[0], mask)]
    case .extreme(let instruction):
      let new = masked(chosen(instruction, state[0], value), over: state[0], mask)
      guard let one = watching.first, let other = watching.last else { return [new, state[1]] }
      let flag = both(writer.compare("fcmp uno", one, other), mask)
      let flags = writer.convert("sext", flag, to: flagType(value.type.lanes))
      return [new, writer.binary("or", state[1], flags)]
    case .bareExtreme(let instruction):
      return [masked(chosen(instruction, state[0], value), over: state[0], mask)]
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

  /// The sum, in the accumulator's dtype, of values of a narrower one, which are added in that pairwise.
  func sum(_ values: [IRValue]) -> IRValue {
    var values = values
    while values.count > 1 {
      let half = values.count / 2
      values = (0..<half).map { writer.binary("fadd", values[$0], values[half + $0]) }
    }
    return writer.convert(
      "fpext", values[0], to: IRType(accumulator.dtype, lanes: values[0].type.lanes))
  }

  private func combined(_ instruction: Instruction, _ a: IRValue, _ b: IRValue) -> IRValue {
    // A product may be rounded with the sum that it is added to.
    if instruction == .add, accumulator.dtype.isFloating {
      return writer.binary("fadd contract", a, b)
    }
    return scalars.emit(instruction, [a, b], from: accumulator.dtype, to: accumulator.dtype)
  }

  /// The lesser or the greater of two floats, whichever if one is NaN.
  private func chosen(_ instruction: Instruction, _ a: IRValue, _ b: IRValue) -> IRValue {
    writer.select(
      scalars.compare(instruction == .min ? "lt" : "gt", [a, b], accumulator.dtype), a, b)
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

// MARK: - Positions in a walk along the lanes

// While a walk goes on, a lane's position takes as many bits as its value, 32 at least: the low ones of the
// position at which the strip began that the value was in, or the vector where several share their states.
// When it is over, positions become distances from its beginning, by which the vectors are joined, and then
// whole again. On Zen 4, for float32 values, that is 26 instructions for four vectors and not 42: in the
// second cache rows of 3,200 take 0.81 times as long.

extension ReductionEmitter {
  private func narrow(lanes: Int) -> IRType {
    IRType(.integer(max(32, stateDType.bitWidth)), lanes: lanes)
  }

  /// Whether positions have fewer bits in a walk than they may need.
  var hasNarrowPositions: Bool { form == .position && narrow(lanes: 1) != .i64 }

  /// The positions of a vector's values as states hold them; `first` is that of the strip's first lane.
  func positions(
    from first: IRValue, _ strip: Strip, unit: Int, _ isAlongLanes: Bool
  ) -> IRValue {
    guard isAlongLanes else { return writer.splat(first, lanes: strip.lanes) }
    if strip.lanes == 1 { return writer.add(first, strip.offset(ofUnit: unit)) }
    let start = strip.sharesStates ? writer.add(first, strip.offset(ofUnit: unit)) : first
    return writer.splat(
      writer.convert("trunc", start, to: narrow(lanes: 1)), lanes: strip.lanes)
  }

  /// The state of a vector with a position at which no strip begins of a walk from `base` on.
  func entering(_ state: [IRValue], _ strip: Strip, at base: IRValue) -> [IRValue] {
    guard form == .position, strip.lanes > 1 else { return state }
    return [state[0], writer.splat(before(base), lanes: strip.lanes)]
  }

  /// One less than the low bits of the position at which a walk begins.
  private func before(_ base: IRValue) -> IRValue {
    let low = writer.convert("trunc", base, to: narrow(lanes: 1))
    return writer.binary("sub", low, IRValue("1", low.type))
  }

  /// The state of a vector after the walk with distances from `base`, which are -1 where nothing was
  /// better than what the walk began with.
  func leaving(
    _ state: [IRValue], _ strip: Strip, ofState number: Int, from base: IRValue
  ) -> [IRValue] {
    guard form == .position, strip.lanes > 1 else { return state }
    let lanes = strip.lanes
    let steps = writer.binary("sub", state[1], writer.splat(before(base), lanes: lanes))
    let none = IRValue("zeroinitializer", steps.type)
    let unit = strip.units(ofState: number).lowerBound
    let offset = strip.sharesStates ? .i64(0) : strip.offset(ofUnit: unit)
    let first = writer.convert("trunc", writer.add(offset, .i64(-1)), to: narrow(lanes: 1))
    let places = writer.binary(
      "add", writer.splat(first, lanes: lanes), IRValue(Array(0..<lanes), narrow(lanes: 1).element))
    let distances = writer.binary("add", steps, places)
    return [
      state[0],
      writer.select(
        writer.compare("icmp eq", steps, none),
        writer.splat(IRValue("-1", narrow(lanes: 1)), lanes: lanes), distances),
    ]
  }

  /// The state with positions for distances from `base`, and those of `old`, the state before the walk,
  /// for -1.
  func left(_ state: [IRValue], _ old: [IRValue], lanes: Int, from base: IRValue) -> [IRValue] {
    guard form == .position, lanes > 1 else { return state }
    let isOld = writer.compare("icmp slt", state[1], IRValue("zeroinitializer", state[1].type))
    let wide = writer.convert("zext", state[1], to: old[1].type)
    let positions = writer.binary("add", wide, writer.splat(base, lanes: lanes))
    return [state[0], writer.select(isOld, old[1], positions)]
  }
}

// MARK: - States into one

extension ReductionEmitter {
  /// The state of the values of `a` and of `b`, lane by lane.
  func merge(_ a: [IRValue], _ b: [IRValue]) -> [IRValue] {
    switch form {
    case .values(let instruction): return [combined(instruction, a[0], b[0])]
    case .extreme(let instruction):
      return [chosen(instruction, a[0], b[0]), writer.binary("or", a[1], b[1])]
    case .bareExtreme(let instruction): return [chosen(instruction, a[0], b[0])]
    case .bits(let isAll): return [writer.binary(isAll ? "and" : "or", a[0], b[0])]
    case .laneCounts, .commonCount: return [writer.binary("add", a[0], b[0])]
    case .position:
      let isEarlier = writer.compare("icmp slt", b[1], a[1])
      let all = IRValue(.bool(true), lanes: a[0].type.lanes)
      let isTie = writer.binary("xor", beats(a[0], b[0]), all)
      let takes = writer.binary(
        "or", beats(b[0], a[0]), writer.binary("and", isEarlier, isTie))
      return [writer.select(takes, b[0], a[0]), writer.select(takes, b[1], a[1])]
    }
  }

  /// The state of one lane that stands for all lanes, which are combined in a fixed order: one half
  /// with the other, and so on.
  func joined(_ state: [IRValue], lanes: Int) -> [IRValue] {
    if lanes == 1 { return state }
    switch form {
    case .commonCount: return state
    case .bits(let isAll):
      let none = IRValue(isAll ? "-1" : "0", state[0].type)
      return [writer.compare(isAll ? "icmp eq" : "icmp ne", state[0], none)]
    case .extreme:
      // The flags need no tree: whether any is set is one test of their bits.
      let flags = writer.convert("bitcast", flag(state[1]), to: IRType(.integer(lanes)))
      let isSet = writer.compare("icmp ne", flags, IRValue("0", flags.type))
      return [halved([state[0]], lanes) { [chosen($0[0], $1[0])] }[0], isSet]
    case .values, .bareExtreme, .laneCounts, .position: return halved(state, lanes, merge)
    }
  }

  private func chosen(_ a: IRValue, _ b: IRValue) -> IRValue {
    chosen(accumulator.reduction == .min ? .min : .max, a, b)
  }

  private func halved(
    _ state: [IRValue], _ lanes: Int, _ merge: ([IRValue], [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    var (state, lanes) = (state, lanes)
    while lanes > 1 {
      let half = lanes / 2
      let low = state.map { writer.lanes(0..<half, of: $0) }
      let high = state.map { writer.lanes(half..<lanes, of: $0) }
      (state, lanes) = (merge(low, high), half)
    }
    return state
  }

  /// What later stages read of a state of `lanes` lanes. A bare extreme becomes NaN where `sum` is, the state of
  /// the sum that tells of them.
  func value(of state: [IRValue], lanes: Int, sum: IRValue?) -> IRValue {
    func extreme(_ isNaN: IRValue) -> IRValue {
      let nan = IRValue(Scalar.float(.nan, .float64).cast(to: accumulator.dtype), lanes: lanes)
      return writer.select(isNaN, nan, state[0])
    }
    switch form {
    case .position: return state[1]
    case .extreme: return extreme(flag(state[1]))
    case .bareExtreme: return sum.map { extreme(writer.compare("fcmp uno", $0, $0)) } ?? state[0]
    case .bits: return writer.convert("bitcast", state[0], to: IRType(.bool, lanes: lanes))
    case .values, .laneCounts, .commonCount: return state[0]
    }
  }

  /// The flags as bools.
  private func flag(_ flags: IRValue) -> IRValue {
    if flags.type.element == .integer(1) { return flags }
    return writer.compare("icmp ne", flags, IRValue("zeroinitializer", flags.type))
  }

  /// The dtypes of what the partial results of a chunk hold, a word each.
  var slotDTypes: [DType] {
    switch form {
    case .bits: [.bool]
    case .position: [stateDType, .int64]
    case .values, .extreme, .bareExtreme, .laneCounts, .commonCount: [accumulator.dtype]
    }
  }

  /// The values of a state of one lane that partial results hold.
  func slots(of state: [IRValue], sum: IRValue?) -> [IRValue] {
    form == .position ? state : [value(of: state, lanes: 1, sum: sum)]
  }
}
