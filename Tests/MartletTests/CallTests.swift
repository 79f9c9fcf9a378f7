import Glibc
import Martlet
import Testing

/// The way from a call to its plan, which counts no references and takes no lock.
@Suite("Calls")
struct CallTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y"), z = Tensor.vector("z"), w = Tensor.vector("w")

  /// The numbers 0, 1, 2 and so on.
  private func ramp(_ count: Int) -> NDArray { NDArray((0..<count).map { Double($0) }) }

  @Test("take any number of arrays")
  func arities() throws {
    let a: NDArray = [1, 2], b: NDArray = [10, 20], c: NDArray = [100, 200],
      d: NDArray = [1000, 2000]
    let none = try Function([], Tensor.constant([1.0, 2]) + 1)
    let one = try Function([x], -x), two = try Function([x, y], x + y)
    let three = try Function([x, y, z], x + y - z),
      four = try Function([x, y, z, w], x + y - z + w)
    for _ in 0..<2 {
      #expect(try none() == [2.0, 3])
      #expect(try one(a) == [-1.0, -2])
      #expect(try two(a, b) == [11.0, 22])
      #expect(try three(a, b, c) == [-89.0, -178])
      #expect(try four(a, b, c, d) == [911.0, 1822])
      #expect(throws: FunctionError.self) { try two(a) }
      #expect(throws: FunctionError.self) { try one(a, b) }
      #expect(throws: FunctionError.self) { try two(a, b, c) }
    }
  }

  /// "k" goes with 5, and 5 with "j", but "k" not with "j".
  @Test("go where lengths broadcast, though rewrites would pair others")
  func namedLengths() throws {
    let a = Tensor("a", shape: [4, "k"]), b = Tensor("b", shape: [4, 5])
    let c = Tensor("c", shape: ["j"])
    let joined = try Function([a, b, c], concatenate([a, b]) + c)
    #expect(
      try joined(.ones(shape: [4, 5]), .ones(shape: [4, 5]), .ones(shape: [1]))
        == NDArray.full(2.0, shape: [8, 5]))

    let x = Tensor("x", shape: ["m"]), y = Tensor("y", shape: ["n"]), z = Tensor("z", shape: [5])
    let first: NDArray = [1000], others = NDArray.full(1000.0, shape: [5])
    for sum in [exp(x) + (exp(y) + exp(z)), exp(x) + exp(z) + exp(y)] {
      let total = try Function([x, y, z], log(sum))
      let values = try total(first, first, others).elements(as: Double.self)
      #expect(values.allSatisfy { abs($0 - 1000 - Glibc.log(3)) < 1e-12 })
    }

    let parts = try Function([x, y, z], x * z + y * z)
    #expect(try parts([2], [3], .ones(shape: [5])) == NDArray.full(5.0, shape: [5]))

    let empty = Tensor("e", shape: [0, .unknown])
    let greatest = try Function([empty], empty.reshape([-1]).max())
    #expect(throws: GraphError.self) { try greatest(.zeros(shape: [0, 3])) }
  }

  @Test("walk through views of views, however many")
  func deepViews() throws {
    var view = x
    for _ in 0..<20_000 { view = view[.stride(by: -1)] }
    #expect(try Function([x], view + 1)([1, 2]) == [2.0, 3])
  }

  @Test("return inputs and views of them, which outlive what was fed")
  func views() throws {
    let m = Tensor.matrix("m"), same = try Function([m], m),
      turned = try Function([m], transpose(m))
    func results() throws -> [NDArray] {
      let array = try NDArray([1.0, 2, 3, 4], shape: [2, 2])[1...]
      return [try same(array), try turned(array)]
    }
    for _ in 0..<3 { #expect(try results() == [[[3.0, 4]], [[3.0], [4.0]]]) }
  }

  @Test("tell of arrays that could not be made, whatever was fed before")
  func poison() throws {
    let f = try Function([x, y], x + y)
    let poison = NDArray.zeros(shape: [-1]), empty = NDArray.zeros(shape: [0])
    #expect(try f(empty, empty) == empty)
    for _ in 0..<2 {
      #expect(throws: ArrayError.self) { try f(poison, empty) }
      #expect(throws: ArrayError.self) { try f(empty, poison) }
      #expect(throws: ArrayError.self) { try f(poison, poison) }
    }
  }

  @Test("find their plan among those of very many sizes, on many threads at once")
  func sizes() async throws {
    let f = try Function([x, y], x + 2 * y)
    let lengths = (0..<120).map { 1 + $0 * $0 % 997 }
    let arrays = lengths.map { ramp($0) }
    let expected = lengths.map { length in NDArray((0..<length).map { 3 * Double($0) }) }
    try await withThrowingTaskGroup { group in
      for task in 0..<6 {
        group.addTask {
          for step in 0..<400 {
            let number = (step * (2 * task + 1) + 17 * task) % lengths.count
            let fresh = step % 3 == 0 ? self.ramp(lengths[number]) : arrays[number]
            let result = try f(fresh, arrays[number])
            #expect(result == expected[number])
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
