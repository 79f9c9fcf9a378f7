import Arrays
import KernelIR
import Scalars
import Testing

@Suite("Emitted scalar operations")
struct EmissionExpansionTests {
  /// The operations on floats, and what their operands are.
  static let operations = ScalarOp.allCases.filter {
    $0.definition.signature.operandDType(for: .float64) == .float64 && $0 != .cast
  }

  @Test(
    "Every operation on floats has the bits of its instructions, for values of every size",
    arguments: operations)
  func floats(op: ScalarOp) throws {
    for dtype: DType in [.float32, .float64] {
      try elementwise(op, dtype, Self.values(dtype)).check("\(op) of \(dtype)", cuts: [3, 20])
    }
  }

  @Test("Functions have the bits of the instructions that they stand for", arguments: operations)
  func calls(op: ScalarOp) throws {
    for dtype: DType in [.float32, .float64] {
      var test = elementwise(op, dtype, Self.values(dtype))
      test.callsFunctions = true
      let program = test.lower(test.kernel.stages[0].composite)
      guard program.lines.contains(where: { $0.operation == .call(op) }) else { continue }
      try test.check("a call of \(op) of \(dtype)", cuts: [3, 20])
    }
  }

  private func elementwise(_ op: ScalarOp, _ dtype: DType, _ values: [Scalar]) -> KernelCase {
    let signature = op.definition.signature
    var dtypes = Array(repeating: dtype, count: signature.arity)
    if case .choice = signature { dtypes[0] = .bool }
    let result = signature.resultDType(for: dtype)
    var composite = Composite(inputs: dtypes)
    composite.results = [composite.append(op, dtypes.indices.map { .input($0) }, result)]
    let all = dtypes + [result]
    let kernel = Kernel(
      axes: [Axis("i", extent: "n")], outerCount: 1,
      arguments: all.enumerated().map {
        Argument("x\($0)", $1, isOutput: $0 == dtypes.count)
      },
      accesses: all.indices.map { Access(argument: $0, steps: [.strided]) }, scalars: [],
      stages: [
        Stage(
          loops: false, sources: dtypes.indices.map { .load(access: $0) }, composite: composite,
          stores: [Store(access: dtypes.count, result: 0)], accumulators: [])
      ])
    let operands = dtypes.enumerated().map { number, dtype in
      values.indices.map { values[($0 * (number + 1) + 5 * number) % values.count].cast(to: dtype) }
    }
    return KernelCase(
      kernel: kernel, layout: Layout(extents: [values.count], strides: all.map { _ in [1] }),
      arrays: operands + [values.map { _ in .zero(result) }],
      offsets: all.map { _ in 0 })
  }

  /// Runs of ordinary values, of huge ones, and of both side by side, so that what is computed for
  /// some lanes only is computed for none, all and a few.
  private static func values(_ dtype: DType) -> [Scalar] {
    var values: [Double] = []
    for index in 0..<64 { values.append(Double(index * 37 % 64 - 32) / 7) }
    for index in 0..<32 {
      values.append(
        Double(sign: index % 2 == 0 ? .plus : .minus, exponent: 20 + 3 * index, significand: 1.37))
    }
    for index in 0..<64 { values.append(index % 9 == 4 ? 1e30 : Double(index) * 0.11) }
    values += [0, -0.0, .infinity, -.infinity, .nan, 0x1p-140, -0x1p-1040, 0x1.fffffep127, 1e300]
    return values.map { Scalar.float($0, .float64).cast(to: dtype) }
  }
}
