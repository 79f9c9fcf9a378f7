import Martlet

let x = Tensor.vector("x"), y = Tensor.vector("y")                  // float64 unless said otherwise
let hits = (x ** 2 + y ** 2 .<= 1).sum()
let estimate = 4 * hits / x.dim(0)
let calculatePi = try Function([x, y], estimate, name: "pi")

let xs = NDArray.uniform(-1...1, shape: [30_000], seed: 1)
let ys = NDArray.uniform(-1...1, shape: [30_000], seed: 2)
print(try calculatePi(xs, ys).scalar(as: Double.self))
print(calculatePi)                                                  // the plan: one kernel

let a = placeholder(.float32, shape: [3]), b = placeholder(.float32, shape: [3])
let session = Session(threads: 2)
print(try session.run(a ** 2 + b ** 2, feeding: [a: [0, 1, 2], b: [3, 4, 5]]))   // [ 9. 17. 29.]

let m = Tensor.matrix("m", .float32), n = Tensor.matrix("n", .float32)
let product = try Function([m, n], [matmul(m, n), (m * 2).sum(axes: [1], keepDims: true)])
let results = try product(NDArray.ones(.float32, shape: [2, 3]), NDArray.ones(.float32, shape: [3, 4]))
print(results[0].shape, results[1].shape)                           // [2, 4] [2, 1]

do { _ = try Function([x, y], x + Tensor.matrix("z").sum(axes: [7])) }
catch { print(error) }                                              // names the axis, the rank and this line
