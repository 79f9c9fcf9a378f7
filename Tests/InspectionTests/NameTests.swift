import GraphOptimizer
import Inspection
import Martlet
import Scalars
import SymbolicGraph
import Testing

/// The names that profiles give the steps of plans.
@Suite struct NameTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y")
  let m = Tensor.matrix("m", .float32), w = Tensor.matrix("w", .float32)
  let b = Tensor.vector("b", .float32)

  private func names(_ inputs: [Tensor], _ outputs: [Tensor]) throws -> [TheanoNames.Name] {
    TheanoNames(try plan(inputs, outputs)).names
  }

  private func operations(_ inputs: [Tensor], _ outputs: Tensor...) throws -> [String] {
    try names(inputs, outputs).map(\.operation)
  }

  @Test("the π program is one sum over the comparison")
  func pi() throws {
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    let names = try names([x, y], [4 * hits / x.dim(0)])
    try #require(names.count == 1)
    let operation = "Sum{acc_dtype=int64}{Composite{LE((sqr(i0) + sqr(i1)), i2)}}"
    #expect(names[0].className == "martlet.elemwise.Sum")
    #expect(names[0].operation == operation)
    #expect(names[0].apply == operation + "(x, y, TensorConstant{(1,) of 1.0})")
  }

  @Test("kernels of several loops list them, and loops of several results those")
  func fused() throws {
    #expect(
      try operations([m], softmax(m)) == [
        "Fused{Reduce{maximum}{1}; "
          + "Elemwise{Composite{exp((i0 - Switch(LT(Abs(i1), i2), i1, i3)))}}, "
          + "Sum{axis=[1], acc_dtype=float64}; Elemwise{Composite{(i0 * inv(i1))}}}"
      ])
    #expect(
      try operations([x], x.sum(), (x * x).sum(), x.max(), x.min(), x.argmax()) == [
        "Fused{Sum{acc_dtype=float64}, Sum{acc_dtype=float64}{Composite{sqr(i0)}}, "
          + "Reduce{maximum}{0}, Reduce{minimum}{0}, Argmax{axis=(0,)}}"
      ])
    #expect(
      try operations([m], m.sum(axes: [1]), m.sum(axes: [1], keepDims: true)) == [
        "Sum{axis=[1], acc_dtype=float64}"
      ])
    #expect(
      try operations([x, y], x + y, exp(x) * y) == [
        "Elemwise{Composite{(i0 + i1), (exp(i0) * i1)}}"
      ])
  }

  @Test("single operations have Theano's names, with axes and dtypes")
  func single() throws {
    #expect(try operations([x, y], x + y) == ["Elemwise{add,no_inplace}"])
    #expect(try operations([x], x.cast(to: .int32)) == ["Elemwise{Cast{int32}}"])
    #expect(try operations([x], sigmoid(x)) == ["sigmoid"])
    #expect(try operations([m], m.sum(axes: [0])) == ["Sum{axis=[0], acc_dtype=float64}"])
    #expect(
      try operations([m], m.prod(axes: [1], dtype: .float32))
        == ["Prod{axis=(1,), dtype='float64', acc_dtype='float64'}"])
    #expect(try operations([m], m.max(axes: [0])) == ["Reduce{maximum}{0}"])
    #expect(try operations([m], m.argmin(axes: [1])) == ["Argmin{axis=(1,)}"])
    #expect(try operations([m], (m .> 0).any(axes: [0])) == ["Any{0}{Composite{GT(i0, i1)}}"])
    #expect(
      try operations([m], transpose(m).sum(axes: [0])) == ["Sum{axis=[1], acc_dtype=float64}"])
  }

  @Test("library calls are called as Theano's")
  func library() throws {
    let names = try names([m, w, b], [relu(matmul(m, transpose(w)) + b)])
    #expect(names.map(\.operation) == ["Dot22", "Elemwise{Composite{relu((i0 + i1))}}"])
    #expect(
      names.map(\.apply) == ["Dot22(m, w.T)", "Elemwise{Composite{relu((i0 + i1))}}(Dot22.0, b)"])
    #expect(names.map(\.className) == ["martlet.blas.Dot22", "martlet.elemwise.Elemwise"])
    #expect(try operations([m, b], matmul(m, b)) == ["Gemv{no_inplace}"])
    #expect(try operations([x, y], concatenate([x, y[1...]])) == ["Join"])
  }

  @Test("the equations of a graph have names of their own")
  func equations() throws {
    let graph = try Graph(inputs: [x, y], outputs: [exp(x + 2).sum()])
    #expect(
      TheanoNames(graph).names.map(\.apply) == [
        "x", "y", "TensorConstant{2.0}",
        "Elemwise{add,no_inplace}(x, InplaceDimShuffle{x}.0)",
        "Elemwise{exp,no_inplace}(Elemwise{add,no_inplace}.0)",
        "Sum{acc_dtype=float64}(Elemwise{exp,no_inplace}.0)",
      ])
  }

  @Test("a constant too large to be written out is told of as any other")
  func endless() throws {
    let endless = try NDArray.full(2.0, shape: [1]).broadcast(to: [1 << 40])
    let graph = try Graph(inputs: [], outputs: [Tensor.constant(endless)])
    let names = TheanoNames(graph).names.map(\.apply)
    #expect(names.count == 1 && names[0].hasPrefix("TensorConstant{[2"))
  }

  @Test("programs that would be long define what they use again")
  func temporaries() throws {
    var value = tanh(x + y)
    for _ in 0..<40 { value = value * sin(value) }
    let name = try #require(try operations([x, y], value).first)
    #expect(name.hasPrefix("Elemwise{Composite{t0 = tanh((i0 + i1)); t1 = (t0 * sin(t0)); t2 = "))
    #expect(name.count < 2_000)
  }
}
