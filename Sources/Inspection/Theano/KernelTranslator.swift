import Arrays
import GraphOptimizer
import KernelIR
import Scalars
import SymbolicGraph

/// Adds what one kernel computes to a program of Theano's.
struct KernelTranslator {
  private let step: Plan.KernelStep
  private let number: Int
  private var accumulators: [Int] = []
  /// The applications of each stage that visits every point.
  private(set) var loops: [[Int]] = []

  init(_ step: Plan.KernelStep, _ number: Int) {
    (self.step, self.number) = (step, number)
  }

  mutating func run(_ plan: inout PlanTranslator) {
    let hasLoops = step.kernel.stages.contains(where: \.loops)
    for stage in step.kernel.stages {
      let isMain = stage.loops || !hasLoops
      var stage = StageTranslator(step, number, stage, accumulators, isMain: isMain)
      stage.run(&plan)
      accumulators = stage.accumulators
      if isMain { loops.append(stage.applications) }
    }
  }
}

/// Adds what one stage computes: what it stores, and its reductions.
private struct StageTranslator {
  let step: Plan.KernelStep
  let number: Int
  let stage: Stage
  /// The variables of the kernel's accumulators so far.
  var accumulators: [Int]
  /// Whether the stage visits every point of the kernel.
  let isMain: Bool
  /// What was added.
  var applications: [Int] = []
  private let program: Composite

  init(
    _ step: Plan.KernelStep, _ number: Int, _ stage: Stage, _ accumulators: [Int], isMain: Bool
  ) {
    (self.step, self.number, self.stage) = (step, number, stage)
    (self.accumulators, self.isMain) = (accumulators, isMain)
    program = stage.composite.withoutCasts(ofAccumulators: stage.sources)
  }

  mutating func run(_ plan: inout PlanTranslator) {
    let stored = store(&plan)
    for accumulator in stage.accumulators { reduce(accumulator, stored, &plan) }
  }

  // MARK: - Stored values

  /// Adds what the stage writes, and returns the variables by what they hold.
  private mutating func store(_ plan: inout PlanTranslator) -> [Composite.Operand: Int] {
    var variables: [Composite.Operand: Int] = [:]
    var computed: [(operand: Composite.Operand, value: Int)] = []
    for store in stage.stores {
      let operand = program.results[store.result]
      let value = step.arguments[step.kernel.accesses[store.access].argument]
      if !isMain, case .input(let input) = operand {
        // The result of a reduction, as it is.
        let variable = variable(of: stage.sources[input], &plan)
        plan.theano.variables[variable].type = plan.typeText(of: value)
        plan.values[value] = variable
      } else {
        computed.append((operand, value))
      }
    }
    if computed.isEmpty { return [:] }
    let name = elementwiseName(computed)
    let inputs = name.inputs.map { self.variable(of: $0, &plan) }
    var first: Int?
    for (position, item) in computed.enumerated() {
      let variable = plan.theano.apply(
        name.text, name.className, inputs, plan.typeText(of: item.value), spelling: name.spelling)
      plan.theano.variables[variable].step = number
      if computed.count > 1 { plan.theano.variables[variable].output = position }
      plan.theano.variables[variable].application = first
      if first == nil { applications.append(variable) }
      first = first ?? variable
      plan.values[item.value] = variable
      variables[item.operand] = variable
    }
    return variables
  }

  private typealias Name = (
    text: String, className: String, inputs: [Composite.Operand], spelling: TheanoSpelling
  )

  private func elementwiseName(_ computed: [(operand: Composite.Operand, value: Int)]) -> Name {
    let className = "martlet.elemwise.Elemwise"
    if computed.count == 1 {
      switch computed[0].operand {
      case .line(let number):
        let line = program.lines[number]
        if line.operation != .fma, line.operands.allSatisfy(program.isLeaf) {
          return (
            line.operation.theanoElemwise(line.dtype), className, line.operands,
            line.operation.theanoSpelling(line.dtype)
          )
        }
      case .input:
        return ("DeepCopyOp", "martlet.basic.DeepCopyOp", [computed[0].operand], .call(nil))
      case .constant: return ("Alloc", "martlet.basic.Alloc", [computed[0].operand], .call(nil))
      }
    }
    let composite = TheanoComposite(program, results: computed.map(\.operand))
    return ("Elemwise{\(composite.text)}", className, composite.inputs, .call(nil))
  }

