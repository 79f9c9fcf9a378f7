import Arrays
import Testing

@Suite("Views")
struct ViewTests {
  @Test("Indices, ranges, new axes and an ellipsis select views")
  func select() throws {
    let a = try NDArray.arange(24).reshaped([2, 3, 4])
    #expect(try a[1].shape == [3, 4])
    #expect(try a[1, 0..<2, -1].elements(as: Int.self) == [15, 19])
    #expect(try a[.ellipsis, 0].elements(as: Int.self) == [0, 4, 8, 12, 16, 20])
    #expect(try a[.all, .newAxis, 1...].shape == [2, 1, 2, 4])
    #expect(try a[0, 0, .stride(by: -1)].elements(as: Int.self) == [3, 2, 1, 0])
    #expect(try a[0, 0, .stride(1..<4, by: 2)].elements(as: Int.self) == [1, 3])
    #expect(try a[0, 2, 1, as: Int.self] == 9)
    #expect(try a[0...0, ..<1, ...1].elements(as: Int.self) == [0, 1])
    #expect(try a[.newAxis, .ellipsis, .newAxis].shape == [1, 2, 3, 4, 1])
    #expect(try a[.all, 1..<1].shape == [2, 0, 4])
    #expect(try a[1].storage === a.storage)
  }

  @Test("Negative bounds count from the end")
  func negativeBounds() throws {
    let a = NDArray.arange(5)
    func elements(_ index: any AxisIndex) throws -> [Int] { try a[index].elements(as: Int.self) }
    #expect(try elements(..<(-2)) == [0, 1, 2])
    #expect(try elements(...(-2)) == [0, 1, 2, 3])
    #expect(try elements(...(-1)) == [0, 1, 2, 3, 4])
    #expect(try elements((-2)...) == [3, 4])
    #expect(try elements((-5)...) == [0, 1, 2, 3, 4])
    #expect(try elements(..<(-5)) == [])
    #expect(try elements((-3)..<(-1)) == [2, 3])
    #expect(try elements((-3)...(-1)) == [2, 3, 4])
    #expect(try elements(.stride((-4)..<(-1), by: -2) as AxisSelection) == [3, 1])
    #expect(try elements(.stride(from: 1, to: -1) as AxisSelection) == [1, 2, 3])
    #expect(try elements(.stride(from: -1, to: 1) as AxisSelection) == [])
    let backwards: [(from: Int?, to: Int?, step: Int, elements: [Int])] = [
      (4, 1, -1, [4, 3, 2]), (-1, -3, -1, [4, 3]), (nil, 1, -2, [4, 2]), (2, nil, -1, [2, 1, 0]),
      (-2, nil, -2, [3, 1]), (nil, nil, -1, [4, 3, 2, 1, 0]), (1, 4, -1, []), (3, -1, -1, []),
      (3, -6, -1, [3, 2, 1, 0]), (nil, -1, -1, []), (0, 0, -1, []), (-6, nil, -1, []),
    ]
    for (from, to, step, expected) in backwards {
      #expect(try elements(.stride(from: from, to: to, by: step) as AxisSelection) == expected)
    }
    #expect(try NDArray.arange(0)[.stride(from: nil, to: -1, by: -1)].shape == [0])
    for (from, to) in [(5, 0), (5, -1), (.max, nil), (4, 5), (4, -8)] as [(Int, Int?)] {
      #expect(throws: ArrayError.self) { try a[.stride(from: from, to: to, by: -1)] }
    }
    for index in [..<(-6)] as [PartialRangeUpTo<Int>] {
      #expect(throws: ArrayError.self) { try a[index] }
    }
    for index in [(-6)..., (.min)...] as [PartialRangeFrom<Int>] {
      #expect(throws: ArrayError.self) { try a[index] }
    }
  }

  @Test("Slices take every step-th element of a range, from its end if the step is negative")
  func slices() throws {
    let a = NDArray.arange(7)
    #expect(try a.slice(axis: 0, 1..<6, step: 2).elements(as: Int.self) == [1, 3, 5])
    #expect(try a.slice(axis: 0, 0..<7, step: -3).elements(as: Int.self) == [6, 3, 0])
    #expect(try a.slice(axis: -1, 2..<5, step: -1).elements(as: Int.self) == [4, 3, 2])
    #expect(try a.slice(axis: 0, 2..<5, step: .max).elements(as: Int.self) == [2])
    #expect(try a.slice(axis: 0, 2..<5, step: .min).elements(as: Int.self) == [4])
    #expect(try a.slice(axis: 0, 7..<7).count == 0)
    #expect(try a.slice(axis: 0, at: -1).scalar(as: Int.self) == 6)
  }

  @Test("Axes are reordered, added, dropped and repeated without copies")
  func axes() throws {
    let a = try NDArray.arange(6).reshaped([1, 2, 3])
    #expect(try a.transposed([2, 0, 1]).shape == [3, 1, 2])
    #expect(try a.transposed([2, 0, 1]).elements(as: Int.self) == [0, 3, 1, 4, 2, 5])
    #expect(try a.transposed([-1, 0, 1]).shape == [3, 1, 2])
    #expect(try a.squeezed().shape == [2, 3])
    #expect(try a.squeezed([0]).shape == [2, 3])
    #expect(try a.squeezed([]).shape == [1, 2, 3])
    #expect(try a.expandedDims(-1).shape == [1, 2, 3, 1])
    #expect(try a.expandedDims(0).shape == [1, 1, 2, 3])
    let column = try NDArray([1, 2]).expandedDims(1).broadcast(to: [2, 3])
    #expect(try column.elements(as: Int.self) == [1, 1, 1, 2, 2, 2])
    #expect(column.strides == [1, 0])
    #expect(try NDArray([1]).broadcast(to: [0]).count == 0)
  }

