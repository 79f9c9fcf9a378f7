import Glibc
import Synchronization

/// Partial results that are computed apart and then added up in a fixed order.
struct BLASSums {
  private let type: BLASType
  private let number: Int, count: Int
  /// Elements from one sum to the next, so that threads do not write to the same cache lines.
  private let apart: Int
  private let memory: UnsafeMutableRawPointer
  private let capacity: Int

  /// Takes memory for `number` sums of `count` elements each, which hold anything.
  init(_ type: BLASType, number: Int, count: Int) {
    (self.type, self.number, self.count) = (type, number, count)
    apart = (count + 31) / 32 * 32
    (memory, capacity) = Self.takeMemory(number * apart * type.stride)
  }

  /// Gives the memory back.
  func release() { Self.giveBack(memory, capacity) }

  /// The first element of sum number `index`.
  subscript(index: Int) -> UnsafeMutableRawPointer { memory + index * apart * type.stride }

  /// Adds the sums to the first one, in order.
  func addUp() {
    for index in 1..<number {
      switch type {
      case .float32: Self.add(Float.self, self[index], to: memory, count)
      case .float64: Self.add(Double.self, self[index], to: memory, count)
      }
    }
  }

  /// Computes `y = beta * y + total` for some elements of the total that `addUp` leaves. With `beta`
  /// zero, `y` is not read.
  func write(
    from start: Int, count: Int, to y: UnsafeMutableRawPointer, stride: Int, beta: Double
  ) {
    Self.scale(type, y, count: count, stride: stride, by: beta)
    let total = memory + start * type.stride
    switch type {
    case .float32: Self.add(Float.self, total, to: y, count, stride)
    case .float64: Self.add(Double.self, total, to: y, count, stride)
    }
  }

  private static func add<Element: FloatingPoint>(
    _: Element.Type, _ x: UnsafeMutableRawPointer, to y: UnsafeMutableRawPointer, _ count: Int,
    _ stride: Int = 1
  ) {
    let x = x.assumingMemoryBound(to: Element.self)
    let y = y.assumingMemoryBound(to: Element.self)
    if stride == 1 {
      for index in 0..<count { y[index] += x[index] }
    } else {
      for index in 0..<count { y[index * stride] += x[index] }
    }
  }
}

// MARK: - Scaling

extension BLASSums {
  /// Multiplies a vector by `beta`; zero overwrites whatever was there, NaN included.
  static func scale(
    _ type: BLASType, _ y: UnsafeMutableRawPointer, count: Int, stride: Int, by beta: Double
  ) {
    if beta == 1 { return }
    if beta == 0, stride == 1 {
      _ = memset(y, 0, count * type.stride)
      return
    }
    switch type {
    case .float32: scale(y.assumingMemoryBound(to: Float.self), count, stride, Float(beta))
    case .float64: scale(y.assumingMemoryBound(to: Double.self), count, stride, beta)
    }
  }

  private static func scale<Element: FloatingPoint>(
    _ y: UnsafeMutablePointer<Element>, _ count: Int, _ stride: Int, _ beta: Element
  ) {
    if beta == 0 {
      for index in 0..<count { y[index * stride] = 0 }
    } else {
      for index in 0..<count { y[index * stride] *= beta }
    }
  }
}

// MARK: - Memory

extension BLASSums {
  /// One block that is kept for the next time, and its size. Fresh pages would take longer than what
  /// is written to them.
  ///
  /// SAFETY: a block belongs to the one thread that has exchanged it out.
  nonisolated(unsafe) private static let kept = Atomic<UnsafeMutableRawPointer?>(nil)
  private static let keptCapacity = 1 << 20

  private static func takeMemory(_ bytes: Int) -> (UnsafeMutableRawPointer, capacity: Int) {
    if bytes <= keptCapacity, let block = kept.exchange(nil, ordering: .acquiringAndReleasing) {
      return (block, keptCapacity)
    }
    let capacity = max(bytes, keptCapacity)
    return (.allocate(byteCount: capacity, alignment: 64), capacity)
  }

  private static func giveBack(_ block: UnsafeMutableRawPointer, _ capacity: Int) {
    var surplus: UnsafeMutableRawPointer? = block
    if capacity == keptCapacity { surplus = kept.exchange(block, ordering: .acquiringAndReleasing) }
    surplus?.deallocate()
  }
}
