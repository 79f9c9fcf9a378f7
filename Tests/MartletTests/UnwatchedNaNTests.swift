import Arrays
import KernelIR
import Scalars
import SymbolicGraph
import Testing

@testable import CPUBackend
@testable import Martlet

@Suite("Extremes in which nothing looks for NaN")
struct UnwatchedNaNTests {
  @Test("They are those that exponentials are shifted by, where results are NaN by the sum")
  func unwatched() throws {
    let x = Tensor.matrix("x", .float32)
    let peak = x.max(axes: [1], keepDims: true)
    for outputs in [
      [softmax(x)], [logSoftmax(x)], [x.logSumExp(axes: [1])],
      [x.logSumExp(axes: [1]), softmax(x)], Self.shifted(x),
    ] {
      #expect(try Self.unwatched([x], outputs).allSatisfy { $0 }, "\(outputs)")
    }
    for outputs in [
      [peak], [x - peak], [exp(x - peak)], [x.sum(axes: [1]), peak],
      [softmax(x), peak], [softmax(x), x - peak], [exp(x - peak).sum(axes: [1]) .> 3.0],
      [exp(clip(x, -1, 1) - peak).sum(axes: [1])],
    ] {
      #expect(try !Self.unwatched([x], outputs).contains(true), "\(outputs)")
    }
  }

  @Test("Whether they are is found in one walk over values used again and again")
  func usedAgain() {
    var terms = Composite(inputs: [.float32, .float32])
    let used = (0..<60).reduce(.input(1)) { used, _ in terms.append(.mul, [used, used], .float32) }
    terms.results = [.input(0), used]
    let kernel = Kernel(
      axes: [Axis("i", extent: "m"), Axis("j", extent: "n")], outerCount: 1,
      arguments: [
        Argument("x", .float32, isOutput: false), Argument("y", .float32, isOutput: false),
        Argument("z", .float32, isOutput: true),
      ],
      accesses: [
        Access(argument: 0, steps: [.strided, .contiguous]),
        Access(argument: 1, steps: [.strided, .contiguous]),
        Access(argument: 2, steps: [.contiguous, .broadcast]),
      ], scalars: [],
      stages: [
        Stage(
          loops: true, sources: [.load(access: 0), .load(access: 1)], composite: terms, stores: [],
          accumulators: [
            Accumulator(.max, .float32, result: 0), Accumulator(.sum, .float32, result: 1),
          ])
      ])
    let stage = kernel.stages[0]
    // No stage writes anything, so nothing is there that would have to be NaN.
    #expect(kernel.needsNoNaN(of: stage.accumulators[0], of: stage))
    #expect(!kernel.needsNoNaN(of: stage.accumulators[1], of: stage))
  }

  /// Whether nothing looks for NaN, for each extreme of the kernels that compute some outputs.
  private static func unwatched(_ inputs: [Tensor], _ outputs: [Tensor]) throws -> [Bool] {
    let plan = try Function(inputs, outputs).program.launches(
      for: inputs.map { _ in NDArray.uniform(-3...3, .float32, shape: [4, 100], seed: 1) })
    let extremes = plan.steps.flatMap { step -> [Bool] in
      guard case .kernel(let launch) = step else { return [] }
      return launch.kernel.stages.flatMap { stage in
        stage.accumulators.filter(\.reduction.isExtreme).map {
          launch.kernel.needsNoNaN(of: $0, of: stage)
        }
      }
    }
    try #require(!extremes.isEmpty)
    return extremes
  }

  /// A softmax and the logarithm of a sum of exponentials, with the shift that a user writes.
  private static func shifted(_ x: Tensor) -> [Tensor] {
    let peak = x.max(axes: [1], keepDims: true), e = exp(x - peak)
    return [e / e.sum(axes: [1], keepDims: true), log(e.sum(axes: [1])) + peak.squeeze([1])]
  }