  @Test("A reshape is a view where the strides allow it, and a copy elsewhere")
  func reshapes() throws {
    let a = try NDArray.arange(24).reshaped([2, 3, 4])
    #expect(try a.reshaped([6, -1]).shape == [6, 4])
    #expect(try a.reshaped([24]).storage === a.storage)
    let outer = try a.slice(axis: 2, 0..<2)
    #expect(try outer.reshaped([6, 2]).storage === a.storage)
    #expect(try outer.reshaped([6, 2]).strides == [4, 1])
    #expect(try outer.reshaped([12]).storage !== a.storage)
    let turned = try a.transposed([2, 0, 1])
    #expect(try turned.reshaped([4, 6]).storage === a.storage)
    #expect(try turned.reshaped([2, 2, 6]).strides == [2, 1, 4])
    #expect(try turned.reshaped([24]).storage !== a.storage)
    #expect(try a.slice(axis: 0, 0..<2, step: -1).reshaped([2, 12]).strides == [-12, 1])
    #expect(try NDArray.zeros(shape: [0, 3]).reshaped([3, 0, 5]).shape == [3, 0, 5])
    #expect(try NDArray(5).reshaped([1, 1]).shape == [1, 1])
    #expect(try NDArray([5]).reshaped([]).shape == [])
    #expect(try NDArray([5]).reshaped([-1]).shape == [1])
  }

  @Test("Chains of views agree with a plain list of elements", arguments: 0..<200)
  func chains(_ seed: Int) throws {
    var random = Steps(seed)
    let shape = (0..<random.below(4)).map { _ in random.below(5) }
    let count = shape.reduce(1, *)
    var array = try NDArray(Array(0..<count), shape: shape)
    var model = Model(shape: shape, elements: Array(0..<count))
    for _ in 0..<random.below(6) { try step(&array, &model, &random) }
    #expect(array.shape == model.shape)
    #expect(try array.elements(as: Int.self) == model.elements)
    #expect(array.contiguous() == array)
    #expect(try array.cast(to: .int16).elements(as: Int16.self) == model.elements.map { Int16($0) })
  }

  /// Applies one view, chosen at random, to an array and to its model.
  private func step(_ array: inout NDArray, _ model: inout Model, _ random: inout Steps) throws {
    let rank = array.rank
    switch random.below(5) {
    case 0 where rank > 0:
      let axis = random.below(rank)
      let lower = random.below(array.shape[axis] + 1)
      let upper = lower + random.below(array.shape[axis] - lower + 1)
      let step = [1, 2, 3, -1, -2][random.below(5)]
      array = try array.slice(axis: axis, lower..<upper, step: step)
      let range = Array(lower..<upper)
      let ordered = step > 0 ? range : range.reversed()
      model.take(axis, stride(from: 0, to: ordered.count, by: abs(step)).map { ordered[$0] })
    case 1 where rank > 0:
      let axis = random.below(rank)
      guard array.shape[axis] > 0 else { return }
      let index = random.below(array.shape[axis])
      array = try array.slice(axis: axis, at: index - array.shape[axis])
      model.take(axis, [index])
      model.shape.remove(at: axis)
    case 2:
      let permutation = Array(0..<rank).shuffled(using: &random)
      array = try array.transposed(permutation)
      model.permute(permutation)
    case 3 where rank < 4:
      let (axis, extent) = (random.below(rank + 1), random.below(4))
      var target = array.shape
      target.insert(extent, at: axis)
      array = try array.expandedDims(axis).broadcast(to: target)
      model.shape.insert(1, at: axis)
      model.take(axis, [Int](repeating: 0, count: extent))
    case 4 where rank > 1:
      let target = [array.shape[0] * array.shape[1]] + array.shape[2...]
      array = try array.reshaped(target)
      model.shape = target
    default: break
    }
  }

  /// A shape and its elements in C order.
  private struct Model {
    var shape: [Int]
    var elements: [Int]

    /// Keeps the given indices of one axis.
    mutating func take(_ axis: Int, _ indices: [Int]) {
      let inner = shape[(axis + 1)...].reduce(1, *)
      let outer = shape[..<axis].reduce(1, *)
      let extent = shape[axis]
      elements = (0..<outer).flatMap { i in
        indices.flatMap { j in (0..<inner).map { elements[(i * extent + j) * inner + $0] } }
      }
      shape[axis] = indices.count
    }

    mutating func permute(_ permutation: [Int]) {
      let strides = Shape.contiguousStrides(shape)
      shape = permutation.map { shape[$0] }
      var places = [0]
      for axis in permutation.indices {
        places = places.flatMap { place in
          (0..<shape[axis]).map { place + $0 * strides[permutation[axis]] }
        }
      }
      elements = places.map { elements[$0] }
    }
  }
}

/// Random numbers for tests, from a seed.
struct Steps: RandomNumberGenerator {
  private let random: CountedRandom
  private var place = 0

  init(_ seed: Int) { random = CountedRandom(seed: UInt64(seed)) }

  mutating func next() -> UInt64 {
    place += 1
    return random.bits(place)
  }

  /// Returns a number from 0 up to but without `limit`, which is above 0.
  mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}
