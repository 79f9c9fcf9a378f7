import Arrays
import Scalars
import Testing

/// Operations whose instructions have to give the very value of `evaluate`.
@Suite struct AgreementTests {
  static let exact = ScalarOp.allCases.filter {
    if case .float1 = $0.definition.evaluation { false } else { $0 != .pow }
  }

  @Test("instructions give the value that the table computes", arguments: exact)
  func exactly(_ op: ScalarOp) {
    for dtype in op.operandDTypes {
      for result in op == .cast ? DType.allCases : [op.definition.signature.resultDType(for: dtype)]
      {
        var evaluator = LaneEvaluator(op.composite(dtype, result: result).lowered())
        for x in operands(of: op, dtype) {
          let value = Scalar(bitPattern: evaluator(x.map(\.bitPattern))[0], result)
          let expected = op.evaluate(x, as: result)
          let isNaN = value.asDouble.isNaN && expected.asDouble.isNaN
          #expect(value == expected || isNaN, "\(op) of \(x) as \(result)")
        }
      }
    }
  }

  /// Every edge for one operand, every pair of edges for two; and samples.
  private func operands(of op: ScalarOp, _ dtype: DType) -> [[Scalar]] {
    let edges = dtype.edges, arity = op.definition.signature.arity
    let samples = (0..<arity).map { dtype.samples(600, in: -100...100, seed: UInt64($0) + 1) }
    let drawn = (0..<600).map { number in samples.map { $0[number] } }
    if case .choice = op.definition.signature {
      return drawn.enumerated().map { [Scalar($0.offset % 2 == 0)] + $0.element.dropFirst() }
    }
    switch arity {
    case 1: return edges.map { [$0] } + drawn
    default:
      let rest = (2..<max(arity, 2)).map { edges[$0] }
      return edges.flatMap { a in edges.map { [a, $0] + rest } } + drawn
    }
  }

  @Test("programs of instructions are well typed for every operation and dtype")
  func wellTyped() throws {
    for op in ScalarOp.allCases {
      for dtype in op.operandDTypes {
        let composite = op.composite(dtype)
        try composite.verify()
        let program = composite.lowered()
        try program.verify()
        #expect(
          program.dtype(of: program.results[0]) == op.definition.signature.resultDType(for: dtype),
          "\(op) \(dtype)")
      }
    }
  }

  @Test("operands are promoted to dtypes that need no promotion")
  func promotion() {
    for op in ScalarOp.allCases {
      for dtype in DType.allCases {
        guard let promoted = op.definition.signature.operandDType(for: dtype) else {
          #expect(dtype.isFloating, "\(op) takes \(dtype)")
          continue
        }
        #expect(op.definition.signature.operandDType(for: promoted) == promoted, "\(op) \(dtype)")
      }
    }
  }
}
