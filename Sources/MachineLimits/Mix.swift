/// How a loop meets memory: how many arrays it reads, and whether it writes one.
enum Mix: CaseIterable, Hashable, Sendable {
  case read, readTwoAndWrite, copy, write

  /// The arrays that are read side by side.
  var readCount: Int {
    switch self {
    case .read, .copy: 1
    case .readTwoAndWrite: 2
    case .write: 0
    }
  }

  /// Whether a further array is written.
  var writes: Bool { self != .read }

  /// All arrays of the loop.
  var arrayCount: Int { readCount + (writes ? 1 : 0) }

  /// The share of the bytes that is written.
  var writtenShare: Double { writes ? 1 / Double(arrayCount) : 0 }

  /// Returns how much each mix counts for traffic of which a share is written: one where a mix has just
  /// this share, else the two beside it, the nearer the more.
  static func weights(writtenShare share: Double) -> [(mix: Mix, weight: Double)] {
    let above = allCases.first { $0.writtenShare >= share } ?? .write
    guard let below = allCases.last(where: { $0.writtenShare <= share }), below != above else {
      return [(above, 1)]
    }
    let weight = (share - below.writtenShare) / (above.writtenShare - below.writtenShare)
    return [(below, 1 - weight), (above, weight)]
  }
}
