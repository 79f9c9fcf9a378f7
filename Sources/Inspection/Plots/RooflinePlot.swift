/// Kernels beside the limits of a machine: how many operations they do for each byte against how many
/// they do in a second, both on logarithmic axes.
package struct RooflinePlot {
  /// A limit: a slope for memory, a level for arithmetic.
  package struct Ceiling: Sendable {
    /// What it is called: `DRAM`, `float64`.
    package var name: String
    package var limit: Limit

    package enum Limit: Sendable {
      case bytesPerSecond(Double)
      case flopsPerSecond(Double)
    }

    package init(_ name: String, _ limit: Limit) { (self.name, self.limit) = (name, limit) }
  }

  /// A kernel, and what one run of it does.
  package struct Kernel: Sendable {
    package var name: String
    package var flops: Double
    package var bytes: Double
    package var seconds: Double

    package init(_ name: String, flops: Double, bytes: Double, seconds: Double) {
      (self.name, self.flops, self.bytes, self.seconds) = (name, flops, bytes, seconds)
    }
  }

  private let title: String
  private let slopes: [(name: String, rate: Double)]
  private let levels: [(name: String, rate: Double)]
  /// The kernels, numbered from 1 in the order given.
  private let kernels: [Kernel]

  /// Creates the plot. Limits and times that are not positive numbers are left out.
  package init(title: String, ceilings: [Ceiling], kernels: [Kernel]) {
    self.title = title
    self.kernels = kernels.filter { kernel in
      let rates = [kernel.flops / kernel.seconds, kernel.bytes / kernel.seconds]
      return kernel.seconds.isPositive && rates.allSatisfy { $0 >= 0 && $0.isFinite }
    }
    slopes = ceilings.compactMap {
      if case .bytesPerSecond(let rate) = $0.limit, rate.isPositive { ($0.name, rate) } else { nil }
    }.sorted { $0.rate > $1.rate }
    levels = ceilings.compactMap {
      if case .flopsPerSecond(let rate) = $0.limit, rate.isPositive { ($0.name, rate) } else { nil }
    }.sorted { $0.rate > $1.rate }
  }

  private static let frame = (left: 64.0, right: 520.0, top: 48.0, bottom: 400.0)

  /// The plot as SVG.
  package var svg: String {
    let frame = Self.frame
    let rows = Double(kernels.count + 1)
    var svg = SVG(width: 700, height: frame.bottom + 56 + rows * SVG.lineHeight)
    svg.text(title, frame.left, 26, "title")
    let plotted = kernels.filter(\.hasPlace)
    let (x, y) = scales(plotted)
    drawGrid(&svg, x, y)
    if kernels.isEmpty, slopes.isEmpty, levels.isEmpty { svg.textWhereNothingIs(frame.left) }
    var labels = Labels(
      area: .init(x: frame.left...frame.right, y: frame.top...frame.bottom))
    let dots = dots(x, y)
    for dot in dots {
      labels.block(.init(x: dot.x - 6...dot.x + 6, y: dot.y - 6...dot.y + 6))
    }
    drawLevels(&svg, &labels, x, y)
    let unnamed = drawSlopes(&svg, &labels, x, y)
    draw(dots, &svg, &labels)
    for (row, line) in (legendLines + unnamed).enumerated() {
      svg.text(line, frame.left, frame.bottom + 60 + Double(row) * SVG.lineHeight)
    }
    return svg.description
  }

  // MARK: - Axes

  private func scales(_ plotted: [Kernel]) -> (x: LogScale, y: LogScale) {
    let frame = Self.frame
    let intensities = plotted.map { $0.flops / $0.bytes }
    // Where the slopes meet the levels, the plot has its corner.
    let corners = slopes.flatMap { slope in levels.map { $0.rate / slope.rate } }
      .filter(\.isPositive)
    let x = LogScale(
      (intensities + corners + [0.1]).min() ?? 0.1, (intensities + corners + [10]).max() ?? 10,
      places: (frame.left, frame.right))
    let rates = plotted.map { $0.flops / $0.seconds } + levels.map(\.rate)
    let ends = slopes.map { $0.rate * x.low } + rates
    let y = LogScale(
      ends.min() ?? 1e9, rates.max() ?? slopes.map { $0.rate * x.high }.max() ?? 1e10,
      places: (frame.bottom, frame.top))
    return (x, y)
  }

  private func drawGrid(_ svg: inout SVG, _ x: LogScale, _ y: LogScale) {
    let frame = Self.frame
    for tick in x.ticks {
      svg.line((x.place(tick), frame.top), (x.place(tick), frame.bottom), "grid")
      svg.text(LogScale.text(tick), x.place(tick), frame.bottom + 16, "small", anchor: .middle)
    }
    for tick in y.ticks {
      svg.line((frame.left, y.place(tick)), (frame.right, y.place(tick)), "grid")
      svg.text(
        LogScale.text(tick / 1e9), frame.left - 6, y.place(tick) + 4, "small", anchor: .end)
    }
    svg.path(
      [(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)], "axis")
    let middle = (frame.left + frame.right) / 2
    svg.text("flops per byte", middle, frame.bottom + 34, "small", anchor: .middle)
    svg.text(
      "GFLOP/s", 16, (frame.top + frame.bottom) / 2, "small", anchor: .middle, angle: -90)
  }

  // MARK: - Limits

  private func drawLevels(
    _ svg: inout SVG, _ labels: inout Labels, _ x: LogScale, _ y: LogScale
  ) {
    let frame = Self.frame
    let places = levels.map { y.place($0.rate) }
    let names = Labels.apart(places, by: SVG.lineHeight, within: frame.top...frame.bottom)
    for (number, level) in levels.enumerated() {
      let start = slopes.first.map { x.place(level.rate / $0.rate) } ?? frame.left
      svg.line((start, places[number]), (frame.right, places[number]), "ceiling")
      labels.cross((start, places[number]), (frame.right, places[number]))
      svg.line((frame.right + 2, places[number]), (frame.right + 12, names[number]), "leader")
      svg.text(
        "\(level.name) \(Self.rate(level.rate, "FLOP/s"))", frame.right + 16, names[number] + 4)
    }
  }

  /// Draws the slopes, and returns a line of the legend for those whose names have no room.
  private func drawSlopes(
    _ svg: inout SVG, _ labels: inout Labels, _ x: LogScale, _ y: LogScale
  ) -> [String] {
    let frame = Self.frame
    let roof = levels.first?.rate ?? y.high
    // How far up a step to the right goes, and how far right a step along the slope goes.
    let rise =
      (y.places.0 - y.places.1) / (y.exponents.upperBound - y.exponents.lowerBound)
      / ((x.places.1 - x.places.0) / (x.exponents.upperBound - x.exponents.lowerBound))
    let run = 1 / (1 + rise * rise).squareRoot()
    var unnamed: [String] = []
    for slope in slopes {
      let start = max(x.low, y.low / slope.rate), end = min(roof / slope.rate, x.high)
      let from = (x: x.place(start), y: y.place(start * slope.rate))
      let to = (x: x.place(end), y: y.place(end * slope.rate))
      svg.line(from, to, "ceiling")
      labels.cross(from, to)
      let text = "\(slope.name) \(Self.rate(slope.rate, "B/s"))"
      let width = SVG.width(of: text)
      unnamed.append(text)
      // The name stands on the line, as near to its beginning as there is room.
      for along in stride(from: 8.0, through: (to.x - from.x) / run - width, by: 6) {
        let left = from.x + along * run, base = from.y - along * run * rise - 5
        let boxes = stride(from: 0.0, through: width, by: 8).map { step in
          let (x, y) = (left + step * run, base - step * run * rise)
          return Labels.Box(x: x - 6...x + 8, y: y - 13...y + 5)
        }
        let isInside = base - width * run * rise > frame.top && left + width * run < frame.right
        guard isInside, labels.take(boxes) else { continue }
        svg.text(text, left, base, angle: -rise.arctangentInDegrees)
        unnamed.removeLast()
        break
      }
    }
    return unnamed.isEmpty ? [] : ["without a name in the plot: " + unnamed.joined(separator: ", ")]
  }

  // MARK: - Kernels

  private typealias Dot = (number: Int, x: Double, y: Double)

  private func dots(_ x: LogScale, _ y: LogScale) -> [Dot] {
    kernels.enumerated().compactMap { number, kernel in
      guard kernel.hasPlace else { return nil }
      return (number, x.place(kernel.flops / kernel.bytes), y.place(kernel.flops / kernel.seconds))
    }
  }

  private func draw(_ dots: [Dot], _ svg: inout SVG, _ labels: inout Labels) {
    for dot in dots {
      let colour = "s\(dot.number % SVG.colourCount)", name = "\(dot.number + 1)"
      let width = SVG.width(of: name)
      if let place = labels.place(width, near: dot.x, dot.y) {
        let edge = (
          min(max(dot.x, place.x - 2), place.x + width), min(max(dot.y, place.y - 10), place.y + 2)
        )
        svg.line((dot.x, dot.y), edge, "leader")
        svg.text(name, place.x, place.y, colour)
      }
      svg.dot(dot.x, dot.y, colour, hint: legendLines[dot.number])
    }
  }

  /// One line for each kernel: its number, its name and its rates.
  private var legendLines: [String] {
    kernels.enumerated().map { number, kernel in
      var parts = ["\(number + 1)  \(Picture.shortened(kernel.name, to: 44))"]
      if kernel.flops > 0 { parts.append(Self.rate(kernel.flops / kernel.seconds, "FLOP/s")) }
      if kernel.bytes > 0 { parts.append(Self.rate(kernel.bytes / kernel.seconds, "B/s")) }
      return parts.joined(separator: ", ")
    }
  }

  private static func rate(_ value: Double, _ unit: String) -> String {
    let prefixes: [(Double, String)] = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1, "")]
    let prefix = prefixes.first { value >= $0.0 } ?? (1, "")
    return "\(Decimals.significant(value / prefix.0, digits: 3)) \(prefix.1)\(unit)"
  }
}

extension RooflinePlot.Kernel {
  /// Whether it does arithmetic on bytes at rates that logarithmic axes have a place for.
  fileprivate var hasPlace: Bool { (flops / bytes).isPositive && (flops / seconds).isPositive }
}
