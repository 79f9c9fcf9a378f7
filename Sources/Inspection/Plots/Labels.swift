/// Places for labels that do not cover each other.
struct Labels {
  /// A rectangle that is taken.
  struct Box {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>

    func overlaps(_ other: Box) -> Bool { x.overlaps(other.x) && y.overlaps(other.y) }
  }

  private var taken: [Box] = []
  private var crossed: [Box] = []
  private let area: Box

  /// - Parameter area: Where labels may be.
  init(area: Box) { self.area = area }

  /// Keeps a rectangle free of labels.
  mutating func block(_ box: Box) { taken.append(box) }

  /// Keeps a line free of labels as long as there is room elsewhere.
  mutating func cross(_ from: (x: Double, y: Double), _ to: (x: Double, y: Double)) {
    let steps = Int(max(abs(to.x - from.x), abs(to.y - from.y)) / 6) + 1
    for step in 0...steps {
      let part = Double(step) / Double(steps)
      let (x, y) = (from.x + part * (to.x - from.x), from.y + part * (to.y - from.y))
      crossed.append(Box(x: x - 2...x + 2, y: y - 2...y + 2))
    }
  }

  /// Returns where a label of the given width for a point may begin, nearest places first; nil where
  /// there is no room around the point.
  mutating func place(_ width: Double, near x: Double, _ y: Double) -> (x: Double, y: Double)? {
    place(width, near: x, y, upTo: 35, avoiding: crossed)
      ?? place(width, near: x, y, upTo: 91, avoiding: [])
  }

  private mutating func place(
    _ width: Double, near x: Double, _ y: Double, upTo most: Double, avoiding lines: [Box]
  ) -> (x: Double, y: Double)? {
    for distance in stride(from: 7, through: most, by: 7) {
      let beside = distance, up = distance * 0.9
      let candidates: [(Double, Double)] = [
        (x + beside, y + 4), (x - beside - width, y + 4), (x - width / 2, y - up),
        (x - width / 2, y + up + 8), (x + beside, y - up), (x + beside, y + up + 8),
        (x - beside - width, y - up), (x - beside - width, y + up + 8),
      ]
      for (left, baseline) in candidates {
        let box = Box(x: left - 3...left + width + 3, y: baseline - 11...baseline + 4)
        let isInside =
          area.x.contains(box.x.lowerBound) && area.x.contains(box.x.upperBound)
          && area.y.contains(box.y.lowerBound) && area.y.contains(box.y.upperBound)
        if isInside, !taken.contains(where: box.overlaps), !lines.contains(where: box.overlaps) {
          taken.append(box)
          return (left, baseline)
        }
      }
    }
    return nil
  }

  /// Takes rectangles for a label, unless something is there.
  mutating func take(_ boxes: [Box]) -> Bool {
    let isFree = boxes.allSatisfy { box in !taken.contains(where: box.overlaps) }
    if isFree { taken += boxes }
    return isFree
  }

  /// Moves places along a line apart until neighbours are `distance` from each other, as little as that
  /// takes, and within `range`.
  static func apart(
    _ places: [Double], by distance: Double, within range: ClosedRange<Double>
  ) -> [Double] {
    let order = places.indices.sorted { places[$0] < places[$1] }
    var moved = places
    var least = range.lowerBound
    for index in order {
      moved[index] = max(places[index], least)
      least = moved[index] + distance
    }
    var most = range.upperBound
    for index in order.reversed() {
      moved[index] = min(moved[index], most)
      most = moved[index] - distance
    }
    return moved
  }
}
