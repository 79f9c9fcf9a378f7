extension NDArray: CustomStringConvertible {
  /// The elements as NumPy prints them: `[ 9. 17. 29.]`; the error's text if the array is poisoned.
  public var description: String {
    if let error { return error.description }
    if count == 0 { return "[]" }
    let shown = ShownElements(of: self)
    let values = shown.places.map(scalar(at:))
    if rank == 0 { return values.first.map(ElementFormat.alone) ?? "" }
    var page = ArrayPage(words: ElementFormat.words(for: values), axes: shown.axes)
    return page.text(axis: 0, indent: " ", width: ArrayPage.lineWidth)
  }
}

/// Which elements are printed: all, or those near the corners of a large array.
private struct ShownElements {
  /// For each axis the indices shown; `nil` where others are left out.
  let axes: [[Int?]]
  /// How far from the first element those shown lie, in C order.
  let places: [Int]

  private static let threshold = 1000
  private static let edge = 3

  init(of array: NDArray) {
    let isSummary = array.count > Self.threshold
    axes = array.shape.map { extent in
      guard isSummary, extent > 2 * Self.edge else { return Array(0..<extent) }
      return Array(0..<Self.edge) + [nil] + Array(extent - Self.edge..<extent)
    }
    places = zip(axes, array.strides).reduce([0]) { places, axis in
      places.flatMap { place in axis.0.compactMap { $0.map { place + $0 * axis.1 } } }
    }
  }
}

/// Sets words of equal width in nested brackets, in lines of limited width.
private struct ArrayPage {
  static let lineWidth = 75

  let words: [String]
  let axes: [[Int?]]
  private var next = 0

  init(words: [String], axes: [[Int?]]) {
    self.words = words
    self.axes = axes
  }

  /// Returns the text from `axis` on; every further line begins with `indent`.
  mutating func text(axis: Int, indent: String, width: Int) -> String {
    let isRow = axis == axes.count - 1
    return "[" + (isRow ? row(axis, indent, width) : rows(axis, indent, width)) + "]"
  }

  private mutating func rows(_ axis: Int, _ indent: String, _ width: Int) -> String {
    var parts: [String] = []
    for index in axes[axis] {
      parts.append(
        index == nil ? "..." : text(axis: axis + 1, indent: indent + " ", width: width - 1))
    }
    let newLines = String(repeating: "\n", count: axes.count - axis - 1)
    return parts.joined(separator: newLines + indent)
  }

  private mutating func row(_ axis: Int, _ indent: String, _ width: Int) -> String {
    var lines: [String] = []
    var line = ""
    for index in axes[axis] {
      let word = index == nil ? "..." : takeWord()
      let next = line.isEmpty ? word : line + " " + word
      if !line.isEmpty, indent.utf8.count + next.utf8.count > width - 1 {
        lines.append(line.droppingTrailingSpaces())
        line = word
      } else {
        line = next
      }
    }
    return (lines + [line]).joined(separator: "\n" + indent)
  }

  private mutating func takeWord() -> String {
    defer { next += 1 }
    return words[next]
  }
}

extension String {
  fileprivate func droppingTrailingSpaces() -> String {
    let end = lastIndex { $0 != " " }.map(index(after:)) ?? startIndex
    return String(self[..<end])
  }
}
