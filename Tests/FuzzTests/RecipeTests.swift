import Arrays
import Scalars
import SymbolicGraph
import TestSupport
import Testing

@Suite("Recipes of graphs")
struct RecipeTests {
  @Test("A recipe prints as the body of a test")
  func text() throws {
    let elements = try NDArray([1, .nan, -0.5, 1e30] as [Float], shape: [2, 2])
    let large = try Fill.even.array(.int8, shape: [70], seed: 5)
    var recipe = Recipe()
    recipe.steps = [
      .init(.input(SampleArray(elements, layout: .reversed), [2, "n"])),
      .init(.constant(SampleArray(large, fill: (.even, 5)))),
      .init(.scalar(.lt), [.value(0), .literal(Scalar(-2))]),
      .init(.scalar(.where), [.value(2), .value(0), .literal(Scalar(0.5))]),
      .init(
        .reduce(.sum, axes: [-1], keepDims: true, dtype: .float64, accumulator: .float32),
        [.value(3)]),
      .init(.select([.at(0), .newAxis, .stride(by: -2)]), [.value(4)]),
      .init(.select([.range(from: 1, to: nil, step: 1)]), [.value(5)]),
      .init(.concatenate(axis: 0), [.value(1), .value(1)]),
      .init(.count, [.value(7)]),
    ]
    recipe.outputs = [6, 8]
    try expectGolden(recipe.text, "recipe")
  }

  @Test("Every layout holds the same elements, but for the one that repeats them")
  func layouts() throws {
    let array = try Fill.even.array(.float64, shape: [3, 4], seed: 1)
    try withEvery("layout", in: SampleLayout.allCases) { layout in
      let laidOut = try array.laidOut(layout)
      #expect(laidOut.isContiguous == [.contiguous, .offset].contains(layout), "\(layout)")
      if layout != .broadcast { try expectClose(laidOut, array, "\(layout)") }
    }
  }

  @Test("Labels say under which cases something was thrown")
  func labels() throws {
    let error = #expect(throws: LabelledFailure.self) {
      try withEvery("dtype", in: [DType.int8, .bool]) { dtype in
        try withEvery("axis", in: 0..<2) { axis in
          if dtype == .bool && axis == 1 { throw Disagreement(description: "they differ") }
        }
      }
    }
    #expect(error?.description == "dtype bool, axis 1: they differ")
  }
}
