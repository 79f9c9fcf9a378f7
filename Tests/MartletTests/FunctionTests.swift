import Martlet
import Testing

@Suite struct FunctionTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y")

  private func pi(_ session: Session = Session()) throws -> Function<NDArray> {
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    return try session.function([x, y], 4 * hits / x.dim(0), name: "pi")
  }

  /// π from the same samples in a plain loop.
  private func expectedPi(_ a: NDArray, _ b: NDArray) throws -> Double {
    let xs = try a.elements(as: Double.self), ys = try b.elements(as: Double.self)
    let hits = zip(xs, ys).count { $0 * $0 + $1 * $1 <= 1 }
    return 4 * Double(hits) / Double(xs.count)
  }

  @Test("one compiled function serves every size", arguments: [1, 2, 7, 64, 1000, 30_000, 100_003])
  func sizes(count: Int) throws {
    let a = NDArray.uniform(-1...1, shape: [count], seed: 1)
    let b = NDArray.uniform(-1...1, shape: [count], seed: 2)
    #expect(try pi()(a, b).scalar(as: Double.self) == expectedPi(a, b))
  }

  @Test("the π program is one kernel and allocates nothing but its result")
  func oneKernel() throws {
    let function = try pi()
    #expect(function.kernelCount == 1)
    #expect(
      function.description.split(separator: "\n").filter { $0.contains("allocate") }.count == 1)
  }

  #if arch(x86_64)
    @Test("code can be read for processors that this one need not be")
    func otherProcessors() throws {
      let function = try pi()
      let points = NDArray.uniform(-1...1, shape: [1000], seed: 1)
      let vectors = [("x86-64", "xmm"), ("x86-64-v3", "ymm"), ("x86-64-v4", "zmm")]
      for (processor, widest) in vectors {
        let text = try function.assemblyText(for: [points, points], processor: processor)
        let found = vectors.map(\.1).last { text.contains("%\($0)") }
        #expect(text.contains("kernel pi") && found == widest, "\(processor)")
      }
      let error = #expect(throws: (any Error).self) {
        try function.assemblyText(for: [points, points], processor: "pentium")
      }
      #expect("\(try #require(error))".contains("x86-64-v4, skylake-avx512; got 'pentium'"))
    }
  #endif

  @Test("results have the same bits at any number of threads", arguments: [1, 2, 3, 7])
  func threads(count: Int) throws {
    let m = Tensor.matrix("m", .float32)
    let outputs = [
      exp(m).sum(), (m * m).sum(axes: [0]), sin(m).sum(axes: [1]), m / (1 + abs(m)),
      m.prod(axes: [1]),
      m.argmax(), m.mean(),
    ]
    let values = NDArray.uniform(-1...1, .float32, shape: [301, 1001], seed: 3)
    let serial = try Session(threads: 1).function([m], outputs)(values)
    let parallel = try Session(threads: count).function([m], outputs)(values)
    for (a, b) in zip(serial, parallel) { #expect(a == b) }
    // Sums of float32 are kept in float64, which hides the order of parts; those of float64 show it.
    let sums = [x.sum(), (x * x).sum(), exp(x).sum(), x.prod()]
    for seed in UInt64(1)...4 {
      let array = NDArray.uniform(0.5...1.5, shape: [200_001], seed: seed)
      let serial = try Session(threads: 1).function([x], sums)(array)
      #expect(try Session(threads: count).function([x], sums)(array) == serial)
    }
  }

  @Test("Swift arrays, numbers and literals take the input's dtype, by position and by name")
  func conveniences() throws {
    let s = Tensor.scalar("s", .float32), v = Tensor.vector("v", .int32)
    let f = try Function([s, v], s * v.cast(to: .float32), name: "f")
    #expect(try f(2, [1, 2, 3]) == NDArray([2, 4, 6] as [Float]))
    #expect(try f(0.5, [2, 4]) == NDArray([1, 2] as [Float]))
    let (scale, values) = (2.0, [1, 2, 3])
    #expect(try f(scale, values) == NDArray([2, 4, 6] as [Float]))
    #expect(try f(["v": values, "s": 2]) == NDArray([2, 4, 6] as [Float]))
  }

  @Test("several outputs come back in order, and one that is an input shares its elements")
  func outputs() throws {
    let f = try Function([x], [x, x + 1, x, transpose(x)])
    let results = try f([1, 2, 3])
    #expect(results == [[1.0, 2, 3], [2.0, 3, 4], [1.0, 2, 3], [1.0, 2, 3]])
  }

  @Test("empty arrays give empty results, zero sums and NaN means")
  func empty() throws {
    let none = NDArray.zeros(shape: [0])
    #expect(try Function([x], x + 1)(none) == none)
    #expect(try Function([x], x.sum())(none).scalar(as: Double.self) == 0)
    #expect(try Function([x], x.prod())(none).scalar(as: Double.self) == 1)
    #expect(try Function([x], x.mean())(none).scalar(as: Double.self).isNaN)
    #expect(try Function([x], x.all())(none).scalar(as: Bool.self))
    let m = Tensor.matrix("m")
    #expect(try Function([m], m.sum(axes: [0]))(NDArray.zeros(shape: [0, 3])) == [0.0, 0, 0])
  }

  @Test("sizes beside a zero are counted in bytes, and an error where they cannot be")
  func immense() throws {
    let part = x.broadcast(to: [1 << 31, 1 << 30, 0])
    #expect(throws: GraphErrors.self) {
      try Function([x], concatenate([part, part], axis: -1).sum())
    }
    let small = x.broadcast(to: [1 << 29, 1 << 29, 0])
    let f = try Function([x], concatenate([small, small], axis: -1).sum())
    #expect(try f(NDArray.zeros(shape: [0])).scalar(as: Double.self) == 0)
  }

  @Test("what reads a reduction of no elements waits for it, whichever steps run side by side")
  func emptyFirst() throws {
    let names = ["a", "b", "c"].map { Tensor.vector($0) }
    let product = x.prod()
    let outputs = [product] + names.map { exp($0 * product).sum() }
    let arrays = [8000, 7000, 6000].map { NDArray.uniform(0...1, shape: [$0], seed: UInt64($0)) }
    let sums = try arrays.map { try Function([x], exp(x).sum())($0) }
    for threads in [1, 2, 3] {
      let f = try Session(threads: threads).function([x] + names, outputs)
      for _ in 0..<20 {
        let results = try f.call(with: [NDArray.zeros(shape: [0])] + arrays)
        #expect(try results[0].scalar(as: Double.self) == 1)
        #expect(Array(results[1...]) == sums, "\(threads) threads")
      }
    }
  }

  @Test("a function may be called from many threads at once")
  func concurrent() async throws {
    let function = try pi()
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for seed in 0..<16 {
        group.addTask {
          let a = NDArray.uniform(-1...1, shape: [40_000], seed: UInt64(seed))
          let b = NDArray.uniform(-1...1, shape: [40_000], seed: UInt64(seed) + 100)
          let expected = try self.expectedPi(a, b)
          for _ in 0..<50 where try function(a, b).scalar(as: Double.self) != expected {
            return false
          }
          return true
        }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test("views are read where they lie")
  func views() throws {
    let m = Tensor.matrix("m")
    let f = try Function([m], (m * 2).sum(axes: [1]))
    let array = try NDArray([1.0, 2, 3, 4, 5, 6], shape: [2, 3])
    #expect(try f(array) == [12.0, 30])
    #expect(try f(array.transposed()) == [10.0, 14, 18])
    #expect(try f(array[.all, 1..<3]) == [10.0, 22])
    #expect(try f(array[.stride(by: -1)]) == [30.0, 12])
    #expect(try f(NDArray([1.0, 2]).expandedDims(1).broadcast(to: [2, 4])) == [8.0, 16])
  }

  @Test("An operand that products cannot read where it lies is copied once")
  func copies() throws {
    let x = Tensor.matrix("x"), w = Tensor.matrix("w"), v = Tensor.vector("v")
    let outputs = [matmul(x, w), matmul(w, x), matmul(w, v), matmul(v, w)]
    let f = try Function([x, w, v], outputs, profile: true)
    let wide = NDArray.uniform(-1...1, shape: [12, 12], seed: 1), x6 = try wide[..<6, ..<6]
    let gaps = try wide[.stride(by: 2), .stride(by: 2)]
    let results = try f.call(with: [x6, gaps, [1, 2, 3, 4, 5, 6]])
    let straight = try Function([w], w * 1.0 + 0.0)(gaps)
    let expected = try Function([x, w, v], outputs).call(with: [x6, straight, [1, 2, 3, 4, 5, 6]])
    #expect(results == expected)
    let steps = try #require(f.profile).report.functions[0].steps
    #expect(steps.count { $0.kind == .copy } == 1)
  }

  @Test("Sums that wrap in a narrow accumulator may be negative")
  func narrowAccumulators() throws {
    let x = Tensor.vector("x", .uint8)
    let sum = x.sum(dtype: .float64, accumulator: .int8)
    let f = try Function([x], [sum, abs(sum), relu(sum)])
    #expect(try f.call(with: [[100, 100]]) == [NDArray(-56.0), NDArray(56.0), NDArray(0.0)])
  }

  @Test("Choices behind choices on the same condition are computed where they are needed")
  func nestedChoices() throws {
    let x = Tensor.vector("x"), y = round(exp(x)), isLow = y .<= 0, none = Tensor(Double.nan)
    let a = `where`(isLow, -expm1(y), none), b = `where`(isLow, exp(sin(y)), none)
    let f = try Function([x], `where`(a .>= 0, b, 7))
    #expect(try f(NDArray([-9, 0, 1, .nan, -2])) == [1.0, 7, 7, 7, 1])
  }

  @Test("Sums of products of float32 lose only what the sum itself has to")
  func exactProducts() throws {
    let x = Tensor.vector("x", .float32), y = Tensor.vector("y", .float32)
    let f = try Function([x, y], (x * y).sum())
    let a = Float(1 + 0x1p-12), b = Float(1 + 0x1p-11)
    #expect(try f(NDArray([a, 1]), NDArray([a, -b])).scalar(as: Float.self) == 0x1p-24)
  }
  @Test("Bounds that count from the end follow the lengths of a call")
  func negativeBounds() throws {
    let x = Tensor.vector("x"), m = Tensor.matrix("m")
    let differences = try Function([x], x[1...] - x[..<(-1)])
    let smooth = try Function([x], (x[..<(-2)] + x[.stride(from: 1, to: -1)] + x[2...]) / 3)
    let corner = try Function([m], m[(-2)..., ...(-2)].sum())
    for count in [2, 3, 4, 37, 1000] {
      let squares = (0..<count).map { Double($0 * $0) }
      let gaps = zip(squares.dropFirst(), squares).map { $0 - $1 }
      #expect(try differences(squares).elements(as: Double.self) == gaps)
      let means = (1..<count - 1).map { place in squares[place - 1...place + 1].reduce(0, +) / 3 }
      #expect(try smooth(squares).elements(as: Double.self) == means)
      let matrix = try NDArray.arange(2 * count).cast(to: .float64).reshaped([2, count])
      let kept = (0..<2 * count).filter { ($0 + 1) % count != 0 }
      let sum = Double(kept.reduce(0, +))
      #expect(try corner(matrix).scalar(as: Double.self) == sum)
    }
    #expect(throws: (any Error).self) { try smooth([1.0]) }
  }
}
