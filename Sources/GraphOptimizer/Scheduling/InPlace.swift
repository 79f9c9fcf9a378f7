import Arrays
import KernelIR
import SymbolicGraph

/// Which values are computed in the bytes of others that nobody needs any more.
struct InPlace {
  /// For a value, the one whose bytes it takes.
  private(set) var donors: [Int: Int] = [:]
  /// For a value, the one that takes its bytes.
  private var heirs: [Int: Int] = [:]
  /// For a value that begins what becomes a result, the number of the input whose bytes it may take if
  /// the caller gives it away.
  private(set) var inputs: [Int: Int] = [:]

  init() {}

  /// - Parameters:
  ///   - destinations: For each value that is computed in its place in a concatenation, the latter's
  ///     result.
  init(_ values: Lifetimes, _ layouts: [ArrayLayout], destinations: [Int: Int]) {
    let apart = Set(destinations.keys)
    for (number, step) in values.plan.steps.enumerated() {
      guard case .kernel(let kernel) = step else { continue }
      for result in kernel.results where !apart.contains(result) {
        let read = kernel.reads.map(values.plan.graph.written)
        let donor = read.first { value -> Bool in
          guard values.last[value] == number, values.plan.writers[value] != nil else {
            return false
          }
          guard heirs[value] == nil, !apart.contains(value) else { return false }
          return values.mayTake(value, result, in: kernel)
        }
        guard let donor else { continue }
        donors[result] = donor
        heirs[donor] = result
      }
    }
    takeInputs(values, layouts, destinations)
  }

  private mutating func takeInputs(
    _ values: Lifetimes, _ layouts: [ArrayLayout], _ destinations: [Int: Int]
  ) {
    let plan = values.plan
    var begins = plan.writers
    // A part may be a concatenation itself, begun by parts of its own.
    let inOrder = destinations.sorted {
      (plan.writers[$0.value] ?? 0, $0.key) < (plan.writers[$1.value] ?? 0, $1.key)
    }
    for (part, result) in inOrder {
      if let (a, b) = begins[part].flatMap({ a in begins[result].map { (a, $0) } }) {
        begins[result] = min(a, b)
      }
    }
    var free = layouts.indices.filter { layouts[$0].isContiguous }
    for (value, begin) in begins.sorted(by: { $0 < $1 })
    where donors[value] == nil && destinations[value] == nil && values.isReturned(last(from: value))
    {
      let byteCount = values.byteCount(value)
      let place = free.firstIndex { number in
        let input = plan.graph.inputs[number]
        guard values.byteCount(input) == byteCount else { return false }
        let last = values.last[input] ?? -1
        if last == begin, case .kernel(let kernel) = plan.steps[begin] {
          return values.mayTake(input, value, in: kernel)
        }
        return last < begin
      }
      if let place { inputs[value] = free.remove(at: place) }
    }
  }

  /// Whether another value takes the bytes of `value`.
  func hasHeir(_ value: Int) -> Bool { heirs[value] != nil }

  /// The value that has the bytes of `value` in the end.
  func last(from value: Int) -> Int {
    var value = value
    while let heir = heirs[value] { value = heir }
    return value
  }

  /// The values that have had the bytes of `value`, itself included.
  func all(to value: Int) -> [Int] {
    var values = [value]
    while let donor = donors[values[values.count - 1]] { values.append(donor) }
    return values
  }
}

/// When the values of a plan are needed, for one set of lengths.
struct Lifetimes {
  let plan: Plan
  let shapes: [[Int]]
  /// The step after which nobody reads the bytes that a value was written to; `.max` for those that
  /// are returned.
  private(set) var last: [Int: Int] = [:]
  /// The steps that read the bytes.
  private(set) var readers: [Int: [Int]] = [:]

  init(_ plan: Plan, _ shapes: [[Int]]) {
    (self.plan, self.shapes) = (plan, shapes)
    for (number, step) in plan.steps.enumerated() {
      for value in step.reads {
        let value = plan.graph.written(value)
        last[value] = number
        readers[value, default: []].append(number)
      }
    }
    for output in plan.graph.outputs { last[plan.graph.written(output)] = .max }
  }

  func isReturned(_ value: Int) -> Bool { last[value] == .max }

  func byteCount(_ value: Int) -> Int {
    BoundView.byteCount(plan.graph.equations[value].type.dtype, shapes[value])
  }

  /// Whether a kernel that is the last to read `value` may compute `result` in its bytes.
  func mayTake(_ value: Int, _ result: Int, in kernel: Plan.KernelStep) -> Bool {
    let inputs = kernel.arguments.indices.filter {
      plan.graph.written(kernel.arguments[$0]) == value
    }
    guard inputs.count == 1, let input = inputs.first,
      let output = kernel.arguments.firstIndex(of: result)
    else { return false }
    return shapes[kernel.arguments[input]] == shapes[result]
      && byteCount(value) == byteCount(result)
      && plan.graph.isWhole(kernel.arguments[input])
      && kernel.mayCompute(output, inPlaceOf: input)
  }
}

extension Plan.KernelStep {
  /// Whether argument `output` may be computed in the bytes of argument `input`, which has elements of
  /// the same length in the same shape: both are walked through alike, each element once, and none is
  /// read after it was written.
  ///
  /// Kernels load what they need at a point before they store what they computed there.
  fileprivate func mayCompute(_ output: Int, inPlaceOf input: Int) -> Bool {
    let walks = Set(
      kernel.accesses.indices.filter { [input, output].contains(kernel.accesses[$0].argument) }
        .map { accessAxes[$0] })
    guard let walk = walks.first, walks.count == 1, !walk.contains(nil) else { return false }
    let firstWrite = kernel.stages.firstIndex { stage in
      stage.stores.contains { kernel.accesses[$0.access].argument == output }
    }
    let lastRead = kernel.stages.lastIndex { stage in
      stage.loads.contains { kernel.accesses[$0].argument == input }
    }
    guard let firstWrite, let lastRead else { return false }
    return lastRead <= firstWrite
  }
}

extension Graph {
  /// The value that `value` is a view of.
  func viewed(_ value: Int) -> Int? {
    if case .view = equations[value].operation.lowering { return equations[value].operands[0] }
    return nil
  }

  /// The value whose bytes `value` looks at.
  func written(_ value: Int) -> Int {
    var value = value
    while let base = viewed(value) { value = base }
    return value
  }

  /// Whether `value` looks at all elements that were written, in their order.
  func isWhole(_ value: Int) -> Bool {
    var value = value
    while case .view(let view) = equations[value].operation.lowering {
      switch view {
      case .reshape, .expandDims, .squeeze: value = equations[value].operands[0]
      case .transpose, .broadcast, .slice, .first: return false
      }
    }
    return true
  }
}
