import Arrays
import CPUBackend
import GraphOptimizer
import KernelIR
import ReferenceBackend
import Scalars
import SymbolicGraph

/// A compiled graph: what functions and sessions share.
///
/// Everything but the plans for more layouts is fixed when it is made.
final class Program: Sendable {
  let name: String
  /// The inputs in the order of the call.
  let inputs: [ProgramInput]
  let plans: Plans
  /// The expressions as they were written.
  let graph: Graph
  /// What the graph was made of: explanations find a tensor's place in it.
  private let tensors: (inputs: [Tensor], outputs: [Tensor])
  let threads: Int
  /// The plans for calls, and those for calls that give their arrays away.
  private let bound = BoundPlans(), overwriting = BoundPlans()
  /// Counts the calls, if anybody asks.
  let recorder: FunctionRecorder?
  /// What counts there what runs where there is no compiler.
  private let referencePlan: PlanCounter?

  init(
    name: String, inputs: [Tensor], outputs: [Tensor], threads: Int,
    profile: ProfileRequest = ProfileRequest()
  ) throws {
    let start = ContinuousClock.now
    let name = name.onOneLine
    self.name = name
    self.threads = threads
    let graph = try Graph(inputs: inputs, outputs: outputs)
    self.graph = graph
    tensors = (inputs, outputs)
    self.inputs = try ProgramInput.list(name, inputs, graph)
    recorder = profile.recorder(name: name, threads: threads, graph)
    plans = try Plans(for: graph, name: name, recorder: recorder?.compilation)
    referencePlan =
      if let recorder, Self.backend() == nil { recorder.addReferencePlan() } else { nil }
    compileAhead()
    recorder?.compilation.noteAll(since: start)
    ProcessProfile.writeAtExit()
  }

  /// Tells what becomes of one expression.
  func explanation(of tensor: Tensor) throws -> String {
    let number = Graph.number(of: tensor, inputs: tensors.inputs, outputs: tensors.outputs)
    guard let number else { throw FunctionError.notPart(name, tensor.node.operation.name) }
    return try Explanation(of: number, in: plans.mainGraph, name: name).description
  }

  /// Runs the program on arrays by position.
  func run(_ arrays: [NDArray]) throws -> [NDArray] {
    var arrays = arrays
    return try run(&arrays, givesAway: false)
  }

  /// Runs the program on arrays by position, of which the results may take the memory of those that
  /// nobody else holds. When it throws, the arrays are as they were.
  func run(giving arrays: inout [NDArray]) throws -> [NDArray] {
    try run(&arrays, givesAway: true)
  }

  private func run(_ arrays: inout [NDArray], givesAway: Bool) throws -> [NDArray] {
    do {
      if let recorder { return try runRecorded(&arrays, givesAway, recorder) }
      return try withPlan(for: &arrays, givesAway) { plan, arrays in
        try plan.compiled.run(arrays, threads: threads)
      } ?? runWithoutCompiler(arrays)
    } catch {
      throw located(error, arrays)
    }
  }

  /// Runs a program of one output on arrays by position.
  func runSingle(_ arrays: [NDArray]) throws -> NDArray {
    do {
      var arrays = arrays
      if let recorder { return try runRecorded(&arrays, false, recorder)[0] }
      return try withPlan(for: &arrays) { plan, arrays in
        try plan.compiled.runSingle(arrays, threads: threads)
      } ?? runWithoutCompiler(arrays)[0]
    } catch {
      throw located(error, arrays)
    }
  }

  /// Runs a program of one output on an array, without a list that holds it.
  func runSingle(_ a: NDArray) throws -> NDArray {
    do {
      return try BorrowedArray.lending(a) { try runKnown($0) } ?? runSingle([a])
    } catch {
      throw located(error, [a])
    }
  }

  /// Runs a program of one output on two arrays, without a list that holds them.
  func runSingle(_ a: NDArray, _ b: NDArray) throws -> NDArray {
    do {
      return try BorrowedArray.lending(a, b) { try runKnown($0) } ?? runSingle([a, b])
    } catch {
      throw located(error, [a, b])
    }
  }

  /// Returns an error of the call with the line of the result that memory does not hold; others know
  /// theirs already.
  private func located(_ error: any Error, _ arrays: [NDArray]) -> any Error {
    guard let memory = error as? ArrayError, let byteCount = memory.missingByteCount,
      arrays.allSatisfy({ $0.error == nil }), let types = try? types(for: arrays)
    else { return error }
    return graph.outOfMemory(byteCount: byteCount, types: types) ?? error
  }

