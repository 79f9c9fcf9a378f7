import Arrays
import KernelIR
import Scalars

/// A kernel with everything one launch needs, in plain arrays.
struct KernelCase {
  var kernel: Kernel
  var layout: Layout
  /// The elements of each argument's memory.
  var arrays: [[Scalar]]
  /// The element that each access begins at.
  var offsets: [Int]
  var scalars: [Int64] = []
  /// The instructions that stand for every composite, where they are not its own.
  var program: LaneProgram?
  /// The position of the first point of a full reduction, by which its operands lie before their memory.
  var origin = 0
  /// Whether composites call functions, however short they are.
  var callsFunctions = false

  /// The instructions that stand for a composite.
  func lower(_ composite: Composite) -> LaneProgram {
    program ?? composite.lowered(calling: callsFunctions)
  }

  /// The number of units that ranges of a launch count.
  var rangeCount: Int { kernel.rangeCount(for: layout) }
}

extension KernelCase {
  /// The arrays after the kernel has run, computed point by point in row-major order.
  func expected() -> [[Scalar]] {
    var arrays = arrays
    for outer in indices(of: 0..<kernel.outerCount) {
      var accumulators: [Scalar] = []
      for stage in kernel.stages { run(stage, outer, &accumulators, &arrays) }
    }
    return arrays
  }

  private func run(
    _ stage: Stage, _ outer: [Int], _ accumulators: inout [Scalar], _ arrays: inout [[Scalar]]
  ) {
    let program = lower(stage.composite)
    let inner = stage.loops ? indices(of: kernel.outerCount..<kernel.axes.count) : [zeros]
    var states = stage.accumulators.map { RunningReduction($0) }
    for (position, index) in inner.enumerated() {
      let inputs = stage.sources.map { source in
        switch source {
        case .load(let access):
          arrays[kernel.accesses[access].argument][offset(access, outer + index)]
        case .accumulator(let number): accumulators[number]
        case .scalar(let number): Scalar(scalars[number])
        }
      }
      let results = program.evaluate(inputs)
      for store in stage.stores {
        arrays[kernel.accesses[store.access].argument][offset(store.access, outer + index)] =
          results[store.result]
      }
      for number in states.indices {
        states[number].add(results[stage.accumulators[number].result], at: position)
      }
    }
    accumulators += states.map(\.result)
  }

  private var zeros: [Int] { Array(repeating: 0, count: kernel.innerCount) }

  private func offset(_ access: Int, _ index: [Int]) -> Int {
    offsets[access] + zip(index, layout.strides[access]).map { $0 * $1 }.reduce(0, +)
  }

  private func indices(of axes: Range<Int>) -> [[Int]] {
    axes.reduce([[]]) { prefixes, axis in
      prefixes.flatMap { prefix in (0..<layout.extents[axis]).map { prefix + [$0] } }
    }
  }
}

extension LaneProgram {
  /// The results for one lane's inputs.
  func evaluate(_ inputs: [Scalar]) -> [Scalar] {
    var values: [Scalar] = []
    func value(_ operand: Operand) -> Scalar {
      switch operand {
      case .input(let number): inputs[number]
      case .constant(let scalar): scalar
      case .line(let number): values[number]
      }
    }
    for line in lines {
      values.append(
        InstructionModel.evaluate(line.operation, line.operands.map(value), as: line.dtype))
    }
    return results.map(value)
  }
}

/// A reduction that takes its values one after the other.
struct RunningReduction {
  let accumulator: Accumulator
  private var value: Scalar?
  private var position = 0

  init(_ accumulator: Accumulator) { self.accumulator = accumulator }

  mutating func add(_ next: Scalar, at place: Int) {
    guard let old = value else {
      (value, position) = (next, place)
      return
    }
    let dtype = accumulator.dtype
    switch accumulator.reduction {
    case .sum: value = InstructionModel.evaluate(.add, [old, next], as: dtype)
    case .prod: value = InstructionModel.evaluate(.mul, [old, next], as: dtype)
    case .min: value = InstructionModel.evaluate(.min, [old, next], as: dtype)
    case .max: value = InstructionModel.evaluate(.max, [old, next], as: dtype)
    case .any: value = InstructionModel.evaluate(.or, [old, next], as: dtype)
    case .all: value = InstructionModel.evaluate(.and, [old, next], as: dtype)
    case .argmin: if beats(next, old, .lt) { (value, position) = (next, place) }
    case .argmax: if beats(next, old, .gt) { (value, position) = (next, place) }
    }
  }

  private func beats(_ a: Scalar, _ b: Scalar, _ order: Instruction) -> Bool {
    if b.asDouble.isNaN { return false }
    return a.asDouble.isNaN || InstructionModel.evaluate(order, [a, b], as: .bool) == .bool(true)
  }

  var result: Scalar {
    if accumulator.reduction.isPosition { return Scalar(Int64(position)) }
    if let value { return value }
    let dtype = accumulator.dtype
    return switch accumulator.reduction {
    case .sum, .any, .argmin, .argmax: .zero(dtype)
    case .prod, .all: .one(dtype)
    case .min: dtype == .bool ? .bool(true) : Scalar.float(.infinity, .float64).cast(to: dtype)
    case .max: dtype == .bool ? .bool(false) : Scalar.float(-.infinity, .float64).cast(to: dtype)
    }
  }
}
