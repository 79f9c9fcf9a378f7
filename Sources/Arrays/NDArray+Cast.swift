extension NDArray {
  /// Returns the elements converted to `dtype`, in C order, as `Semantics.md` says casts work.
  ///
  /// The array itself comes back when it has the dtype already. Poisoned when there is no memory.
  public func cast(to dtype: DType) -> NDArray {
    var result = dtype == self.dtype ? self : copied(as: dtype, for: "cast")
    result.isWeak = false
    return result
  }

  /// Returns the array with its elements in C order without gaps: itself if they are, else a copy.
  public func contiguous() -> NDArray {
    isContiguous ? self : copied(as: dtype, for: "contiguous")
  }

  /// Returns a copy in C order that no other array shares.
  package func copied(as dtype: DType, for operation: String = "copy") -> NDArray {
    if storage.error != nil { return self }
    return Self.orPoison(dtype) { () throws(ArrayError) in
      let result = try NDArray(uninitialized: dtype, shape: shape, for: operation)
      copy(to: result.start, as: dtype)
      return result
    }
  }

  /// Writes the elements in C order, converted to `dtype`, from `target` on.
  package func copy(to target: UnsafeMutableRawPointer, as dtype: DType) {
    if dtype == self.dtype, isContiguous {
      target.copyMemory(from: start, byteCount: count * dtype.byteCount)
    } else {
      var visitor = CopySource(array: self, target: target, dtype: dtype)
      self.dtype.visit(&visitor)
    }
  }
}

extension DType {
  /// Whether a cast from `other` to this dtype keeps every value.
  package func holdsEveryValue(of other: DType) -> Bool {
    switch (other.kind, kind) {
    case (.bool, _): true
    case (_, .bool): self == other
    case (.floating, _): kind == .floating && bitWidth >= other.bitWidth
    case (_, .floating): other.bitWidth < (self == .float32 ? 24 : 53)
    case (.signed, .unsigned): false
    case (.unsigned, .signed): bitWidth > other.bitWidth
    case (.signed, .signed), (.unsigned, .unsigned): bitWidth >= other.bitWidth
    }
  }
}

/// Copies elements of one dtype to another: picks the source's type, then the target's.
private struct CopySource: ElementVisitor {
  let array: NDArray
  let target: UnsafeMutableRawPointer
  let dtype: DType

  func visit<Source: CastableElement>(_ type: Source.Type) {
    var visitor = CopyTarget<Source>(array: array, target: target)
    dtype.visit(&visitor)
  }
}

private struct CopyTarget<Source: CastableElement>: ElementVisitor {
  let array: NDArray
  let target: UnsafeMutableRawPointer

  func visit<Target: CastableElement>(_ type: Target.Type) {
    let source = array.storage.base.assumingMemoryBound(to: Source.self)
    var target = target.assumingMemoryBound(to: type)
    var runs = StridedRuns(shape: array.shape, strides: array.strides, offset: array.offset)
    let (length, stride) = (runs.length, runs.stride)
    guard abs(stride) > 1, length >= Self.tile else {
      while let offset = runs.next() {
        let run = source + offset
        for i in 0..<length { target[i] = run[i &* stride].cast(to: type) }
        target += length
      }
      return
    }
    // In a transposed array the elements of neighbouring runs share cache lines, which would be gone
    // again before the next run came to them: runs are copied sixteen at a time, in square tiles
    // (4096 × 2048 float32 transposed: 15 ms instead of 62, Zen 5).
    var offsets: [Int] = []
    while runs.next(Self.tile, into: &offsets) {
      for first in Swift.stride(from: 0, to: length, by: Self.tile) {
        let last = min(first + Self.tile, length)
        for (row, offset) in offsets.enumerated() {
          let (run, line) = (source + offset, target + row * length)
          for i in first..<last { line[i] = run[i &* stride].cast(to: type) }
        }
      }
      target += offsets.count * length
    }
  }

  /// The runs that are copied together, and the elements of each before the next one's turn.
  private static var tile: Int { 16 }
}
