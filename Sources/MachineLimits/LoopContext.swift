import CPUBackend

/// What a measured loop works with: the words that its context points to.
///
/// | word | |
/// | --- | --- |
/// | 0, 1 | the arrays that are read |
/// | 2 | the array that is written |
/// | 3 | a place for each chunk's results, `reportByteCount` apart |
final class LoopContext {
  static let outputWord = 2
  static let reportWord = 3
  /// A pair of cache lines, so that threads do not disturb each other.
  static let reportByteCount = 128

  private let words: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  private let reports: UnsafeMutableRawPointer

  /// Readies a context for so many chunks, and for arrays that must live as long.
  init(
    chunks: Int, reading: [UnsafeMutableRawPointer] = [], writing: UnsafeMutableRawPointer? = nil
  ) {
    words = .allocate(capacity: 4)
    words.initialize(repeating: nil, count: 4)
    reports = .allocate(byteCount: chunks * Self.reportByteCount, alignment: Self.reportByteCount)
    for (word, array) in reading.enumerated() { words[word] = array }
    words[Self.outputWord] = writing
    words[Self.reportWord] = reports
  }

  deinit {
    words.deallocate()
    reports.deallocate()
  }

  /// What the loop is handed.
  var pointer: UnsafeRawPointer { UnsafeRawPointer(words) }

  /// The arrays of the context that a plain loop was handed.
  static func words(of context: UnsafeRawPointer) -> UnsafePointer<UnsafeMutableRawPointer?> {
    context.assumingMemoryBound(to: UnsafeMutableRawPointer?.self)
  }

  /// LLVM's text that leaves a value in the place of the chunk.
  static func report(_ type: String, _ value: String) -> [String] {
    [
      "  %reports_at = getelementptr i64, ptr %args, i64 \(reportWord)",
      "  %reports = load ptr, ptr %reports_at, align 8",
      "  %offset = mul i64 %chunk, \(reportByteCount)",
      "  %report = getelementptr i8, ptr %reports, i64 %offset",
      "  store \(type) \(value), ptr %report, align 8",
    ]
  }
}
