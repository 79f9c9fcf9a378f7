/// A zip archive that is read: its directory, and the entries it leads to.
///
/// The names are those of PKWARE's APPNOTE; numbers in the comments are its sections.
struct ZipReader {
  /// What the directory says about one entry.
  struct Entry {
    let name: String
    let isEncrypted: Bool
    let method: UInt16
    let checkSum: UInt32
    let compressedCount: Int
    let byteCount: Int
    let headerOffset: Int
  }

  /// The entries in the order of the directory.
  let entries: [Entry]

  private let path: String
  private let storage: ArrayStorage

  init(_ path: String) throws(ArrayError) {
    let storage = try InputFile.storage(path)
    let record = ZipRecord(UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount))
    guard let directory = Self.directory(in: record) else { throw .notAnArchive(path) }
    guard let entries = Self.entries(in: record, directory) else { throw .brokenDirectory(path) }
    withExtendedLifetime(storage) {}
    (self.path, self.storage, self.entries) = (path, storage, entries)
  }

  /// What errors call an entry: `model.npz/w.npy`.
  func nameInErrors(_ entry: Entry) -> String { "\(path)/\(entry.name)" }

  /// Returns the bytes of an entry, decompressed and checked.
  func content(of entry: Entry) throws(ArrayError) -> ArrayStorage {
    let name = nameInErrors(entry)
    if entry.isEncrypted { throw .encrypted(name) }
    guard entry.method == 0 || entry.method == 8 else {
      throw .unknownCompression(name, method: Int(entry.method))
    }
    let record = ZipRecord(UnsafeRawBufferPointer(start: storage.base, count: storage.byteCount))
    guard let input = Self.data(of: entry, in: record) else { throw .brokenDirectory(path) }
    // Deflate shrinks by a factor of 1032 at most; who claims more wants memory for nothing.
    let isPossible =
      entry.method == 0
      ? entry.byteCount == input.count : entry.byteCount / 1033 <= input.count
    guard isPossible else { throw .damagedEntry(name, byteCount: entry.byteCount) }

    let content = try ArrayStorage.allocate(byteCount: entry.byteCount, for: name)
    let output = UnsafeMutableRawBufferPointer(start: content.base, count: entry.byteCount)
    if entry.method == 0 {
      output.copyMemory(from: input)
    } else if !Inflate.run(input, into: output) {
      throw .damagedEntry(name, byteCount: entry.byteCount)
    }
    withExtendedLifetime(storage) {}
    var check = CyclicRedundancyCheck()
    check.add(UnsafeRawBufferPointer(output))
    guard check.value == entry.checkSum else {
      throw .wrongCheckSum(name, expected: entry.checkSum, found: check.value)
    }
    return content
  }

  /// 4.3.7: the entry's data follows a second header, whose name and extra field may have other
  /// lengths than in the directory.
  private static func data(of entry: Entry, in record: ZipRecord) -> UnsafeRawBufferPointer? {
    let start = entry.headerOffset
    guard record.uint32(start) == 0x0403_4B50, let name = record.uint16(start + 26),
      let extra = record.uint16(start + 28)
    else { return nil }
    return record.bytes(start + 30 + Int(name) + Int(extra), entry.compressedCount)
  }
}

// MARK: - Directory

extension ZipReader {
  private typealias Directory = (offset: Int, count: Int)

  /// 4.3.16: the last record of the file says where the directory is; a comment may follow it.
  private static func directory(in record: ZipRecord) -> Directory? {
    let earliest = max(0, record.count - 22 - 0xFFFF)
    for place in stride(from: record.count - 22, through: earliest, by: -1)
    where record.uint32(place) == 0x0605_4B50 {
      guard let count = record.uint16(place + 10), let offset = record.uint32(place + 16) else {
        return nil
      }
      if count == 0xFFFF || offset == 0xFFFF_FFFF, let large = largeDirectory(record, place) {
        return large
      }
      return (Int(offset), Int(count))
    }
    return nil
  }

