import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("Sums of exponentials before they are widened")
struct NarrowSumTests {
  @Test("Exponentials are, whose sum is read as a float32")
  func exponentials() {
    #expect(Self.addsNarrow(Self.sum(of: .exp, readAs: .float32)))
  }

  @Test("What may be below zero is not, nor a sum that is read with all its digits")
  func others() {
    #expect(!Self.addsNarrow(Self.sum(of: .sin, readAs: .float32)))
    #expect(!Self.addsNarrow(Self.sum(of: .exp, readAs: .float64)))
    #expect(!Self.addsNarrow(Self.sum(of: .exp, in: .float32, readAs: .float32)))
  }

  private static func addsNarrow(_ kernel: Kernel) -> Bool {
    kernel.addsBeforeWidening(kernel.accumulators[0], of: kernel.stages[0], number: 0)
  }

  @Test("They differ from the exact sum by little more than a rounding of float32")
  func digits() throws {
    let count = 1000
    let x = (0..<count).map { Float($0 * 37 % 101) / 16 - 6 }
    let exact = x.map { ScalarOp.exp.evaluate([Scalar(Double($0))], as: .float64).asDouble }
      .reduce(0, +)
    for target in TestTarget.available {
      let test = KernelCase(
        kernel: Self.sum(of: .exp, readAs: .float32),
        layout: Layout(extents: [1, count], strides: [[count, 1], [1, 0]]),
        arrays: [x.map { Scalar($0) }, [Scalar(Float(0))]], offsets: [0, 0])
      let error = abs(try test.run(on: target)[1][0].asDouble - exact) / exact
      #expect(error < 0x1p-23, "\(target): \(error)")
    }
  }

  /// The sums of `op` of the float32 elements of rows, accumulated in a dtype and stored in another.
  private static func sum(
    of op: ScalarOp, in accumulator: DType = .float64, readAs result: DType
  ) -> Kernel {
    var terms = Composite(inputs: [.float32])
    let term = terms.append(op, [.input(0)], .float32)
    terms.results = [
      accumulator == .float32 ? term : terms.append(.cast, [term], accumulator)
    ]
    var finish = Composite(inputs: [accumulator])
    finish.results = [
      result == accumulator ? .input(0) : finish.append(.cast, [.input(0)], result)
    ]
    return Kernel(
      axes: [Axis("i", extent: "m"), Axis("j", extent: "n")], outerCount: 1,
      arguments: [
        Argument("x", .float32, isOutput: false), Argument("y", result, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.strided, .contiguous]),
        Access(argument: 1, steps: [.contiguous, .broadcast]),
      ],
      scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0)], composite: terms, stores: [],
          accumulators: [Accumulator(.sum, accumulator, result: 0)]),
        Stage(
          loops: false, sources: [.accumulator(0)], composite: finish,
          stores: [Store(access: 1, result: 0)], accumulators: []),
      ])
  }
}
