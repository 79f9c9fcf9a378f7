internal import Arrays
package import KernelIR
internal import Scalars
package import LLVM

/// A kernel as a module of LLVM IR.
package struct EmittedKernel: Sendable {
  /// The module's text.
  package let ir: String
  /// The functions whose addresses its launches hold, in this order.
  package let functions: [VectorFunction]
}

/// Writes a specialized kernel as a module of LLVM IR.
///
/// The function `NAME(ptr args, i64 begin, i64 end, ptr partials, i64 chunk)` computes the points
/// from `begin` to `end` of the flattened outer space, or these rows of its tiles, or these short rows. For a full reduction
/// the range is one of the inner space, and the accumulators go to the words of `partials` that belong
/// to `chunk`; `NAME_finish(ptr args, i64 left, i64 right, ptr partials)` then combines those of the
/// chunks `left` and `right` into those of `left`, in the order of `PairwiseOrder`, and in the end,
/// with a `right` of 0, writes what the kernel yields. `LaunchBlock` says how `args` and `partials` are
/// laid out.
package struct KernelEmitter {
  let kernel: Kernel
  let target: VectorTarget
  let lanes: LaneAxis
  let stages: [StageProgram]
  let writer: IRWriter
  let scalars: ScalarEmitter
  let memory: MemoryEmitter
  let loops: LoopEmitter

  /// Returns the module's text and the functions that it calls.
  ///
  /// Where the kernel stores past the caches, elementwise results that lie aligned to vectors are
  /// written so, which spares reading what is overwritten; but what reads the results next finds them
  /// in memory. On Zen 4, x + y takes 0.7 times as long for arrays of 24 MB together and 0.65 times
  /// for 384 MB.
  package static func emit(_ kernel: Kernel, named name: String, for host: Host) -> EmittedKernel {
    emit(kernel, named: name, for: VectorTarget(host))
  }

  /// Returns the module's text for a kind of vectors; `lower` turns composites into instructions.
  static func emit(
    _ kernel: Kernel, named name: String, for target: VectorTarget,
    lower: ((Composite) -> LaneProgram)? = nil
  ) -> EmittedKernel {
    let tables = ConstantTables(), calls = FunctionCalls(of: kernel)
    var functions = ""
    let lanes = kernel.laneAxis
    let stages = kernel.stages.map { stage in
      let program = lower?(stage.composite) ?? stage.composite.lowered(for: target)
      return StageProgram(
        stage, target.hasMaskRegisters ? program : program.withScalesApart(), of: kernel,
        lanesAlong: lanes)
    }
    var target = target
    if kernel.tiling == nil, StageProgram.convert(stages) {
      target.registerByteCount = target.streamByteCount
    }
    let main = KernelEmitter(kernel, stages, lanes, target, tables, calls)
    main.emitPoints()
    functions += main.function(
      name, "ptr %args, i64 %begin, i64 %end, ptr %partials, i64 %chunk")
    if kernel.isFullReduction {
      let finish = KernelEmitter(kernel, stages, lanes, target, tables, calls)
      finish.emitFinish()
      functions += finish.function(
        name + "_finish", "ptr %args, i64 %left, i64 %right, ptr %partials")
    }
    return EmittedKernel(
      ir: tables.text + functions + (kernel.storesPastCaches ? MemoryEmitter.metadata : ""),
      functions: calls.functions)
  }

  private init(
    _ kernel: Kernel, _ stages: [StageProgram], _ lanes: LaneAxis, _ target: VectorTarget,
    _ tables: ConstantTables, _ calls: FunctionCalls
  ) {
    let writer = IRWriter()
    self.kernel = kernel
    self.writer = writer
    self.stages = stages
    self.lanes = lanes
    self.target = target
    scalars = ScalarEmitter(writer: writer, tables: tables, target: target, calls: calls)
    let launch = LaunchValues(of: kernel, with: writer)
    memory = MemoryEmitter(
      writer: writer, kernel: kernel, launch: launch, registerByteCount: target.registerByteCount)
    loops = LoopEmitter(writer: writer, memory: memory, target: target)
  }

  /// The same stages with accesses that walk otherwise, and lanes along another axis.
  private init(_ other: KernelEmitter, _ kernel: Kernel, _ launch: LaunchValues, _ lanes: LaneAxis)
  {
    self.kernel = kernel
    (target, self.lanes, writer) = (other.target, lanes, other.writer)
    scalars = other.scalars
    stages = other.stages.map { stage in
      StageProgram(stage.stage, stage.program, of: kernel, lanesAlong: lanes)
    }
    memory = MemoryEmitter(
      writer: writer, kernel: kernel, launch: launch, registerByteCount: target.registerByteCount)
    loops = LoopEmitter(writer: writer, memory: memory, target: target)
  }

  /// Returns the writer of the same kernel as if `accesses` walked from element to element along
  /// `axis`.
  func reading(_ accesses: [Int], along axis: Int) -> KernelEmitter {
    var (kernel, launch) = (kernel, memory.launch)
    for access in accesses {
      kernel.accesses[access].steps[axis] = .contiguous
      launch.strides[access][axis] = .i64(1)
    }
    return KernelEmitter(self, kernel, launch, lanes)
  }

  /// Returns the writer of the same kernel with each point of the last outer axis a lane, as if `accesses` lay
  /// so: `width` points side by side, and as many elements on for the next step along the inner axis.
  func turned(_ accesses: [Int], width: Int) -> KernelEmitter {
    var (kernel, launch) = (kernel, memory.launch)
    let axis = kernel.outerCount - 1, inner = kernel.outerCount
    for access in accesses {
      kernel.accesses[access].steps[axis] = .contiguous
      launch.strides[access][axis] = .i64(1)
      if kernel.accesses[access].steps[inner] != .broadcast {
        launch.strides[access][inner] = .i64(width)
      }
    }
    return KernelEmitter(self, kernel, launch, .outer(axis))
  }

  /// Returns the writer of the same map as if rows followed each other in what waits too.
  func folded(_ folding: Folding) -> KernelEmitter {
    var (kernel, launch) = (kernel, memory.launch)
    for access in folding.waiting {
      kernel.accesses[access].steps[kernel.outerCount - 1] = .contiguous
      launch.strides[access][kernel.outerCount - 1] = .i64(1)
    }
    return KernelEmitter(self, kernel, launch, lanes)
  }

  /// The text of a function, whose stack is aligned as vectors are: LLVM would keep vectors for which
  /// there are no registers where the caller's stack happens to be, and where one of them lay across two
  /// pages, `exp(-x * x) * sin(y) + tanh(x * y)` took 2.7 times as long on Zen 3, in one process of four.
  ///
  /// It begins with a cache line, so that its loops lie on the same lines whatever shares its module.
  private func function(_ name: String, _ parameters: String) -> String {
    "define void @\(name)(\(parameters)) nounwind alignstack(\(target.vectorByteCount)) align 64 "
      + "\(registers){\nentry:\n\(writer.text)\n  ret void\n}\n"
  }

  /// The attributes by which vectors lie in more registers, of fewer bytes.
  private var registers: String {
    guard target.hasHalfRegisters else { return "" }
    let bits = 8 * target.registerByteCount
    return "\"prefer-vector-width\"=\"\(bits)\" \"min-legal-vector-width\"=\"0\" "
  }

  /// Writes the body of the main function.
  private func emitPoints() {
    let (begin, end) = (IRValue("%begin", .i64), IRValue("%end", .i64))
    if kernel.isFullReduction {
      emitChunk(from: begin, to: end)
    } else if let tiling = kernel.tiling {
      emitTiles(tiling, from: begin, to: end)
    } else if let folding = kernel.folding {
      emitFoldedRows(folding, from: begin, to: end)
    } else if kernel.transposesRows {
      emitShortRows(from: begin, to: end)
    } else if case .outer(let axis) = lanes {
      emitStrips(from: begin, to: end, along: axis)
    } else {
      emitRows(from: begin, to: end)
    }
  }

  /// The axes of the inner space.
  var inner: Range<Int> { kernel.outerCount..<kernel.axes.count }

  /// The writer of a stage, whose lanes lie along the lane axis unless it does not loop.
  func emitter(_ stage: Int, along axis: Int?) -> StageEmitter {
    StageEmitter(
      writer: writer, memory: memory, scalars: scalars, stage: stages[stage], axis: axis)
  }

  /// The accumulators of a stage that loops with so many lanes, which become one value in the end or
  /// keep a value each.
  func accumulation(_ stage: Int, lanes: Int, lanesAreJoined: Bool) -> Accumulation {
    let program = stages[stage]
    let multiplied =
      lanes > 1 && target.habits.hasPipesForAdditions ? program.sumsByMultiplication : []
    let one = multiplied.isEmpty ? nil : unknownOne()
    let sums = program.stage.accumulators.map(program.stage.sumTellingNaN)
    let reductions = program.stage.accumulators.indices.map { number in
      let (accumulator, counted) = (program.stage.accumulators[number], program.counted[number])
      let watchesNaN =
        sums[number] == nil && !kernel.needsNoNaN(of: accumulator, of: program.stage)
      return ReductionEmitter(
        writer: writer, scalars: scalars, accumulator: accumulator,
        form: .init(
          accumulator, isCount: counted != nil, watchesNaN: watchesNaN, lanes: lanes,
          lanesAreJoined: lanesAreJoined, target),
        flagsAreBits: target.hasMaskRegisters, one: multiplied.contains(number) ? one : nil)
    }
    let operands = zip(program.stage.accumulators, program.counted)
      .map { $1 ?? program.program.results[$0.result] }
    let first = stages[..<stage].map(\.stage.accumulators.count).reduce(0, +)
    let narrow = zip(program.stage.accumulators, operands).enumerated().map { number, pair in
      kernel.addsBeforeWidening(pair.0, of: program.stage, number: first + number)
        ? program.program.source(ofConverted: pair.1) : nil
    }
    return Accumulation(
      reductions: reductions, operands: operands, narrow: narrow, sumsTellingNaN: sums,
      vectorsAreJoined: lanesAreJoined)
  }

  /// A float64 of 1 that LLVM does not know for one, or it would multiply nothing by it: its lowest bit is
  /// the sign of where the range begins, which is never set.
  private func unknownOne() -> IRValue {
    let sign = writer.binary("lshr", IRValue("%begin", .i64), .i64(63))
    let bits = writer.binary("or", sign, .i64(Int(1.0.bitPattern)))
    return writer.convert("bitcast", bits, to: IRType(.float64))
  }

  /// A scope that holds the accumulators of earlier stages that `stage` reads.
  func scope(_ stage: Int, reading accumulators: [[IRValue]], uniform: Bool) -> Scope {
    var scope = Scope()
    for (number, source) in stages[stage].stage.sources.enumerated() {
      guard case .accumulator(let index) = source else { continue }
      if uniform {
        scope.uniform[.input(number)] = accumulators[index][0]
      } else {
        scope.vectors[.input(number)] = accumulators[index]
      }
    }
    return scope
  }
}
