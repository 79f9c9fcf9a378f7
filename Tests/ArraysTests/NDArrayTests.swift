import Arrays
import Testing

@Suite("NDArray")
struct NDArrayTests {
  @Test("Nested literals give the shape and the dtype their parts promote to")
  func literals() throws {
    let a: NDArray = [[1, 2], [3, 4]]
    #expect(a.dtype == .int64)
    #expect(a.shape == [2, 2])
    #expect(a.strides == [2, 1])
    #expect(try a.elements(as: Int.self) == [1, 2, 3, 4])
    let b: NDArray = [1, 2.5, true]
    #expect(b.dtype == .float64)
    #expect(try b.elements(as: Double.self) == [1, 2.5, 1])
    let empty: NDArray = []
    #expect(empty.dtype == .float64 && empty.shape == [0])
    let single: NDArray = 3
    #expect(single.shape == [] && single.dtype == .int64)
  }

  @Test("A literal gives way to other dtypes until it is cast or changed")
  func weakness() throws {
    var a: NDArray = [1, 2]
    #expect(a.isWeak && !NDArray([1, 2]).isWeak)
    #expect(!a.cast(to: .int64).isWeak)
    #expect(a.exactly(.float32) == NDArray([1, 2] as [Float]))
    #expect(([300] as NDArray).exactly(.int8) == nil)
    #expect(([0.1] as NDArray).exactly(.float32) == NDArray([0.1] as [Float]))
    #expect(([0.5] as NDArray).exactly(.int32) == nil)
    #expect(([2.0] as NDArray).exactly(.int32) == NDArray([2] as [Int32]))
    try a.setElement(at: [0], to: 5)
    #expect(!a.isWeak)
  }

  @Test("Factories fill arrays")
  func factories() throws {
    #expect(NDArray.zeros(shape: [2]) == NDArray([0.0, 0.0]))
    #expect(NDArray.ones(.float32, shape: [2]) == NDArray([1, 1] as [Float]))
    #expect(NDArray.ones(.bool, shape: [1]) == NDArray([true]))
    #expect(NDArray.full(Int8(-3), shape: [2]) == NDArray([-3, -3] as [Int8]))
    #expect(NDArray(scalar: .float(0.5, .float32)) == NDArray(0.5 as Float))
    #expect(try NDArray([1, 2, 3, 4], shape: [2, 2]) == ([[1, 2], [3, 4]] as NDArray))
    for dtype in DType.allCases {
      let ones = NDArray.ones(dtype, shape: [3])
      #expect(try ones.cast(to: .int8).elements(as: Int8.self) == [1, 1, 1])
      let zeros = NDArray.zeros(dtype, shape: [3])
      #expect(try zeros.cast(to: .int8).elements(as: Int8.self) == [0, 0, 0])
    }
  }

  @Test("Progressions stop before their end")
  func arange() throws {
    #expect(NDArray.arange(4) == NDArray([0, 1, 2, 3]))
    #expect(NDArray.arange(-3) == NDArray([Int]()))
    #expect(NDArray.arange(5, 0, step: -2) == NDArray([5, 3, 1]))
    #expect(NDArray.arange(0, 3, .float32) == NDArray([0, 1, 2] as [Float]))
    #expect(NDArray.arange(0.0, 1.0, step: 0.25) == NDArray([0, 0.25, 0.5, 0.75]))
    #expect(NDArray.arange(0.0, 1.0, step: 0.3).count == 4)
    #expect(NDArray.arange(1.0, 0.0) == NDArray([Double]()))
    let ends = NDArray.arange(Int.min, Int.max, step: Int.max)
    #expect(ends == NDArray([Int.min, -1, Int.max - 1]))
  }

  @Test("Random arrays are the same for the same seed, and lie in their range")
  func uniform() throws {
    let a = NDArray.uniform(-1...1, shape: [30_000], seed: 1)
    #expect(a == NDArray.uniform(-1...1, shape: [30_000], seed: 1))
    #expect(a != NDArray.uniform(-1...1, shape: [30_000], seed: 2))
    let values = try a.elements(as: Double.self)
    let mean = values.reduce(0, +) / 30_000
    let meanSquare = values.reduce(0) { $0 + $1 * $1 } / 30_000
    #expect(values.allSatisfy { $0 >= -1 && $0 <= 1 })
    #expect(abs(mean) < 0.02)
    #expect(abs(meanSquare - 1.0 / 3) < 0.01)
    // The numbers themselves are part of what is promised.
    let first = try a.slice(axis: 0, 0..<3).elements(as: Double.self)
    #expect(first == [0.7257122977221173, -0.2636209686966611, 0.8871284617297088])

    let dice = try NDArray.uniform(1...6, .int8, shape: [6000], seed: 3).elements(as: Int8.self)
    let counts = (1...6).map { face in dice.count { $0 == face } }
    #expect(counts.reduce(0, +) == 6000)
    #expect(counts.allSatisfy { $0 > 900 && $0 < 1100 })
    let wide = NDArray.uniform(
      -Double.greatestFiniteMagnitude ... .greatestFiniteMagnitude, shape: [100], seed: 4)
    #expect(try wide.elements(as: Double.self).allSatisfy(\.isFinite))
    for (range, dtype, text) in [
      (0...1000, .uint8, "uint8 does not hold all of 0...1000"),
      (-5...5, .uint32, "uint32 does not hold all of -5...5"),
      (0...1e30, .int64, "int64 does not hold all of 0...1e+30"),
      (0...1e39, .float32, "float32 does not hold all of 0...1e+39"),
      (-1...1, .bool, "bool does not hold all of -1...1"),
    ] as [(ClosedRange<Double>, DType, String)] {
      expectError("uniform: \(text)") {
        try NDArray.uniform(range, dtype, shape: [3], seed: 4).checked()
      }
    }
    let whole = NDArray.uniform(0...0x1p64, .uint64, shape: [3], seed: 4)
    #expect(try whole.elements(as: UInt64.self).allSatisfy { $0 > 0 })
  }

