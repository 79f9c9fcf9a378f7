/// What a loop's body works with, and how many bytes there are if a copy of them serves as well; 0 otherwise.
struct LoopContext {
  let start: UnsafeRawPointer
  let byteCount: Int
}

/// A loop as the workers see it.
struct SharedLoop {
  var range = ChunkedRange(count: 0, grain: 1)
  var batches = 1
  /// How many chunks the first batch has besides its equal part.
  var headStart = 0
  var context = UnsafeRawPointer(bitPattern: 1)
  var body: LoopBody = { _, _, _, _ in }
  var nanosecondsPerBatch = 0.0
  /// Where threads note their work, if anybody asks.
  var record: UnsafePointer<LoopRecord>?

  /// Runs one batch: a contiguous part of the chunks, as equal as they go.
  func run(batch: Int) {
    guard let context else { return }
    range.run(chunks: chunks(ofBatch: batch), context, body)
  }

  /// Returns the chunks of one batch.
  func chunks(ofBatch batch: Int) -> Range<Int> {
    batchStart(batch)..<batchStart(batch + 1)
  }

  private func batchStart(_ batch: Int) -> Int {
    guard batch > 0 else { return 0 }
    let (quotient, remainder) = (range.chunks - headStart).quotientAndRemainder(dividingBy: batches)
    return headStart + batch * quotient + max(0, batch - (batches - remainder))
  }
}