  /// Returns the types of all values of the graph as written.
  private func types(for arrays: [NDArray]) throws -> [TensorType] {
    try graph.types(
      forInputs: arrays.map { TensorType($0.dtype, $0.shape.map { .fixed($0) }) })
  }

  /// Runs a program of one output on arrays that a plan is bound to; returns nil where there is none,
  /// or where calls are counted.
  private func runKnown(_ arrays: BorrowedArrays) throws -> NDArray? {
    if recorder != nil { return nil }
    return try bound.withPlan(for: arrays) {
      try $0.compiled.runSingle(arrays, threads: threads)
    }
  }

  /// Hands the plan for these arrays to `body`, and the arrays as the plan takes them; returns nil
  /// where there is no compiler.
  ///
  /// - Parameter givesAway: Whether `body` may overwrite arrays that nobody else holds.
  private func withPlan<Result>(
    for arrays: inout [NDArray], _ givesAway: Bool = false, recording record: CallRecord? = nil,
    _ body: (BoundPlan, BorrowedArrays) throws -> Result
  ) throws -> Result? {
    func lending<Value>(_ body: (BorrowedArrays) throws -> Value) rethrows -> Value {
      if givesAway { return try BorrowedArray.giving(&arrays, body) }
      return try BorrowedArray.lending(arrays, body)
    }
    let bound = givesAway ? overwriting : bound
    func runKnown() throws -> Result? {
      try lending { list in try bound.withPlan(for: list) { try body($0, list) } }
    }
    if let result = try runKnown() { return result }
    let literals = arrays.enumerated().filter { $0.element.isWeak }
    arrays = try checked(arrays)
    do {
      guard let backend = Self.backend() else { return nil }
      if let result = try runKnown() { return result }
      let start = TickClock.now()
      let plan = try bind(arrays.map(\.layout), backend, overwritesInputs: givesAway)
      bound.insert(plan)
      record?.noteBinding(since: start)
      return try lending { try body(plan, $0) }
    } catch {
      // Who gave them has them back as they were.
      for (number, literal) in literals { arrays[number] = literal }
      throw error
    }
  }

  /// Returns the steps that run on arrays like these.
  func launches(for arrays: [NDArray]) throws -> LaunchPlan {
    let layouts = try checked(arrays).map(\.layout)
    return try plans.plan(for: layouts).bound(to: layouts)
  }

  private func bind(
    _ layouts: [ArrayLayout], _ backend: CPUBackend, overwritesInputs: Bool
  ) throws -> BoundPlan {
    let plan = try plans.plan(for: layouts)
    let launches = try plan.bound(to: layouts)
    let compiled = try backend.compile(
      launches, threads: threads, overwritesInputs: overwritesInputs, log: Debugging.log,
      observer: observer(duringCall: true))
    let recording = recorder.map { recorder in
      let facts = PlanFacts(plan, isGeneral: plans.isGeneral(for: layouts), layouts, launches)
      return (recorder, recorder.add(facts))
    }
    return BoundPlan(layouts, compiled, recording: recording)
  }

  /// Who notes kernels that become machine code.
  private func observer(duringCall: Bool) -> (@Sendable (KernelReport) -> Void)? {
    guard let compilation = recorder?.compilation else { return nil }
    return { compilation.note($0, duringCall: duringCall) }
  }

  /// Returns the arrays as the inputs take them, or says what does not fit.
  func checked(_ arrays: [NDArray]) throws -> [NDArray] {
    let arrays = try ProgramInput.checked(name, inputs, arrays)
    // The graph as written, not as rewritten, says what the lengths break.
    _ = try types(for: arrays)
    return arrays
  }

  /// The graph that a call computes: rewritten, or as written where there is no compiler.
  func computedGraph(for arrays: [NDArray]) throws -> Graph {
    Self.backend() == nil ? graph : try plans.plan(for: arrays.map(\.layout)).graph
  }

  private func runWithoutCompiler(_ arrays: [NDArray]) throws -> [NDArray] {
    try ReferenceBackend.run(graph, try checked(arrays))
  }

  /// Compiles the kernels that inputs in C order will need, so that the first call finds them ready.
  /// Lengths that are not known are taken to be equal and of no special size; where that breaks a
  /// rule, the first call compiles instead.
  private func compileAhead() {
    guard let backend = Self.backend() else { return }
    let start = ContinuousClock.now
    defer { recorder?.compilation.noteLinker(since: start) }
    let types = plans.mainGraph.inputs.map { plans.mainGraph.equations[$0].type }
    let layouts = types.map { ArrayLayout($0.dtype, $0.shape.map { $0.value ?? 64 }) }
    // Most sizes need a reduction's kernel whole.
    let isSizeKnown = types.allSatisfy { $0.concreteShape != nil }
    guard let launches = try? plans.main.bound(to: layouts, inParts: isSizeKnown) else { return }
    _ = try? backend.compile(
      launches, threads: threads, log: Debugging.log, observer: observer(duringCall: false))
  }

