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
    /// The operand whose float32 result is farthest off, of all there are, and how far at most; samples miss it.
    let farthest: Float, atFarthest: Double
    var testDescription: String { op.rawValue }

    init(
      _ op: ScalarOp, _ float32: Double, atFarthest: Double? = nil, at farthest: Float = 1,
      float64: Double
    ) {
      (self.op, self.float32, self.float64) = (op, float32, float64)
      (self.farthest, self.atFarthest) = (farthest, atFarthest ?? float32)
    }
  }

  static let bounds = [
    Bound(.exp, 0.92, at: 5.1997986, float64: 0.95),
    Bound(.expm1, 0.9, atFarthest: 1.05, at: 17.12004, float64: 1.05),
    Bound(.log, 0.9, at: 1.2749931, float64: 0.85),
    Bound(.log1p, 1.15, at: 0.33388874, float64: 0.9),
    Bound(.sin, 0.52, at: 4.925926e+30, float64: 0.8),
    Bound(.cos, 0.52, at: 4.9512932e+30, float64: 0.8),
    Bound(.tan, 0.6, at: 5.014908e+30, float64: 0.95),
    Bound(.tanh, 0.8, at: 0.1250521, float64: 1.9),
    Bound(.sigmoid, 1.5, at: -4.846455, float64: 1.5),
    Bound(.softplus, 1.75, atFarthest: 1.8, at: -1.2723707, float64: 1.7),
    Bound(.erf, 1, at: 0.8748231, float64: 1),
    Bound(.log1mexp, 2, atFarthest: 2.1, at: -0.99284536, float64: 2),
    Bound(.erfc, 4.5, atFarthest: 5.1, at: 0.0029255657, float64: 4.9),
    Bound(.erfcx, 3.6, atFarthest: 4.2, at: 3.8090684e+07, float64: 4.6),
    Bound(.logErfc, 4.2, atFarthest: 4.8, at: 0.5733481, float64: 5),
    Bound(.sqrt, 0.5, float64: 0), Bound(.reciprocal, 0.5, float64: 0),
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

  @Test("functions of one operand are as exact where they are farthest off", arguments: bounds)
  func farthest(_ bound: Bound) {
    let x = Scalar(bound.farthest)
    var evaluator = LaneEvaluator(bound.op.composite(.float32).lowered())
    let result = Scalar(bitPattern: evaluator(x.bitPattern), .float32)
    let exact = bound.op.evaluate([x.cast(to: .float64)], as: .float64).asDouble
    #expect(ulps(result, from: exact) <= bound.atFarthest)
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
