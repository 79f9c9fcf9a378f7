import Martlet
import Testing

@Suite struct SessionTests {
  @Test("the TensorFlow program")
  func placeholders() throws {
    let a = placeholder(.float32, shape: [3]), b = placeholder(.float32, shape: [3])
    let session = Session(threads: 2)
    let result = try session.run(a ** 2 + b ** 2, feeding: [a: [0, 1, 2], b: [3, 4, 5]])
    #expect(result == NDArray([9, 17, 29] as [Float]))
    #expect("\(result)" == "[ 9. 17. 29.]")
  }

  @Test("the hits as bools, and their mean, are what the seed's second program prints")
  func hits() throws {
    let x = placeholder(shape: [10_000]), y = placeholder(shape: [10_000])
    let xs = NDArray.uniform(-1...1, shape: [10_000], seed: 1)
    let ys = NDArray.uniform(-1...1, shape: [10_000], seed: 2)
    let hits = x ** 2 + y ** 2 .<= 1
    let session = Session(threads: 2)
    #expect(try session.run(hits, feeding: [x: xs, y: ys]).dtype == .bool)
    let estimate = try session.run(4 * hits.mean(), feeding: [x: xs, y: ys]).scalar(as: Double.self)
    #expect(abs(estimate - .pi) < 0.06)
  }

  @Test("a tensor is evaluated for a quick look")
  func evaluate() throws {
    let x = Tensor.vector("x")
    #expect(try (x * 2).evaluate(feeding: [x: [1, 2]]) == [2.0, 4])
    #expect(try Tensor.constant([1.0, 2]).sum().evaluate() == 3.0)
    #expect(try (Tensor(2) ** 3).evaluate() == 8)
  }
}