  /// The compiler, or nil after saying once why there is none.
  private static func backend() -> CPUBackend? {
    do {
      return try CPUBackend.shared()
    } catch {
      Debugging.warnOnce("\(error); functions run on the reference back end, which is slow")
      return nil
    }
  }
}

// MARK: - Calls that are counted

extension Program {
  @inline(never)
  private func runRecorded(
    _ arrays: inout [NDArray], _ givesAway: Bool, _ recorder: FunctionRecorder
  ) throws -> [NDArray] {
    try recorder.recorded { record in
      try withPlan(for: &arrays, givesAway, recording: record) { plan, arrays in
        try plan.run(arrays, threads: threads, recording: record)
      } ?? runWithoutCompiler(arrays, recorder, record)
    }
  }

  private func runWithoutCompiler(
    _ arrays: [NDArray], _ recorder: FunctionRecorder, _ record: CallRecord
  ) throws -> [NDArray] {
    let arrays = try checked(arrays)
    let results = try record.plan {
      var time = TickClock.now()
      return try ReferenceBackend.run(graph, arrays) { number, body in
        if case .constant = graph.equations[number].operation.lowering { return try body() }
        let (result, end) = try record.runStep(from: time, body)
        time = end
        return result
      }
    }
    if let referencePlan { recorder.commit(record, referencePlan) }
    return results
  }
}

/// An input of a program.
struct ProgramInput: Sendable {
  let name: String
  let type: TensorType
  /// Where it was made.
  let origin: Origin?

  /// Returns the inputs of `graph`, which the caller listed.
  static func list(_ function: String, _ tensors: [Tensor], _ graph: Graph) throws -> [ProgramInput]
  {
    var seen: Set<Tensor> = []
    for (position, tensor) in tensors.enumerated() {
      guard let input = tensor.node.operation as? Input else {
        throw FunctionError.notAnInput(function, position: position, tensor.node.origin)
      }
      guard seen.insert(tensor).inserted else {
        throw FunctionError.doubledInput(function, input.label ?? "input\(position)")
      }
    }
    let all = graph.inputs.enumerated().map { position, number in
      let label = (graph.equations[number].operation as? Input)?.label
      return ProgramInput(
        name: label ?? "input\(position)", type: graph.equations[number].type,
        origin: graph.equations[number].origins.first)
    }
    if all.count > tensors.count {
      throw FunctionError.unlistedInput(function, all[tensors.count])
    }
    var named: [String: ProgramInput] = [:]
    for (input, number) in zip(all, graph.inputs)
    where (graph.equations[number].operation as? Input)?.label != nil {
      if let other = named.updateValue(input, forKey: input.name) {
        throw FunctionError.equalNames(function, other, input)
      }
    }
    return all
  }

  /// Returns the arrays in the dtypes that the inputs take, or says which does not fit.
  static func checked(
    _ function: String, _ inputs: [ProgramInput], _ arrays: [NDArray]
  ) throws -> [NDArray] {
    guard arrays.count == inputs.count else {
      throw FunctionError.wrongCount(function, inputs, got: arrays.count)
    }
    var dimensions: [String: (input: ProgramInput, length: Int)] = [:]
    var result: [NDArray] = []
    for (input, given) in zip(inputs, arrays) {
      var array = try given.checked()
      if array.dtype != input.type.dtype, array.isWeak, array.rank == input.type.rank {
        guard let exact = array.exactly(input.type.dtype) else {
          throw FunctionError.inexactLiteral(function, input, got: array.dtype)
        }
        array = exact
      }
      let fits =
        array.dtype == input.type.dtype && array.rank == input.type.rank
        && zip(input.type.shape, array.shape).allSatisfy { $0.value == nil || $0.value == $1 }
      guard fits else {
        throw FunctionError.wrongInput(function, input, got: array)
      }
      for (extent, length) in zip(input.type.shape, array.shape) {
        guard case .named(let dimension) = extent else { continue }
        if let other = dimensions[dimension], other.length != length {
          throw FunctionError.dimensionClash(
            function, dimension, other, (input, length))
        }
        dimensions[dimension] = (input, length)
      }
      result.append(array)
    }
    return result
  }
}