  @Test("Elements are read as types that hold all values of the dtype")
  func reading() throws {
    #expect(try NDArray(Int8(-3)).scalar(as: Int.self) == -3)
    #expect(try NDArray(UInt32.max).scalar(as: Double.self) == 4_294_967_295)
    #expect(try NDArray([true, false]).elements(as: Float.self) == [1, 0])
    #expect(try ([[7]] as NDArray).scalar(as: Int.self) == 7)
    #expect(try ([[1, 2], [3, 4]] as NDArray)[1, -2, as: Int.self] == 3)
    let total = try ([[1, 2], [3, 4]] as NDArray).transposed().withElements(of: Int.self) { span in
      span.indices.reduce(0) { $0 * 10 + span[$1] }
    }
    #expect(total == 1324)
  }

  @Test("A written array changes alone")
  func copyOnWrite() throws {
    var a = try NDArray([0, 1, 2, 3, 4, 5], shape: [2, 3])
    let b = try a.transposed()
    try a.setElement(at: [0, 1], to: 9)
    #expect(try a.elements(as: Int.self) == [0, 9, 2, 3, 4, 5])
    #expect(try b.elements(as: Int.self) == [0, 3, 1, 4, 2, 5])

    let place = a.start
    try a.withMutableElements(of: Int.self) { $0[0] = -1 }
    #expect(a.start == place, "a sole owner writes in place")

    var repeated = try NDArray([1]).broadcast(to: [3])
    try repeated.setElement(at: [1], to: 5)
    #expect(try repeated.elements(as: Int.self) == [1, 5, 1])

    var turned = try ([[1, 2], [3, 4]] as NDArray).transposed()
    try turned.withMutableElements(of: Int.self) { $0[1] = 0 }
    #expect(try turned.elements(as: Int.self) == [1, 0, 2, 4])
  }

  @Test("Arrays are equal when dtype, shape and elements are; NaN equals nothing")
  func equality() throws {
    #expect(NDArray([1, 2]) == NDArray([1, 2]))
    #expect(NDArray([1, 2]) != NDArray([1.0, 2.0]))
    #expect(NDArray([1, 2]) != (try NDArray([1, 2], shape: [1, 2])))
    #expect(NDArray([Double.nan]) != NDArray([Double.nan]))
    #expect(NDArray([0.0]) == NDArray([-0.0]))
    let a = try NDArray([1, 2, 3, 4], shape: [2, 2])
    #expect(try a.transposed() == ([[1, 3], [2, 4]] as NDArray))
    #expect(try a.transposed() != a)
    let cube = NDArray.uniform(0...1, shape: [3, 4, 5], seed: 1)
    #expect(try cube.transposed([2, 0, 1]) == cube.transposed([2, 0, 1]).contiguous())
  }

  @Test("Arrays of which there is no room for a copy are compared, and read with an error")
  func endless() throws {
    let extent = 1 << 40
    let (one, two) = (
      try NDArray.full(1.0, shape: [1]).broadcast(to: [extent]),
      try NDArray.full(2.0, shape: [1]).broadcast(to: [extent])
    )
    #expect(one != two)
    #expect(one == (try NDArray.full(1.0, shape: [1]).broadcast(to: [extent])))
    expectError("elements: 8192 GiB cannot be allocated") { _ = try one.elements(as: Double.self) }
    // A zero does not excuse the other extents.
    expectError("zeros: 17179869184 GiB cannot be allocated") {
      try NDArray.zeros(shape: [0, 1 << 61]).checked()
    }
  }

  @Test("A poisoned array throws its error wherever it is used")
  func poison() throws {
    let a: NDArray = [[1, 2], [3]]
    let error = try #require(a.error)
    #expect(a.count == 0 && a.description == error.description)
    #expect(throws: error) { try a.elements(as: Int.self) }
    #expect(throws: error) { try a.scalar(as: Int.self) }
    #expect(throws: error) { try a.transposed() }
    #expect(throws: error) { try a[0] }
    #expect(throws: error) { try a.reshaped([0]) }
    #expect(throws: error) { try a.write(to: "poisoned.npy") }
    #expect(throws: error) { try a.withElements(of: Int.self) { _ in } }
    #expect(a.cast(to: .float32).error == error)
    #expect(a.contiguous().error == error)
    let nested: NDArray = [[a], [a]]
    #expect(nested.error == error)
  }
}
