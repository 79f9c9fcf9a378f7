import Arrays
import ReferenceBackend
import Scalars
import SymbolicGraph
import Testing

@testable import GraphOptimizer

@Suite("Every rule")
struct RuleTests {
  @Test("has a name of its own in its set")
  func names() {
    let names = RuleCase.all.map(\.entry.name)
    #expect(Set(names).count == names.count)
  }

  @Test("keeps its bits if it is there to give one form to equal expressions")
  func exact() {
    for entry in RuleSet.canonicalize.rules { #expect(entry.rule.rounding == .same) }
  }

  @Test("makes its pattern lighter", arguments: RuleCase.all)
  func smaller(_ test: RuleCase) {
    #expect(test.rule.replacement.weight < test.rule.pattern.weight)
  }

  @Test("keeps the dtype, for every dtype that the pattern admits", arguments: RuleCase.all)
  func wellTyped(_ test: RuleCase) throws {
    let admitted = DType.allCases.filter(test.admits)
    #expect(!admitted.isEmpty)
    for dtype in admitted {
      let dtypes = try #require(test.variableDTypes(for: dtype))
      let values = dtypes.mapValues { Tensor("v", $0, shape: []) }
      let pattern = test.rule.pattern.tensor(values, dtype)
      let result = try pattern.type.dtype
      #expect(try test.rule.replacement.tensor(values, result).type.dtype == result, "\(dtype)")
      // No operand had to be cast: rules see the dtypes that signatures ask for.
      let graph = try Graph(inputs: [], outputs: [pattern])
      #expect(!graph.description.contains("cast("), "\(dtype)")
    }
  }

  @Test("gives the same values", arguments: RuleCase.all)
  func true_(_ test: RuleCase) throws {
    for dtype in DType.allCases where test.admits(dtype) {
      let dtypes = try #require(test.variableDTypes(for: dtype))
      let broken = Samples(dtypes, test.rule).first { values in
        !agree(test.rule, dtype, values)
          && !agree(test.rule, dtype, values.mapValues(\.withoutSignOfZero))
      }
      #expect(broken == nil, "\(dtype)")
    }
  }

  @Test("fires in the standard pipeline", arguments: RuleCase.all)
  func alive(_ test: RuleCase) throws {
    var fired: Set<String> = []
    for dtype in DType.allCases.reversed() where test.admits(dtype) {
      for shape in [[8], []] as [[Extent]] {
        for constant in [3.0, 4] where !fired.contains(test.entry.name) {
          let pattern = try patternTensor(test, dtype, shape, constant)
          let graph = try Graph(inputs: [], outputs: [pattern])
          _ = try Pipeline.standard.run(on: graph, verifying: true) {
            fired.formUnion($0.fired.keys)
          }
        }
      }
    }
    #expect(fired.contains(test.entry.name))
  }

  @Test("leaves a graph that computes the same in the reference back end", arguments: RuleCase.all)
  func agreesInTheReferenceBackEnd(_ test: RuleCase) throws {
    for dtype in [DType.float64, .float32, .int32, .uint8, .bool] where test.admits(dtype) {
      let pattern = try patternTensor(test, dtype, [8], 4)
      let graph = try Graph(inputs: [], outputs: [pattern])
      var trace = Trace()
      let rewritten = Apply(test.set).run(on: graph, &trace)
      try rewritten.verify()
      let inputs = graph.inputs.enumerated().map { position, input in
        let type = graph.equations[input].type
        let values = (0..<8).map { 0.25 * Double($0) + 0.125 * Double(position) + 0.125 }
        return NDArray(type.dtype.isFloating ? values : values.map { ($0 * 4).rounded() })
          .cast(to: type.dtype)
      }
      let old = try ReferenceBackend.run(graph, inputs)[0]
      let new = try ReferenceBackend.run(rewritten, inputs)[0]
      #expect(old.dtype == new.dtype && old.shape == new.shape)
      for index in 0..<8 {
        let tolerance = test.rule.rounding == .same ? 0 : 0x1p-19
        #expect(
          agree(old.scalar(at: index), new.scalar(at: index), tolerance: tolerance),
          "\(dtype) \(index)")
      }
    }
  }

  private func patternTensor(
    _ test: RuleCase, _ dtype: DType, _ shape: [Extent], _ constant: Double
  ) throws -> Tensor {
    let dtypes = try #require(test.variableDTypes(for: dtype))
    var values: [Term.Variable: Tensor] = [:]
    for (variable, dtype) in dtypes {
      if variable.isConstant {
        values[variable] = .constant(NDArray(scalar: Scalar(constant).cast(to: dtype)))
      } else {
        values[variable] = Tensor("\(variable)", dtype, shape: shape)
        for case .nonNegative(.variable(variable)) in test.rule.conditions {
          values[variable] = sqrt(Tensor("\(variable)", dtype, shape: shape))
        }
      }
    }
    return test.rule.pattern.tensor(values, dtype)
  }
}

