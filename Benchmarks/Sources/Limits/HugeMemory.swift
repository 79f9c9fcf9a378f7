import Glibc
import Martlet

/// Memory that a limit writes its result to: it is there before the clock runs, in huge pages.
final class HugeMemory {
  let start: UnsafeMutableRawPointer
  private let byteCount: Int

  /// Allocates zeros.
  init(byteCount: Int) throws {
    let page = 1 << 21
    self.byteCount = (byteCount + page - 1) / page * page
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, page, self.byteCount) == 0, let pointer else { throw Lacking() }
    madvise(pointer, self.byteCount, MADV_HUGEPAGE)
    memset(pointer, 0, self.byteCount)
    start = pointer
  }

  deinit { free(start) }

  /// Returns the first elements as doubles.
  func elements(_ dtype: DType, count: Int) -> [Double] {
    dtype == .float32 ? copied(Float.self, count) : copied(Double.self, count)
  }

  private func copied<Element: BinaryFloatingPoint>(_: Element.Type, _ count: Int) -> [Double] {
    let elements = start.assumingMemoryBound(to: Element.self)
    return (0..<count).map { Double(elements[$0]) }
  }

  /// What is thrown when the system has no memory.
  private struct Lacking: Error {}
}

extension NDArray {
  /// Lends the addresses of arrays' elements, which lie in C order.
  static func withAddresses<Result>(
    of arrays: ArraySlice<NDArray>, _ known: [UnsafeRawPointer?] = [],
    _ body: ([UnsafeRawPointer?]) throws -> Result
  ) throws -> Result {
    guard let first = arrays.first else { return try body(known) }
    return try first.withAddress { address in
      try withAddresses(of: arrays.dropFirst(), known + [address], body)
    }
  }

  private func withAddress<Result>(_ body: (UnsafeRawPointer?) throws -> Result) throws -> Result {
    func lend<Element: ArrayElement>(_ type: Element.Type) throws -> Result {
      try withElements(of: type) { elements in
        try elements.withUnsafeBufferPointer { try body(UnsafeRawPointer($0.baseAddress)) }
      }
    }
    return switch dtype {
    case .bool: try lend(Bool.self)
    case .int32: try lend(Int32.self)
    case .float32: try lend(Float.self)
    default: try lend(Double.self)
    }
  }
}