  // MARK: - Reductions

  private mutating func reduce(
    _ accumulator: Accumulator, _ stored: [Composite.Operand: Int], _ plan: inout PlanTranslator
  ) {
    var operand = program.results[accumulator.result]
    if case .line(let line) = operand, program.lines[line].operation == .cast,
      program.lines[line].dtype == accumulator.dtype
    {
      operand = program.lines[line].operands[0]
    }
    let reduced = step.axes[step.kernel.outerCount...].sorted()
    let space = plan.plan.graph.equations[step.space].type
    let type = TensorType(program.dtype(of: operand), space.shape)
    var inputs: [Composite.Operand] = [operand]
    var suffix = ""
    if case .line = operand, stored[operand] == nil {
      let composite = TheanoComposite(program, results: [operand])
      suffix = "{\(composite.text)}"
      inputs = composite.inputs
    }
    let operands = inputs.map { stored[$0] ?? self.variable(of: $0, &plan) }
    let variable = plan.theano.reduction(
      accumulator.reduction, axes: reduced, accumulator: accumulator.dtype, operands[0], type,
      accumulator.valueDType, isCompiled: true)
    plan.theano.variables[variable].text += suffix
    plan.theano.variables[variable].inputs = operands
    plan.theano.variables[variable].step = number
    accumulators.append(variable)
    applications.append(variable)
  }

  // MARK: - Operands

  private func variable(of operand: Composite.Operand, _ plan: inout PlanTranslator) -> Int {
    switch operand {
    case .input(let input): return variable(of: stage.sources[input], &plan)
    case .constant(let scalar):
      let rank = isMain ? step.axes.count : step.kernel.outerCount
      let type = TensorType(scalar.dtype, Array(repeating: .fixed(1), count: rank))
      return plan.theano.constant(
        TheanoTexts.constant(scalar, shape: Array(repeating: 1, count: rank)),
        TheanoTexts.type(type))
    case .line: return 0  // Never asked for: a line is computed by the application itself.
    }
  }

  private func variable(of source: Source, _ plan: inout PlanTranslator) -> Int {
    switch source {
    case .load(let access):
      return plan.variable(of: step.arguments[step.kernel.accesses[access].argument])
    case .accumulator(let number): return accumulators[number]
    case .scalar(let number):
      let extent = step.extents[number]
      return plan.extent(of: extent.value, axis: extent.axis)
    }
  }
}

extension PlanTranslator {
  fileprivate func typeText(of value: Int) -> String {
    TheanoTexts.type(plan.graph.equations[value].type)
  }

  /// Returns the variable of a length, one for all that ask.
  fileprivate mutating func extent(of value: Int, axis: Int) -> Int {
    let operand = variable(of: value)
    if let known = extents[[operand, axis]] { return known }
    let variable = theano.extent(operand, axis: axis, isCompiled: true)
    extents[[operand, axis]] = variable
    return variable
  }
}

extension Composite {
  fileprivate func isLeaf(_ operand: Operand) -> Bool {
    if case .line = operand { false } else { true }
  }

  /// The lines and results, where casts that only give accumulators the dtype of the reduction's result
  /// count as the accumulator itself.
  fileprivate func withoutCasts(ofAccumulators sources: [Source]) -> Composite {
    rebuilt { program, _, line in
      if line.operation == .cast, line.dtype.isFloating, case .input(let number) = line.operands[0],
        case .accumulator = sources[number], inputs[number].isFloating
      {
        return line.operands[0]
      }
      return program.append(line)
    }
  }
}
