/// One file of the cache: what was asked, in full, and the answer.
///
/// | bytes | |
/// | --- | --- |
/// | 8 | `martlet` and the version of this table |
/// | 16 | the fingerprint of everything after it |
/// | 8, 8 | the lengths of the question and the answer |
/// | | the question, the answer |
///
/// Numbers are little-endian. The question is compared byte by byte, so two questions of one
/// fingerprint do no harm.
enum CacheEntry {
  private static let magic = Array("martlet1".utf8)
  private static let headerCount = 40

  /// Returns the bytes of the file.
  static func encoded(question: [UInt8], answer: [UInt8]) -> [UInt8] {
    let body = bytes(of: question.count) + bytes(of: answer.count) + question + answer
    let print = Fingerprint(of: body)
    return magic + bytes(of: print.high) + bytes(of: print.low) + body
  }

  /// Returns the answer to `question`, unless the file is damaged or answers another one.
  static func answer(to question: [UInt8], in file: [UInt8]) -> [UInt8]? {
    guard let parts = parts(of: file), parts.question.elementsEqual(question) else { return nil }
    return Array(parts.answer)
  }

  /// Returns both parts of a file that is not damaged.
  static func parts(of file: [UInt8]) -> (question: ArraySlice<UInt8>, answer: ArraySlice<UInt8>)? {
    guard file.count >= headerCount, file.starts(with: magic) else { return nil }
    let print = file.withUnsafeBytes { bytes in
      Fingerprint(of: UnsafeRawBufferPointer(rebasing: bytes[24...]))
    }
    guard word(in: file, at: 8) == print.high, word(in: file, at: 16) == print.low,
      let question = Int(exactly: word(in: file, at: 24)), question <= file.count - headerCount,
      word(in: file, at: 32) == UInt64(file.count - headerCount - question)
    else { return nil }
    return (file[headerCount..<headerCount + question], file[(headerCount + question)...])
  }

  /// Eight bytes for a number.
  static func bytes(of number: some BinaryInteger) -> [UInt8] {
    let number = UInt64(truncatingIfNeeded: number)
    return (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// The number whose eight bytes begin at `position`, which must lie in `bytes`.
  static func word(in bytes: [UInt8], at position: Int) -> UInt64 {
    bytes[position..<position + 8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
