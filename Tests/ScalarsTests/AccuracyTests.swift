import Arrays
import Scalars
import Testing

/// The functions that are formulas, against the C library in float64.
@Suite struct AccuracyTests {
  /// How far a result may be from the exact one, in units in the last place. The C library's own
  /// error comes on top in float64: 1, and 2 for its tanh.
  struct Bound: Sendable, CustomTestStringConvertible {
    let op: ScalarOp
    let float32, float64: Double
    var testDescription: String { op.rawValue }
  }

  static let bounds = [
    Bound(op: .exp, float32: 0.92, float64: 0.95), Bound(op: .expm1, float32: 0.9, float64: 1.05),
    Bound(op: .log, float32: 0.9, float64: 0.85), Bound(op: .log1p, float32: 1.15, float64: 0.9),
    Bound(op: .sin, float32: 0.52, float64: 0.8), Bound(op: .cos, float32: 0.52, float64: 0.8),
    Bound(op: .tan, float32: 0.6, float64: 0.95), Bound(op: .tanh, float32: 0.8, float64: 1.9),
    Bound(op: .sigmoid, float32: 1.5, float64: 1.5),
    Bound(op: .softplus, float32: 1.75, float64: 1.7), Bound(op: .erf, float32: 1, float64: 1),
    Bound(op: .log1mexp, float32: 2, float64: 2), Bound(op: .erfc, float32: 4.5, float64: 4.9),
    Bound(op: .erfcx, float32: 3.6, float64: 4.6), Bound(op: .logErfc, float32: 4.2, float64: 5),
    Bound(op: .sqrt, float32: 0.5, float64: 0), Bound(op: .reciprocal, float32: 0.5, float64: 0),
  ]

  @Test("functions of one operand are as exact as the table says", arguments: bounds)
  func oneOperand(_ bound: Bound) {
    for dtype in [DType.float32, .float64] {
      var evaluator = LaneEvaluator(bound.op.composite(dtype).lowered())
      let allowed = dtype == .float32 ? bound.float32 : bound.float64 + 1
      var worst = (ulps: 0.0, at: Scalar.zero(dtype))
      let points =
        dtype.edges + dtype.samples(4000, in: bound.op.definition.domain, seed: 1)
        + dtype.samples(4000, in: -100...100, seed: 2)
      for x in points {
        let result = Scalar(bitPattern: evaluator(x.bitPattern), dtype)
        let exact = bound.op.evaluate([x.cast(to: .float64)], as: .float64).asDouble
        let error = ulps(result, from: exact)
        if error > worst.ulps { worst = (error, x) }
      }
      #expect(worst.ulps <= allowed, "\(bound.op) at \(worst.at) of \(dtype): \(worst.ulps)")
    }
  }

  @Test("every formula of floats has a bound")
  func everyFormula() {
    let formulas = ScalarOp.allCases.filter {
      if case .float1 = $0.definition.evaluation { true } else { false }
    }
    #expect(Set(formulas) == Set(Self.bounds.map(\.op)))
  }

  /// The signs of results of zero: they follow the operand's where the function is odd.
  @Test("odd functions keep the sign of a zero and are odd")
  func oddFunctions() {
    for op in [ScalarOp.sin, .tan, .tanh, .erf, .expm1, .log1p] {
      for dtype in [DType.float32, .float64] {
        let program = op.composite(dtype).lowered()
        let zero = Scalar.float(-0.0, dtype)
        #expect(program.evaluate([zero]) == [zero], "\(op) \(dtype)")
        guard op != .expm1, op != .log1p else { continue }
        for x in dtype.samples(200, in: 0...10, seed: 3) {
          let negative = Scalar.float(-x.asDouble, dtype)
          let (a, b) = (program.evaluate([x])[0].asDouble, program.evaluate([negative])[0].asDouble)
          #expect(a == -b || a.isNaN && b.isNaN, "\(op) \(x)")
        }
      }
    }
  }

  @Test("functions that are 1 at zero give it there and so near that they round to it")
  func onesAtZero() {
    for op in [ScalarOp.exp, .cos, .erfc, .erfcx] {
      for dtype in [DType.float32, .float64] {
        let program = op.composite(dtype).lowered()
        let least = dtype == .float32 ? Double(Float.leastNonzeroMagnitude) : .leastNonzeroMagnitude
        // Rules put these functions in the place of sums that are exactly 1.
        for zero in [0.0, -0.0, least, -least, 0x1p-60, -0x1p-60] {
          #expect(program.evaluate([.float(zero, dtype)]) == [.one(dtype)], "\(op) \(dtype)")
        }
      }
    }
  }

  @Test("sin and cos of one argument share its reduction")
  func sharedReduction() {
    for dtype in [DType.float32, .float64] {
      var both = Composite()
      let x = both.addInput(dtype)
      both.results = [both.append(.sin, [x], dtype), both.append(.cos, [x], dtype)]
      let alone = [ScalarOp.sin, .cos].map { $0.composite(dtype).lowered().lines.count }
      let together = both.lowered().lines.count
      #expect(together <= alone[0] + alone[1] - 10, "\(dtype): \(alone) together \(together)")
    }
  }
}
