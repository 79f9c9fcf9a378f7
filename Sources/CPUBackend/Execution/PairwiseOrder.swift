/// The order in which the chunks of a full reduction are combined, which depends on their number alone.
enum PairwiseOrder {
  /// Calls `combine` for neighbours, then for the neighbours of what is left, and so on: the right one
  /// goes into the left one, and what is left in the end is number 0.
  static func combine(_ count: Int, _ combine: (_ left: Int, _ right: Int) -> Void) {
    var distance = 1
    while distance < count {
      for left in stride(from: 0, to: count - distance, by: 2 * distance) {
        combine(left, left + distance)
      }
      distance *= 2
    }
  }
}
