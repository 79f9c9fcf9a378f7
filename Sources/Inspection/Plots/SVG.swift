import Arrays

/// A drawing in SVG that stands alone and follows the reader's light or dark colours.
struct SVG {
  let width: Double
  let height: Double
  private var elements: [String] = []

  /// How far apart the lines of labels are.
  static let lineHeight = 15.0

  init(width: Double, height: Double) {
    (self.width, self.height) = (width, height)
  }

  /// Where a text begins, is centred or ends.
  enum Anchor: String { case start, middle, end }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ style: String = "label", anchor: Anchor = .start,
    angle: Double = 0
  ) {
    let turn = angle == 0 ? "" : " transform=\"rotate(\(n(angle)) \(n(x)) \(n(y)))\""
    elements.append(
      "<text x=\"\(n(x))\" y=\"\(n(y))\" class=\"\(style)\" text-anchor=\"\(anchor.rawValue)\"\(turn)>"
        + "\(Self.escaped(text))</text>")
  }

  /// Says why there is nothing to see.
  mutating func textWhereNothingIs(_ left: Double) {
    text("nothing was measured", left + 12, 72, "small")
  }

  mutating func line(_ from: (Double, Double), _ to: (Double, Double), _ style: String) {
    path([from, to], style)
  }

  mutating func path(_ points: [(Double, Double)], _ style: String) {
    let places = points.map { "\(n($0.0)),\(n($0.1))" }.joined(separator: " ")
    elements.append("<polyline points=\"\(places)\" class=\"\(style)\"/>")
  }

  /// - Parameter hint: What is shown when the reader points at it.
  mutating func dot(_ x: Double, _ y: Double, radius: Double = 4, _ style: String, hint: String) {
    elements.append(
      "<circle cx=\"\(n(x))\" cy=\"\(n(y))\" r=\"\(n(radius))\" class=\"\(style)\">"
        + "<title>\(Self.escaped(hint))</title></circle>")
  }

  /// The drawing.
  var description: String {
    let size =
      "width=\"\(n(width))\" height=\"\(n(height))\" viewBox=\"0 0 \(n(width)) \(n(height))\""
    let lines =
      ["<svg xmlns=\"http://www.w3.org/2000/svg\" \(size) role=\"img\">", Self.style]
      + ["<rect width=\"100%\" height=\"100%\" class=\"page\"/>"] + elements + ["</svg>"]
    return lines.map { $0 + "\n" }.joined()
  }

  private func n(_ value: Double) -> String { Decimals.significant(value, digits: 6) }

  /// A width that a text surely fits in, in the size of labels.
  static func width(of text: String) -> Double { Double(text.count) * 6.9 }

  static func escaped(_ text: String) -> String {
    text.onOneLine.reduce(into: "") { result, character in
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
  }

  /// How many colours there are for series: `s0`, `s1` and so on.
  static let colourCount = 7

  private static let style: String = {
    let light = ["#1f6fb2", "#c2410c", "#15803d", "#8b3fc4", "#0f7d86", "#b4235f", "#7a6a00"]
    let dark = ["#6cb6ff", "#ff9a62", "#6bd48a", "#cf9bff", "#5fd3dd", "#ff8fbb", "#d9c85a"]
    func series(_ colours: [String]) -> String {
      colours.enumerated().map { number, colour in
        ".s\(number){stroke:\(colour)}text.s\(number){fill:\(colour);stroke:none}"
          + "circle.s\(number){fill:\(colour);stroke:none}"
      }.joined(separator: "\n")
    }
    return """
      <style>
      text{font:12px Helvetica,Arial,"DejaVu Sans",sans-serif;fill:#1d2329}
      .title{font-size:15px;font-weight:bold}
      .small{font-size:11px;fill:#55606a}
      .page{fill:#ffffff}
      polyline{fill:none;stroke-width:1.6}
      polyline.grid{stroke:#e3e8ec;stroke-width:1}
      polyline.axis{stroke:#55606a;stroke-width:1}
      polyline.ceiling{stroke:#55606a;stroke-width:1.6}
      polyline.leader{stroke:#9aa6af;stroke-width:0.8}
      polyline.ideal{stroke-width:1;stroke-dasharray:3 4;opacity:0.6}
      \(series(light))
      @media (prefers-color-scheme:dark){
      text{fill:#e6eaee}
      .small{fill:#9aa6af}
      .page{fill:#14181c}
      polyline.grid{stroke:#2b3238}
      polyline.axis,polyline.ceiling{stroke:#9aa6af}
      polyline.leader{stroke:#6b7680}
      \(series(dark))
      }
      </style>
      """
  }()
}
