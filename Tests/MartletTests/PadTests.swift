import Arrays
import GraphOptimizer
import KernelIR
import ReferenceBackend
import SymbolicGraph
import TestSupport
import Testing

@testable import Martlet

@Suite("Padded arrays")
struct PadTests {
  private typealias Widths = [(before: Int, after: Int)]

  /// What NumPy's `pad` makes of an array, element by element.
  private func padded(_ x: NDArray, _ widths: Widths, _ constant: Scalar) throws -> NDArray {
    let shape = zip(x.shape, widths).map { $0 + $1.before + $1.after }
    var elements: [Double] = []
    for number in 0..<shape.reduce(1, *) {
      var (rest, offset, step, isInside) = (number, 0, 1, true)
      for axis in shape.indices.reversed() {
        let place = rest % shape[axis] - widths[axis].before
        rest /= shape[axis]
        isInside = isInside && (0..<x.shape[axis]).contains(place)
        offset += place * step
        step *= x.shape[axis]
      }
      elements.append((isInside ? x.scalar(at: offset) : constant).asDouble)
    }
    return try NDArray(elements).reshaped(shape).cast(to: x.dtype)
  }

  private func array(_ dtype: DType, _ shape: [Int]) throws -> NDArray {
    let elements = (0..<shape.reduce(1, *)).map { Double($0 % 5) }
    return try NDArray(elements).reshaped(shape).cast(to: dtype)
  }

  /// Checks one function for arrays of many lengths, each dtype and both back ends.
  private func check(_ widths: Widths, _ shapes: [[Int]], _ dtype: DType) throws {
    let x = Tensor.tensor("x", dtype, rank: widths.count)
    let output = pad(x, widths, constant: 1)
    let graph = try Graph(inputs: [x], outputs: [output])
    let function = try Function([x], output)
    for shape in shapes {
      let array = try array(dtype, shape)
      let wanted = try padded(array, widths, Scalar(1))
      #expect(try function(array) == wanted, "\(dtype) \(shape) \(widths)")
      #expect(try ReferenceBackend.run(graph, [array])[0] == wanted, "\(dtype) \(shape) \(widths)")
    }
  }

  @Test(
    "They have the constant around their elements, whatever the lengths",
    arguments: [
      DType.float64, .float32, .int32, .uint8, .bool,
    ])
  func values(dtype: DType) throws {
    try check([], [[]], dtype)
    for widths in [(0, 0), (2, 0), (0, 3), (1, 1)] {
      try check([widths], [[0], [1], [4], [100]], dtype)
    }
    for widths: Widths in [
      [(1, 2), (3, 1)], [(0, 0), (2, 2)], [(1, 0), (0, 0)], [(0, 0), (0, 0)],
    ] {
      try check(widths, [[2, 3], [1, 1], [0, 4], [3, 0], [33, 70]], dtype)
    }
    for widths: Widths in [[(1, 1), (0, 2), (2, 0)], [(0, 0), (1, 1), (0, 0)]] {
      try check(widths, [[2, 3, 4], [1, 5, 1], [0, 2, 2], [2, 0, 3], [2, 3, 0]], dtype)
    }
  }

