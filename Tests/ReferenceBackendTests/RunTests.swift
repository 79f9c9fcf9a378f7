import Arrays
import ReferenceBackend
import SymbolicGraph
import Testing

@Suite("Running graphs in the reference back end")
struct RunTests {
  @Test("The program that estimates π")
  func pi() throws {
    let x = Tensor.vector("x")
    let y = Tensor.vector("y")
    let estimate = 4 * (x ** 2 + y ** 2 .<= 1).sum() / x.dim(0)
    let xs = NDArray([0.0, 0.5, 1, 1])
    let ys = NDArray([1.0, 0.5, 1, 0])
    #expect(try run(estimate, (x, xs), (y, ys)) == NDArray(3.0))
  }

  @Test("Several outputs come back in order, inputs and repetitions among them")
  func outputs() throws {
    let x = Tensor.vector("x", .int64)
    let y = x + 1
    let graph = try Graph(inputs: [x], outputs: [y, x, y, .constant([2])])
    #expect(try ReferenceBackend.run(graph, [[1, 2]]) == [[2, 3], [1, 2], [2, 3], [2]])
  }

  @Test("What only a length is asked of is not computed")
  func extents() throws {
    let x = Tensor.matrix("x")
    let far = x.reshape([-1]).broadcast(to: [1 << 40, -1])
    let count = try run(far.count, (x, NDArray.zeros(shape: [2, 3])))
    #expect(count == NDArray(6 << 40))
  }

  @Test("A chain of 100,000 operations runs, and keeps few of its values")
  func longChain() throws {
    let x = Tensor.vector("x")
    var y = x
    for _ in 0..<100_000 { y = y + 1 }
    #expect(try run(y, (x, [0, 0.5])) == NDArray([100_000, 100_000.5]))
  }

  @Test("Arrays of other types than the inputs' are refused in words")
  func mismatches() throws {
    let x = Tensor("x", .float32, shape: ["n", 2])
    let y = Tensor("y", .float32, shape: ["n"])
    let graph = try Graph(inputs: [x, y], outputs: [x.sum(axes: [1]) + y])
    func text(_ arrays: NDArray...) -> String? {
      do { _ = try ReferenceBackend.run(graph, arrays) } catch { return "\(error)" }
      return nil
    }
    let a = NDArray.ones(.float32, shape: [3, 2])
    let b = NDArray.ones(.float32, shape: [3])
    #expect(text(a, b) == nil)
    #expect(text(a) == "function: takes 2 inputs; got 1")
    #expect(text(b, b) == "function: input 'x' takes f32[n,2]; got f32[3]")
    #expect(text(a, b.cast(to: .int8)) == "function: input 'y' takes f32[n]; got i8[3]")
    #expect(
      text(a, NDArray.ones(.float32, shape: [4])) == "function: input 'y' takes f32[n]; got f32[4]")
    #expect(
      text(a, [[1], [2, 3]])
        == "array literal: elements must have equal shapes; element 0 has [1], element 1 has [2]")
  }

  @Test("Lengths that break a rule at the call are refused with the rule")
  func lengths() throws {
    let x = Tensor.vector("x")
    let y = Tensor.vector("y")
    let error = #expect(throws: GraphError.self) {
      try run(x + y, (x, [1.0, 2.0]), (y, [1.0, 2.0, 3.0]))
    }
    #expect(
      error?.message == "add: shapes [2] and [3] do not broadcast; axis 0 has lengths 2 and 3")
  }
}