  @Test("A NaN anywhere in a row is in all results of the row and of no other")
  func rows() throws {
    let x = Tensor.matrix("x", .float32)
    let function = try Function(
      [x], [softmax(x), logSoftmax(x), x.logSumExp(axes: [1])] + Self.shifted(x))
    for (count, limit) in [(1, 3), (5, 3), (16, 300), (33, 3), (64, 300), (100, 3), (1030, 300)] {
      let limit = Double(limit)
      let array = NDArray.uniform(-limit...limit, .float32, shape: [40, count], seed: 5)
      let whole = try function.call(with: [array])
      let elements = try array.elements(as: Float.self)
      for place in Set([0, 1, 17, 63, 64, count - 1]).filter({ $0 < count }) {
        for nan in [Float.nan, -Float.nan] {
          var changed = elements
          changed[17 * count + place] = nan
          let found = try function.call(with: [NDArray(changed, shape: [40, count])])
          for (found, whole) in zip(found, whole) {
            let (found, whole) = (
              try found.elements(as: Float.self), try whole.elements(as: Float.self)
            )
            let row = found.count / 40
            #expect(found[17 * row..<18 * row].allSatisfy { $0.isNaN }, "\(count), \(place)")
            #expect(found[..<(17 * row)] == whole[..<(17 * row)], "\(count), \(place)")
            #expect(found[(18 * row)...] == whole[(18 * row)...], "\(count), \(place)")
          }
        }
      }
    }
  }

  /// Extremes with sums beside them along some axes, or all.
  private static func statistics(_ x: Tensor, _ axes: [Int]?) -> [Tensor] {
    let magnitudes = abs(x).sum(axes: axes), greatest = abs(x).max(axes: axes)
    return [
      x.sum(axes: axes), square(x).sum(axes: axes), x.max(axes: axes), x.min(axes: axes),
      x.variance(axes: axes), magnitudes, greatest,
    ]
  }

  @Test("A sum of squares or magnitudes beside an extreme tells of NaN")
  func told() throws {
    let x = Tensor.matrix("x", .float32), y = Tensor.matrix("y", .float32)
    func told(_ outputs: [Tensor]) throws -> [Bool] {
      let array = NDArray.uniform(-3...3, .float32, shape: [40, 100], seed: 1)
      let plan = try Function([x, y], outputs).program.launches(for: [array, array])
      return plan.steps.flatMap { step -> [Bool] in
        guard case .kernel(let launch) = step else { return [] }
        return launch.kernel.stages.flatMap { stage in
          stage.accumulators.filter(\.reduction.isExtreme).map {
            stage.sumTellingNaN(of: $0) != nil
          }
        }
      }
    }
    #expect(try told([square(x).sum(), x.max(), x.min()]) == [true, true])
    #expect(try told([(x * x).sum(), x.max()]) == [true])
    #expect(try told([x.variance(axes: [0]), x.max(axes: [0])]) == [true])
    #expect(try told([abs(x).sum(axes: [1]), x.max(axes: [1])]) == [true])
    #expect(try told([square(x - 1).sum(), x.max()]) == [true])
    #expect(try told([x.sum(), x.max()]) == [false])
    #expect(try told([square(y).sum(), x.max()]) == [false])
    #expect(try told([(x * y).sum(), x.max()]) == [false])
    #expect(try told([square(x - y).sum(), x.max()]) == [false])
    #expect(try told([square(x - Tensor(Double.infinity)).sum(), x.max()]) == [false])
    #expect(try told([square(exp(x)).sum(), x.max()]) == [false])
  }

  @Test(
    "Extremes beside such sums are NaN where a value is, and only there",
    arguments: [[0], [1], nil] as [[Int]?])
  func toldValues(axes: [Int]?) throws {
    let x = Tensor.matrix("x", .float32)
    let together = try Function([x], Self.statistics(x, axes))
    let apart = try Self.statistics(x, axes).map { try Function([x], $0) }
    for (rows, count) in [(1, 1), (3, 5), (17, 64), (40, 129), (65, 1030), (300, 40)] {
      let elements = try NDArray.uniform(-3...3, .float32, shape: [rows * count], seed: 6)
        .elements(as: Float.self)
      for specials in [[], [Float.nan], [.infinity], [.infinity, -.infinity], [-.infinity, .nan]] {
        var changed = elements
        for (number, special) in specials.enumerated() {
          changed[(rows / 2 * count + count / 3 + number * 7) % changed.count] = special
        }
        let array = try NDArray(changed, shape: [rows, count])
        for (number, result) in try together.call(with: [array]).enumerated() {
          let wanted = try apart[number](array)
          // Sums and variances beside others may be formed in another order.
          let isExact = [2, 3, 6].contains(number)
          let pairs = try zip(result.elements(as: Float.self), wanted.elements(as: Float.self))
          #expect(
            pairs.allSatisfy {
              $0 == $1 || $0.isNaN && $1.isNaN || !isExact && abs($0 - $1) <= 1e-5 * abs($1)
            },
            "\(rows) x \(count), \(specials), \(number)")
        }
      }
    }
  }
}