/// Whether both sides of a rule have one value for these operands.
///
/// Rules that round otherwise are there to lose less than their patterns do, so for `float32` the
/// pattern is computed in `float64`, and for `float64` much may differ.
private func agree(_ rule: Rule, _ dtype: DType, _ values: [Term.Variable: Scalar]) -> Bool {
  let old = rule.pattern.value(values, dtype)
  let new = rule.replacement.value(values, old.dtype)
  if rule.rounding == .same { return agree(old, new, tolerance: 0) }
  if agree(old, new, tolerance: dtype == .float32 ? 0x1p-19 : 0x1p-32) { return true }
  guard !values.values.contains(where: { $0.asDouble.isNaN }) else { return false }
  if dtype == .float32 {
    let wide = values.mapValues { $0.dtype.isFloating ? $0.cast(to: .float64) : $0 }
    let precise = rule.pattern.value(wide, .float64).cast(to: old.dtype)
    if agree(precise, new, tolerance: 0x1p-19) { return true }
  }
  // Where rounding had hidden that there is no value, it shows.
  if old.asDouble == -.infinity, new.asDouble.isNaN, hasNoValue(rule, values) { return true }
  // What overflowed or vanished on the way may come out right.
  let isFar = values.values.contains {
    Swift.abs($0.asDouble) > 20 || Swift.abs($0.asDouble) < 1e-20
  }
  return isFar && (!old.asDouble.isFinite || old.asDouble == 0) && !new.asDouble.isNaN
}

/// Whether a rule's pattern is the logarithm of a number below zero, which may round to zero.
private func hasNoValue(_ rule: Rule, _ values: [Term.Variable: Scalar]) -> Bool {
  switch (rule.name, values[.x]?.asDouble, values[.y]?.asDouble) {
  case ("log1mexp-log1p", let x?, _): x > 0
  case ("log-sub-exp", let x?, let y?): y > x
  default: false
  }
}

/// Whether two values are one but for the sign of zero and NaN, or but for a relative difference.
private func agree(_ old: Scalar, _ new: Scalar, tolerance: Double) -> Bool {
  let (a, b) = (old.asDouble, new.asDouble)
  if old.dtype != new.dtype { return false }
  if old == new || a == b || a.isNaN && b.isNaN { return true }
  return Swift.abs(a - b) <= tolerance * Swift.max(Swift.abs(a), Swift.abs(b), 1)
}

extension Scalar {
  fileprivate var withoutSignOfZero: Scalar { asDouble == 0 ? .zero(dtype) : self }
}

/// Operands for a rule: special values and random ones.
private struct Samples: Sequence {
  private var rows: [[Term.Variable: Scalar]] = []

  init(_ dtypes: [Term.Variable: DType], _ rule: Rule) {
    let variables = Term.Variable.allCases.filter { dtypes[$0] != nil }
    let special: [Double] = [
      0, -0.0, 1, -1, 2, 0.5, -0.5, .infinity, -.infinity, .nan, 1e-300, -1e-300, 1e300, 100, -100,
      800, -800, 3.25, -7.75,
    ]
    var generator = Randomness(state: 7)
    func fits(_ row: [Term.Variable: Scalar]) -> Bool {
      rule.conditions.allSatisfy { condition in
        switch condition {
        case .nonNegative(.variable(let variable)):
          row[variable].map { $0.asDouble >= 0 || $0.asDouble.isNaN } ?? false
        case .powerOfTwo(.variable(let variable)):
          row[variable].map { Swift.abs($0.asDouble).significand == 1 && $0.asDouble.isNormal }
            ?? false
        default: true
        }
      }
    }
    // All pairs of special values, of the third variable as many as come round, and random ones.
    let specialCount = variables.count == 1 ? special.count : special.count * special.count
    for number in 0..<(specialCount + 100) {
      var row: [Term.Variable: Scalar] = [:]
      var rest = number
      for (place, variable) in variables.enumerated() {
        if place == 2 { rest = number % 17 }
        let isSpecial = number < specialCount
        let value =
          isSpecial
          ? special[rest % special.count] : (Double(generator.next() >> 11) * 0x1p-53) * 8 - 4
        rest /= special.count
        let isConstant = variable.isConstant && !value.isFinite
        row[variable] = Scalar(isConstant ? 2 : value).cast(to: dtypes[variable] ?? .float64)
      }
      if fits(row) { rows.append(row) }
    }
  }

  func makeIterator() -> some IteratorProtocol<[Term.Variable: Scalar]> { rows.makeIterator() }
}

private struct Randomness {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ (state >> 33)
  }
}
