import Arrays
import KernelIR
import Scalars
import Testing

@Suite("Well-formed kernels")
struct KernelVerifyTests {
  @Test("Kernels of every kind are well formed")
  func wellFormed() throws {
    for kernel in [.pi, .softmax, .copy(.int8, rank: 2), .copy(.bool, rank: 0)] as [Kernel] {
      try kernel.verify()
    }
  }

  /// A change to one of the kernels, and the rule it breaks.
  struct Mistake: Sendable {
    let message: String
    let kernel: Kernel

    init(_ message: String, in kernel: Kernel = .softmax, _ change: (inout Kernel) -> Void) {
      var kernel = kernel
      change(&kernel)
      (self.message, self.kernel) = (message, kernel)
    }
  }

  // swift-format-ignore
  static let mistakes = [
    Mistake("kernel: the outer axes are among all axes; got 3 of 2") { $0.outerCount = 3 },
    Mistake("kernel: access 1 names argument 2; there are 2") { $0.accesses[1].argument = 2 },
    Mistake("kernel: access 0 has 1 steps for 2 axes") { $0.accesses[0].steps = [.strided] },
    Mistake("kernel: stage 1 has 1 sources for 2 inputs") { $0.stages[1].sources.removeLast() },
    Mistake("kernel: stage 0 names access -1; there are 2") { $0.stages[0].sources = [.load(access: -1)] },
    Mistake("kernel: stage 1 names scalar 0; there are 0") { $0.stages[1].sources[1] = .scalar(0) },
    Mistake("kernel: input 0 of stage 0 takes float32; got int8") { $0.arguments[0].dtype = .int8 },
    Mistake("kernel: stage 0 reads accumulator 0, but the stages before it have 0") { $0.stages[0].sources = [.accumulator(0)] },
    Mistake("kernel: a result of stage 0 names line 0; there are 0") { $0.stages[0].composite.results = [.line(0)] },
    Mistake("kernel: a store of stage 2 names result 1; there are 1") { $0.stages[2].stores[0].result = 1 },
    Mistake("kernel: stage 2 writes 'y', which is no output") { $0.arguments[1].isOutput = false; $0.stages[1].stores = [] },
    Mistake("kernel: 'out' takes float32; got float64", in: .pi) { $0.arguments[2].dtype = .float32 },
    Mistake("kernel: stage 2 runs once, but its access 1 moves along the inner axes") { $0.stages[2].loops = false },
    Mistake("kernel: stage 1 accumulates, but does not loop", in: .pi) { $0.stages[1].accumulators = [Accumulator(.max, .float64, result: 0)] },
    Mistake("kernel: max of stage 0 takes int32; got float32") { $0.stages[0].accumulators[0].dtype = .int32 },
    Mistake("kernel: any of stage 0 takes bool; got float32") { $0.stages[0].accumulators[0].reduction = .any },
    Mistake("kernel: a full reduction has one stage that loops; got 3") { $0.outerCount = 0 },
  ]

  @Test("A mistake is named", arguments: mistakes.indices)
  func mistake(number: Int) {
    let mistake = Self.mistakes[number]
    #expect { try mistake.kernel.verify() } throws: { "\($0)" == mistake.message }
  }
}