  /// 4.3.14 and 4.3.15: the same in 64 bits, which a record right before the last one points to.
  private static func largeDirectory(_ record: ZipRecord, _ end: Int) -> Directory? {
    guard record.uint32(end - 20) == 0x0706_4B50, let place = record.offset(end - 12),
      record.uint32(place) == 0x0606_4B50, let count = record.offset(place + 32),
      let offset = record.offset(place + 48)
    else { return nil }
    return (offset, count)
  }

  private static func entries(in record: ZipRecord, _ directory: Directory) -> [Entry]? {
    var entries: [Entry] = []
    var place = directory.offset
    for _ in 0..<directory.count {
      guard let (entry, next) = entry(in: record, at: place) else { return nil }
      entries.append(entry)
      place = next
    }
    return entries
  }

  /// 4.3.12: one entry of the directory, and where the next one begins.
  private static func entry(in record: ZipRecord, at place: Int) -> (Entry, next: Int)? {
    guard record.uint32(place) == 0x0201_4B50, let flags = record.uint16(place + 8),
      let method = record.uint16(place + 10), let checkSum = record.uint32(place + 16),
      let compressedCount = record.uint32(place + 20), let byteCount = record.uint32(place + 24),
      let nameCount = record.uint16(place + 28), let extraCount = record.uint16(place + 30),
      let commentCount = record.uint16(place + 32), let offset = record.uint32(place + 42),
      let name = record.bytes(place + 46, Int(nameCount)),
      var wide = wideFields(in: record, at: place + 46 + Int(nameCount), Int(extraCount))
    else { return nil }
    // 4.5.3: numbers that do not fit into 32 bits stand in the extra field, in this order.
    func wideIfMarked(_ value: UInt32) -> Int? {
      value < .max ? Int(value) : wide.isEmpty ? nil : wide.removeFirst()
    }
    guard let byteCount = wideIfMarked(byteCount),
      let compressedCount = wideIfMarked(compressedCount), let offset = wideIfMarked(offset)
    else { return nil }
    let entry = Entry(
      name: String(decoding: name, as: UTF8.self), isEncrypted: flags & 1 == 1, method: method,
      checkSum: checkSum, compressedCount: compressedCount, byteCount: byteCount,
      headerOffset: offset)
    return (entry, place + 46 + Int(nameCount) + Int(extraCount) + Int(commentCount))
  }

  /// Returns the 64-bit numbers of an extra field; none if it has no such part.
  private static func wideFields(in record: ZipRecord, at start: Int, _ count: Int) -> [Int]? {
    var place = start
    while place + 4 <= start + count {
      guard let kind = record.uint16(place), let size = record.uint16(place + 2) else { return nil }
      if kind == 1 {
        let places = stride(from: place + 4, to: place + 4 + Int(size) / 8 * 8, by: 8)
        let fields = places.map(record.offset)
        return fields.contains { $0 == nil } ? nil : fields.compactMap { $0 }
      }
      place += 4 + Int(size)
    }
    return []
  }
}

/// Bounds-checked little-endian numbers of a file.
struct ZipRecord {
  private let file: UnsafeRawBufferPointer

  init(_ file: UnsafeRawBufferPointer) { self.file = file }

  var count: Int { file.count }

  func bytes(_ place: Int, _ count: Int) -> UnsafeRawBufferPointer? {
    guard place >= 0, count >= 0, place <= file.count, count <= file.count - place else {
      return nil
    }
    return UnsafeRawBufferPointer(rebasing: file[place..<place + count])
  }

  func uint16(_ place: Int) -> UInt16? { bytes(place, 2)?.loadUnaligned(as: UInt16.self) }

  func uint32(_ place: Int) -> UInt32? { bytes(place, 4)?.loadUnaligned(as: UInt32.self) }

  /// A 64-bit number that can be a place or a size.
  func offset(_ place: Int) -> Int? {
    bytes(place, 8).flatMap { Int(exactly: $0.loadUnaligned(as: UInt64.self)) }
  }
}