  @Test("A single width is one for both ends of every axis")
  func singleWidth() throws {
    let x = Tensor.matrix("x"), s = Tensor.scalar("s")
    #expect(
      try Function([x], pad(x, 1))([[5.0, 6]]) == [
        [0.0, 0, 0, 0], [0, 5, 6, 0], [0, 0, 0, 0],
      ])
    #expect(try Function([s], s.pad(3))(NDArray(2.5)) == NDArray(2.5))
    #expect(try Function([x], x.pad(0))([[5.0, 6]]) == [[5.0, 6]])
  }

  @Test("The constant is a literal with a value in the dtype, or a scalar of it")
  func constants() throws {
    let x = Tensor.vector("x", .float32), n = Tensor.vector("n", .int32)
    let b = Tensor.vector("b", .bool), s = Tensor.scalar("s", .float32)
    let ones = NDArray([1, 1] as [Float])
    #expect(
      try Function([x], pad(x, 1, constant: 0.1))(ones) == NDArray([0.1, 1, 1, 0.1] as [Float]))
    #expect(
      try Function([x], pad(x, [(1, 0)], constant: 2))(ones) == NDArray([2, 1, 1] as [Float]))
    #expect(
      try Function([n], pad(n, [(0, 1)], constant: -7))(NDArray([3] as [Int32]))
        == NDArray([3, -7] as [Int32]))
    #expect(try Function([b], pad(b, 1))([true]) == [false, true, false])
    #expect(try Function([b], pad(b, 1, constant: true))([false]) == [true, false, true])
    let both = try Function([x, s], pad(x, 1, constant: s * 2) + 1)
    #expect(try both(ones, NDArray(3 as Float)) == NDArray([7, 2, 2, 7] as [Float]))
    let nan = try Function([x], pad(x, [(0, 1)], constant: .init(Float.nan)))(ones)
    #expect(try nan.elements(as: Float.self)[2].isNaN)
  }

  /// The launches of a call, and how many bytes they allocate.
  private func launches(
    _ inputs: [Tensor], _ output: Tensor, _ arrays: [NDArray]
  ) throws -> (plan: LaunchPlan, kernels: [KernelLaunch]) {
    let plan = try Function(inputs, output, name: "f").program.launches(for: arrays)
    return (
      plan, plan.steps.compactMap { if case .kernel(let launch) = $0 { launch } else { nil } }
    )
  }

  @Test("What is computed is written to its place, and only the borders are filled")
  func inPlace() throws {
    let x = Tensor.matrix("x"), y = Tensor.matrix("y")
    let array = NDArray.ones(shape: [20, 30])
    // The array itself, and a border at each end of an axis.
    let outputs: [(Tensor, kernelCount: Int)] = [
      (pad(x * 2, 1), 5), (pad(x, 1) * 2 + 1, 5),
      (exp(pad(x * 2, [(1, 1), (2, 0)], constant: 3)), 4), (pad(pad(x * 2, 1), 2, constant: 5), 9),
    ]
    for (output, kernelCount) in outputs {
      let (plan, kernels) = try launches([x], output, [array])
      #expect(plan.outputs.count == 1 && plan.workspaceByteCount == 0)
      let large = kernels.filter { $0.layout.extents.reduce(1, *) >= 600 }
      #expect(large.count == 1 && large[0].name == "f", "\(large.map(\.name))")
      #expect(kernels.count == kernelCount, "\(output)")
    }
    let (plan, kernels) = try launches([x, y], pad(x + y, [(0, 0), (2, 3)]), [array, array])
    #expect(kernels.count == 3 && plan.workspaceByteCount == 0)
  }

  @Test("The plan computes the parts and puts them together")
  func text() throws {
    let x = Tensor.matrix("x")
    let graph = try Graph(inputs: [x], outputs: [pad(x * 2, 1) + 1])
    let plan = Plan(scheduling: try Pipeline.standard.run(on: graph, verifying: true), name: "f")
    #expect(
      plan.description == """
        plan (x: f64[?,?]) -> f64[?,?] {
          %2 = allocate f64[?,?]
          f(x) -> %2
          %1 = view broadcast(1, shape: [1, 1])
          %3 = allocate f64[?,?]
          concatenate(%1, %2, %1) -> %3
          %4 = allocate f64[?,?]
          concatenate(%1, %3, %1) -> %4
          return %4
        }
        kernel f (x: f64[ni,nj]) -> %2: f64[ni,nj] {
          parallel i in 0..<ni, j in 0..<nj
            %2[i,j] = fma(x[i,j], 2, 1)
        }
        """)
  }

  @Test("Elementwise consumers keep NaN, infinities and empty arrays as they are")
  func consumers() throws {
    let x = Tensor.matrix("x"), row = Tensor.vector("row"),
      column = Tensor("c", shape: [.unknown, 1])
    let outputs = [
      pad(x, 1) * row, pad(x, 1) * column, 1 / pad(x, 1), pad(x, [(0, 0), (1, 0)]) * row,
      pad(x, 1, constant: .init(Double.infinity)) * 0, pad(x, 2).sum(axes: [0]),
      pad(x, 2, constant: -1).max(axes: [1]), pad(x, 1).sum(),
      pad(x, 1)[.stride(from: 1, to: -1)] * 3,
      concatenate([pad(x, 1), pad(x * 2, 1)]) - 1, pad(x, 1).transpose() * 2,
    ]
    for shape in [[3, 5], [1, 1], [0, 4], [4, 0]] {
      let special: [Double] = [1, .nan, .infinity, -2, -.infinity, 0]
      let elements = (0..<shape[0] * shape[1]).map { special[$0 % 6] }
      let array = try NDArray(elements).reshaped(shape)
      for (number, output) in outputs.enumerated() {
        let width = shape[1] + (number == 3 ? 1 : 2), height = shape[0] + 2
        let arrays = [
          array, NDArray.uniform(-1...1, shape: [width], seed: 1),
          NDArray.uniform(-1...1, shape: [height, 1], seed: 2),
        ]
        let graph = try Graph(inputs: [x, row, column], outputs: [output])
        let wanted = try ReferenceBackend.run(graph, arrays)[0]
        let found = try Function([x, row, column], [output]).call(with: arrays)[0]
        #expect(found.shape == wanted.shape)
        let a = try found.elements(as: Double.self), b = try wanted.elements(as: Double.self)
        #expect(
          zip(a, b).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN || abs($0 - $1) < 1e-12 },
          "\(number), \(shape)")
      }
    }
  }
}
