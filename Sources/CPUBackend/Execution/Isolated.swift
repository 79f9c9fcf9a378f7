import Synchronization

/// An atomic value that shares its cache lines, which are fetched in pairs, with nothing else.
struct Isolated<Value: AtomicRepresentable>: ~Copyable {
  private let before: InlineArray<16, UInt64> = .init(repeating: 0)
  let value: Atomic<Value>
  private let after: InlineArray<15, UInt64> = .init(repeating: 0)

  init(_ value: Value) { self.value = Atomic(value) }
}

/// Puts a value, for good, at the start of pairs of cache lines whose rest is free, with room for more
/// bytes behind it.
func isolated<Value: ~Copyable>(
  _ value: consuming Value, room: Int = 0
) -> UnsafeMutablePointer<Value> {
  let bytes = (MemoryLayout<Value>.stride + room + 127) / 128 * 128
  let pointer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 128)
    .bindMemory(to: Value.self, capacity: 1)
  pointer.initialize(to: value)
  return pointer
}
