/// The innermost runs of a strided array, in C order: where each begins.
///
/// Axes that lie behind one another without a gap are joined first, so that a contiguous array is one
/// run, whatever its rank.
package struct StridedRuns: Sequence, IteratorProtocol {
  /// The number of elements in each run.
  package let length: Int
  /// How many elements apart neighbours in a run are.
  package let stride: Int

  private let shape: [Int]
  private let strides: [Int]
  private var indices: [Int]
  private var offset: Int
  private var isDone: Bool

  /// Prepares the walk over an array whose first element is at `offset`.
  package init(shape: [Int], strides: [Int], offset: Int = 0) {
    var (joinedShape, joinedStrides): ([Int], [Int]) = ([], [])
    for (extent, stride) in zip(shape, strides) where extent != 1 {
      if let last = joinedStrides.last, last == stride &* extent {
        joinedShape[joinedShape.count - 1] &*= extent
        joinedStrides[joinedStrides.count - 1] = stride
      } else {
        joinedShape.append(extent)
        joinedStrides.append(stride)
      }
    }
    length = joinedShape.popLast() ?? 1
    stride = joinedStrides.popLast() ?? 1
    self.shape = joinedShape
    self.strides = joinedStrides
    self.offset = offset
    indices = [Int](repeating: 0, count: joinedShape.count)
    isDone = shape.contains(0)
  }

  /// Returns the offset of the next run's first element.
  package mutating func next() -> Int? {
    if isDone { return nil }
    let result = offset
    var axis = indices.count
    while axis > 0 {
      axis -= 1
      indices[axis] += 1
      offset += strides[axis]
      if indices[axis] < shape[axis] { return result }
      offset -= strides[axis] * shape[axis]
      indices[axis] = 0
    }
    isDone = true
    return result
  }

  /// Puts the offsets of the next runs, `count` at most, into `offsets`; false if there are none.
  package mutating func next(_ count: Int, into offsets: inout [Int]) -> Bool {
    offsets.removeAll(keepingCapacity: true)
    while offsets.count < count, let offset = next() { offsets.append(offset) }
    return !offsets.isEmpty
  }
}
