/// A zip archive that is written: entries without compression, then their directory.
///
/// The bytes are those that NumPy's `savez` makes through Python's `zipfile`: dated 1980, sizes of
/// each entry in 64 bits before its data, and in 64 bits in the directory only if they need them.
struct ZipWriter: ~Copyable {
  private var file: OutputFile
  private var directory: [UInt8] = []
  private var count = 0

  /// The version of the format that introduced 64-bit sizes, and Unix as the system of origin.
  private static let version: UInt16 = 45
  private static let unixVersion: UInt16 = 3 << 8 | version
  /// 1 January 1980, the first day the format knows.
  private static let date: UInt16 = 1 << 5 | 1
  /// Read and write for the owner.
  private static let attributes: UInt32 = 0o600 << 16

  init(_ file: consuming OutputFile) { self.file = file }

  /// Appends an entry whose content is `start` and then `rest`.
  mutating func add(
    _ name: String, _ start: [UInt8], _ rest: UnsafeRawBufferPointer
  ) throws(ArrayError) {
    guard let nameCount = UInt16(exactly: name.utf8.count) else {
      throw .nameTooLong(file.path, name)
    }
    let byteCount = UInt64(start.count + rest.count)
    let offset = UInt64(file.byteCount)
    var check = CyclicRedundancyCheck()
    start.withUnsafeBytes { check.add($0) }
    check.add(rest)
    // Names beyond ASCII are marked as UTF-8.
    let flags: UInt16 = name.utf8.allSatisfy { $0 < 0x80 } ? 0 : 0x800

    var header = ZipFields()
    header.add(UInt32(0x0403_4B50))
    header.add([Self.version, flags, 0, 0, Self.date])
    header.add([check.value, UInt32.max, UInt32.max])
    header.add([nameCount, 20])
    header.add(name.utf8)
    header.add([UInt16(1), 16])
    header.add([byteCount, byteCount])
    try file.write(header.bytes)
    try file.write(start)
    try file.write(rest)

    let wide = [byteCount, byteCount, offset].filter { $0 > 0x7FFF_FFFF }
    let narrowed = [byteCount, byteCount, offset].map { $0 > 0x7FFF_FFFF ? .max : UInt32($0) }
    var entry = ZipFields()
    entry.add(UInt32(0x0201_4B50))
    entry.add([Self.unixVersion, Self.version, flags, 0, 0, Self.date])
    entry.add([check.value, narrowed[0], narrowed[1]])
    entry.add([nameCount, wide.isEmpty ? 0 : UInt16(4 + 8 * wide.count), 0, 0, 0])
    entry.add([Self.attributes, narrowed[2]])
    entry.add(name.utf8)
    if !wide.isEmpty {
      entry.add([UInt16(1), UInt16(8 * wide.count)])
      entry.add(wide)
    }
    directory += entry.bytes
    count += 1
  }

  /// Writes the directory and puts the file in its place.
  mutating func finish() throws(ArrayError) {
    let (offset, size) = (UInt64(file.byteCount), UInt64(directory.count))
    let isLarge = count > 0xFFFF || offset > 0x7FFF_FFFF || size > 0x7FFF_FFFF
    try file.write(directory)
    var end = ZipFields()
    if isLarge {
      end.add(UInt32(0x0606_4B50))
      end.add(UInt64(44))
      end.add([Self.version, Self.version])
      end.add([UInt32(0), 0])
      end.add([UInt64(count), UInt64(count), size, offset])
      end.add([UInt32(0x0706_4B50), 0])
      end.add(offset + size)
      end.add(UInt32(1))
    }
    end.add(UInt32(0x0605_4B50))
    end.add([0, 0, UInt16(clamping: count), UInt16(clamping: count)])
    end.add([UInt32(clamping: size), isLarge ? UInt32(clamping: offset) : UInt32(offset)])
    end.add(UInt16(0))
    try file.write(end.bytes)
    try file.commit()
  }
}

/// Little-endian numbers one behind the other.
private struct ZipFields {
  private(set) var bytes: [UInt8] = []

  mutating func add(_ text: String.UTF8View) { bytes += text }

  mutating func add(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }

  mutating func add(_ values: [some FixedWidthInteger]) {
    for value in values { add(value) }
  }
}
