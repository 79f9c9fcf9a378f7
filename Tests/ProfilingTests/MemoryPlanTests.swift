import Martlet
import Testing

@Suite("Memory before and after the run") struct MemoryPlanTests {
  let m = Tensor.matrix("m", .float32), n = Tensor.matrix("n", .float32)

  /// Two products, of which the first is an intermediate.
  private func chain() throws -> Function<NDArray> {
    try Function([m, n], matmul(matmul(m, n) * 2, n), name: "chain", profile: true)
  }

  @Test("The plan is what a call takes")
  func same() throws {
    let function = try chain()
    let plan = try function.memoryPlan(for: [[64, 64], [64, 64]])
    _ = try function(
      NDArray.ones(.float32, shape: [64, 64]), NDArray.ones(.float32, shape: [64, 64]))
    let used = try #require(function.profile?.report.functions[0].memory)
    #expect(used == plan)
    let bytes = 64 * 64 * 4
    #expect(plan.inputBytes == 2 * bytes && plan.resultBytes == bytes)
    #expect(plan.peakBytes == plan.resultBytes + plan.workspaceBytes + plan.partialBytes)
    // Twice the first product is computed in its place.
    #expect(plan.workspaceBytes == bytes && plan.workspaceBytesUnshared == 2 * bytes)
  }

  @Test("What follows a product is computed in its place, which is the result's in the end")
  func inPlace() throws {
    let function = try Function([m, n], exp(matmul(m, n)) * 2)
    let plan = try function.memoryPlan(for: [[64, 32], [32, 64]])
    let bytes = 64 * 64 * 4
    #expect(plan.resultBytes == bytes && plan.workspaceBytes == 0)
    #expect(plan.workspaceBytesUnshared == bytes)
    #expect(plan.steps.map(\.heldBytes) == [bytes, bytes])
    #expect(plan.arrays.map(\.isResult) == [false, true])
  }

  @Test("Nothing is computed in the place of what is needed still, or has another shape")
  func notInPlace() throws {
    let product = matmul(m, n), bytes = 64 * 64 * 4
    func plan(_ outputs: [Tensor]) throws -> MemoryPlan {
      try Function([m, n], outputs).memoryPlan(for: [[64, 64], [64, 64]])
    }
    #expect(try plan([product, exp(product)]).resultBytes == 2 * bytes)
    #expect(try plan([matmul(exp(product), product)]).workspaceBytes == 2 * bytes)
    #expect(try plan([product + transpose(product)]).workspaceBytes == bytes)
    #expect(try plan([exp(product.cast(to: .float64))]).workspaceBytes == bytes)
    #expect(try plan([softmax(product)]).workspaceBytes == 0)
  }

  @Test("Products of products take turns in two places")
  func chained() throws {
    let product = (0..<6).reduce(m) { product, _ in matmul(product, n) }
    let plan = try Function([m, n], product).memoryPlan(for: [[64, 64], [64, 64]])
    let bytes = 64 * 64 * 4
    #expect(plan.workspaceBytesUnshared == 5 * bytes)
    #expect(plan.workspaceBytes <= 2 * bytes)
  }

  @Test("It names who holds the peak, by step, array and line")
  func holders() throws {
    let function = try chain()
    let plan = try function.memoryPlan(for: [[64, 32], [32, 32]])
    let peak = try #require(plan.peakStep)
    let held = plan.held(during: peak)
    #expect(held.reduce(0) { $0 + $1.array.byteCount } == peak.heldBytes)
    #expect(peak.heldBytes <= plan.peakBytes)
    #expect(held.allSatisfy { $0.place?.hasPrefix("MemoryPlanTests.swift:") == true })
    #expect(plan.description.contains("held during step"))
    #expect(plan.arrays.count { $0.isResult } == 1)
  }

  @Test("Arrays that have to be copied first are in it")
  func copies() throws {
    let function = try Function([m, n], matmul(m, n))
    let square = NDArray.ones(.float32, shape: [16, 16])
    let strided = try NDArray.ones(.float32, shape: [32, 32])[.stride(by: 2), .stride(by: 2)]
    #expect(try function.memoryPlan(forArrays: [square, square]).workspaceBytes == 0)
    #expect(try function.memoryPlan(forArrays: [square, strided]).workspaceBytes == 16 * 16 * 4)
  }

  @Test("It is known for sizes that the machine could not hold")
  func huge() throws {
    let x = Tensor.vector("x")
    let plan = try Function([x], x * 2).memoryPlan(for: [[1 << 40]])
    #expect(plan.peakBytes == 8 << 40)
  }

  @Test("Shapes that the inputs do not take are refused as in a call")
  func mistakes() throws {
    let function = try Function([m, n], m + n, name: "sum")
    for shapes in [[[2, 3]], [[2, 3], [3]], [[2, 3], [2, 4]], [[2, 3], [2, -3]]] {
      #expect(throws: (any Error).self) { try function.memoryPlan(for: shapes) }
    }
    let error = #expect(throws: FunctionError.self) { try function.memoryPlan(for: [[2, 3]]) }
    #expect(error?.description.hasPrefix("sum: takes 2 inputs; got 1\n  'm' was made at") == true)
  }

  @Test("Shapes that no array has are told of with the input that they are for")
  func impossible() throws {
    let function = try Function([m, n], m + n, name: "sum")
    func text(_ shapes: [[Int]]) -> String {
      let error = #expect(throws: FunctionError.self) { try function.memoryPlan(for: shapes) }
      return error?.description ?? ""
    }
    #expect(
      text([[2, 3], [300, -200]]).hasPrefix(
        """
        sum: input 'n' takes f32[?,?]; got the shape [300,-200]
          array: extents must not be negative; axis 1 of [300,-200] has length -200
          'n' was made at MemoryPlanTests.swift:
        """))
    #expect(
      text([[.max, .max], [2, 3]]).hasPrefix(
        """
        sum: input 'm' takes f32[?,?]; got the shape [\(Int.max),\(Int.max)]
          array: shape [\(Int.max),\(Int.max)] has more elements than can be counted
          'm' was made at MemoryPlanTests.swift:
        """))
  }
}
