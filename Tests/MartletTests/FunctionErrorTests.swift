// An expectation stands on the line that its error names.
// swift-format-ignore-file
import Martlet
import Testing

/// The whole text of what goes wrong at a call, after which the function still works.
@Suite struct FunctionErrorTests {
  private func text(_ body: () throws -> Any) -> String {
    do { return "no error, but \(try body())" } catch { return "\(error)" }
  }

  @Test("arrays of the wrong dtype, rank or length")
  func wrongInput() throws {
    let x = Tensor("x", .float32, shape: [.unknown, 3])
    let f = try Function([x], x.sum(), name: "f")
    #expect(text { try f(NDArray.ones(shape: [2, 3])) } == """
      f: input 'x' takes f32[?,3]; got f64[2,3]
        cast(to: .float32) converts it
        'x' was made at FunctionErrorTests.swift:\(#line - 2)
      """)
    #expect(text { try f(NDArray.ones(.float32, shape: [2])) } == "f: input 'x' takes f32[?,3]; got f32[2]\n  'x' was made at FunctionErrorTests.swift:\(#line - 7)")
    #expect(text { try f(NDArray.ones(.float32, shape: [2, 4])) } == "f: input 'x' takes f32[?,3]; got f32[2,4]\n  'x' was made at FunctionErrorTests.swift:\(#line - 8)")
    #expect(try f(NDArray.ones(.float32, shape: [2, 3])).scalar(as: Float.self) == 6)
  }

  @Test("inputs that are missing, unknown, too many, doubled or computed")
  func inputs() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y"), twin = Tensor.vector("x")
    let f = try Function([x, y], x + y, name: "f")
    #expect(text { try f([1]) } == "f: takes 2 inputs; got 1\n  'x' was made at FunctionErrorTests.swift:\(#line - 2)\n  'y' was made at FunctionErrorTests.swift:\(#line - 2)")
    #expect(text { try f(["x": [1]]) } == "f: input 'y' is missing\n  'y' was made at FunctionErrorTests.swift:\(#line - 3)")
    #expect(text { try f(["x": [1], "z": [2], "y": [3]]) } == "f: there is no input 'z'\n  its inputs are 'x', 'y'")
    #expect(text { try Function([x, x], x) } == "function: each input may be listed once; 'x' is listed twice")
    #expect(text { try Function([x, twin], x) } == "function: inputs must have names of their own; two are called 'x'\n  'x' was made at FunctionErrorTests.swift:\(#line - 6)\n  'x' was made at FunctionErrorTests.swift:\(#line - 6)")
    #expect(text { try Function([x], x + y) } == """
      function: every input that an output needs must be listed; 'y' is missing
        'y' was made at FunctionErrorTests.swift:\(#line - 7)
      """)
    let next = x + 1
    #expect(text { try Function([next], x) } == "function: inputs must be tensors that are fed, such as Tensor.vector(\"x\"); number 0 is computed from others, at FunctionErrorTests.swift:\(#line - 1)")
    #expect(try f([1], [2]) == [3.0])
  }

  @Test("literals that the input's dtype cannot hold")
  func literals() throws {
    let n = Tensor.vector("n", .uint8)
    let f = try Function([n], n + 1, name: "f")
    #expect(text { try f([1, 300]) } == """
      f: input 'n' takes uint8, which cannot hold these int64 values
        an NDArray with cast(to: .uint8) converts them
        'n' was made at FunctionErrorTests.swift:\(#line - 2)
      """)
    #expect(try f([1, 255]) == NDArray([2, 0] as [UInt8]))
  }

  @Test("lengths that do not fit at the call name the line of the expression")
  func lengths() throws {
    let x = Tensor.vector("x"), y = Tensor.vector("y")
    let f = try Function([x, y], x + y, name: "f")
    #expect(text { try f([1, 2, 3], [1, 2]) } == "FunctionErrorTests.swift:\(#line - 1): add: shapes [3] and [2] do not broadcast; axis 0 has lengths 3 and 2\n  x : f64[3]\n  y : f64[2]")
    #expect(try f([1, 2, 3], [1]) == [2.0, 3, 4])
  }

  @Test("a named dimension has one length")
  func dimensions() throws {
    let x = Tensor("x", shape: ["batch"]), y = Tensor("y", shape: ["batch", 2])
    let f = try Function([x, y], [x, y], name: "f")
    #expect(text { try f([1], [[1, 2], [3, 4]]) } == "f: dimension 'batch' must have one length; it is 1 in 'x' and 2 in 'y'\n  'x' was made at FunctionErrorTests.swift:\(#line - 2)\n  'y' was made at FunctionErrorTests.swift:\(#line - 2)")
  }

  @Test("arrays that could not be made say why where they are fed")
  func poisoned() throws {
    let x = Tensor.vector("x")
    let f = try Function([x], x, name: "f")
    let huge = NDArray.zeros(shape: [1 << 60])
    #expect(huge.error != nil)
    #expect(text { try f(huge) } == huge.error.map { "\($0)" })
  }

  @Test("a result that memory cannot hold is an error")
  func memory() throws {
    let x = Tensor.vector("x")
    let f = try Function([x], x.expandDims(1) + x, name: "f")
    let row = try NDArray([1.0]).broadcast(to: [1 << 22])
    #expect(text { try f(row) } == "FunctionErrorTests.swift:\(#line - 2): add: 131072 GiB cannot be allocated for the result, f64[4194304,4194304]\n  expandDims(x) : f64[4194304,1]\n  x : f64[4194304]")
    #expect(try f([1]) == [[2.0]])
    let m = Tensor.matrix("m", .float32), square = matmul(m, m)
    let g = try Function([m], square.sum())
    let wide = try NDArray(scalar: .one(.float32)).broadcast(to: [1 << 24, 1 << 24])
    let error = text { try g(wide) }
    #expect(error.hasPrefix("FunctionErrorTests.swift:\(#line - 4): matmul: "))
    #expect(error.hasSuffix(" GiB cannot be allocated for what is kept on the way, such as f32[16777216,16777216]\n  m : f32[16777216,16777216]\n  m : f32[16777216,16777216]"))
  }

  @Test("sizes that are beyond counting are an error, whether or not they would lie in memory")
  func sizes() throws {
    let x = Tensor.vector("x"), z = Tensor.scalar("z")
    let f = try Function([x], x.expandDims(1) + x, name: "f")
    for exponent in [26, 30, 58] {
      let row = try NDArray([1.0]).broadcast(to: [1 << exponent])
      #expect(text { try f(row) }.contains("has more elements than can be counted"), "2^\(exponent)")
    }
    #expect(try f([1]) == [[2.0]])
    let vast = z.broadcast(to: [1 << 61])
    #expect(text { try Function([z], vast + 1) } == "FunctionErrorTests.swift:\(#line - 1): broadcast: shape [2305843009213693952] has more elements than can be counted\n  z : f64[]")
    let m = Tensor.matrix("m"), wide = try NDArray([1.0]).broadcast(to: [1 << 24, 1 << 24])
    #expect(text { try Function([m], matmul(m, m))(wide) }.contains("cannot be allocated"))
  }

  @Test("inner lengths of a product are equal, in every dtype", arguments: [DType.int64, .uint8, .bool, .float64])
  func innerLengths(dtype: DType) throws {
    let a = Tensor.matrix("a", dtype), b = Tensor.matrix("b", dtype), v = Tensor.vector("v", dtype), w = Tensor.vector("w", dtype)
    let product = try Function([a, b], matmul(a, b)), inner = try Function([v, w], dot(v, w)), rows = try Function([a, v], matmul(a, v))
    func ones(_ shape: Int...) -> NDArray { .ones(dtype, shape: shape) }
    #expect(text { try product(ones(2, 1), ones(5, 3)) }.contains("matmul: inner axes must be equal; left is [2,1], right is [5,3]"))
    #expect(text { try product(ones(2, 5), ones(1, 3)) }.contains("matmul: inner axes must be equal; left is [2,5], right is [1,3]"))
    #expect(text { try inner(ones(1), ones(5)) }.contains("dot: inner axes must be equal; left is [1], right is [5]"))
    #expect(text { try rows(ones(2, 5), ones(1)) }.contains("matmul: inner axes must be equal; left is [2,5], right is [1]"))
    #expect(try product(ones(2, 1), ones(1, 3)) == ones(2, 3))
    // Broadcasts are walked through where they are used, but count for the lengths.
    let one = Tensor("s", dtype, shape: [1]), five = ones(2, 5)
    let repeated = try Function([a, one], matmul(a, one.broadcast(to: [5])))
    let sums = try Function([a], matmul(a, Tensor(1).cast(to: dtype).broadcast(to: [5])))
    let expected = try rows(five, ones(5))
    #expect(try repeated(five, ones(1)) == expected)
    #expect(try sums(five) == expected)
    #expect(text { try sums(ones(2, 1)) }.contains("inner axes must be equal; left is [2,1], right is [5]"))
    #expect(try Function([a], matmul(a.transpose(), a).transpose())(five) == product(ones(5, 2), five))
    #expect(try inner(ones(0), ones(0)) == NDArray.zeros(dtype, shape: []))
  }

  @Test("sessions refuse budgets below one thread and values for what is computed")
  func sessions() throws {
    let x = Tensor.vector("x")
    #expect(text { try Session(threads: 0).run(x, feeding: [x: [1]]) } == "session: threads must be at least 1; got 0")
    #expect(text { try Session().run(x) } == "session: input 'x' is missing\n  'x' was made at FunctionErrorTests.swift:\(#line - 2)")
    #expect(text { try Session().run(x + 1, feeding: [x + 1: [1]]) } == "session: only inputs can be fed; got the result of 'add'")
  }
}
