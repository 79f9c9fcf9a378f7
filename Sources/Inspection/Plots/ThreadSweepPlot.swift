/// How long a call takes on one thread, two, and so on, for several sizes: a line for each size, and a
/// dashed one for what it would be if every thread did its share.
package struct ThreadSweepPlot {
  /// The calls at one size.
  package struct Series: Sendable {
    /// What the size is called: `n = 30000`.
    package var name: String
    /// The threads, and the time in seconds.
    package var times: [(threads: Int, seconds: Double)]

    package init(_ name: String, _ times: [(threads: Int, seconds: Double)]) {
      self.name = name
      self.times = times.sorted { $0.threads < $1.threads }
    }
  }

  private let title: String
  private let series: [Series]

  /// Creates the plot. Times that are not positive numbers are left out.
  package init(title: String, series: [Series]) {
    self.title = title
    self.series = series.map { series in
      Series(series.name, series.times.filter { $0.threads > 0 && $0.seconds.isPositive })
    }.filter { !$0.times.isEmpty }
  }

  /// The plot as SVG.
  package var svg: String {
    let bottom = 48 + max(320, Double(series.count) * SVG.lineHeight)
    let frame = (left: 72.0, right: 470.0, top: 48.0, bottom: bottom)
    var svg = SVG(width: 720, height: bottom + 48)
    svg.text(title, frame.left, 26, "title")
    if series.isEmpty { svg.textWhereNothingIs(frame.left) }
    let counts = Array(Set(series.flatMap { $0.times.map(\.threads) })).sorted()
    let most = counts.last ?? 1, least = counts.first ?? 1
    func place(_ threads: Int) -> Double {
      let part = most == least ? 0.5 : Double(threads - least) / Double(most - least)
      return frame.left + 14 + part * (frame.right - frame.left - 28)
    }
    let seconds = series.flatMap { $0.times.map(\.seconds) }
    let y = LogScale(
      (seconds.min() ?? 1e-6) * 0.8, (seconds.max() ?? 1e-3) * 1.25,
      places: (frame.bottom, frame.top), isWhole: false)
    drawTimes(&svg, frame.left, frame.right, y)
    drawThreads(&svg, counts, place, frame.bottom)
    svg.path(
      [(frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)], "axis")
    let ends = series.map { y.place($0.times[$0.times.count - 1].seconds) }
    let labels = Labels.apart(ends, by: SVG.lineHeight, within: frame.top...frame.bottom)
    for (number, series) in series.enumerated() {
      draw(&svg, series, number, place, y)
      let end = (place(series.times[series.times.count - 1].threads) + 6, ends[number])
      svg.line(end, (frame.right + 10, labels[number]), "leader")
      svg.text(Self.label(series), frame.right + 14, labels[number] + 4, Self.colour(number))
    }
    return svg.description
  }

  private func drawThreads(
    _ svg: inout SVG, _ counts: [Int], _ place: (Int) -> Double, _ bottom: Double
  ) {
    var free = -Double.infinity
    for count in counts where place(count) >= free {
      svg.text("\(count)", place(count), bottom + 16, "small", anchor: .middle)
      free = place(count) + SVG.width(of: "\(count)") + 6
    }
    svg.text(
      "threads", (place(counts.first ?? 1) + place(counts.last ?? 1)) / 2, bottom + 34, "small",
      anchor: .middle)
  }

  private func drawTimes(_ svg: inout SVG, _ left: Double, _ right: Double, _ y: LogScale) {
    let decades = y.exponents.upperBound - y.exponents.lowerBound
    let steps: [Double] = decades < 1.2 ? [1, 2, 3, 5, 7] : decades < 3 ? [1, 2, 5] : [1]
    for tick in LogScale.decades(y) {
      for step in steps where y.low <= tick * step && tick * step <= y.high {
        svg.line((left, y.place(tick * step)), (right, y.place(tick * step)), "grid")
        svg.text(
          Self.time(tick * step), left - 6, y.place(tick * step) + 4, "small", anchor: .end)
      }
    }
  }

  private func draw(
    _ svg: inout SVG, _ series: Series, _ number: Int, _ place: (Int) -> Double, _ y: LogScale
  ) {
    let colour = Self.colour(number)
    let first = series.times[0]
    let work = first.seconds * Double(first.threads)
    svg.path(
      series.times.map { (place($0.threads), y.place(work / Double($0.threads))) },
      "ideal \(colour)")
    svg.path(series.times.map { (place($0.threads), y.place($0.seconds)) }, colour)
    for time in series.times {
      svg.dot(
        place(time.threads), y.place(time.seconds), radius: 3, colour,
        hint: "\(series.name), \(time.threads) threads: \(Self.time(time.seconds))")
    }
  }

  /// The size, and how much faster the most threads are than the fewest.
  private static func label(_ series: Series) -> String {
    let (first, last) = (series.times[0], series.times[series.times.count - 1])
    let name = Picture.shortened(series.name, to: 24)
    guard last.threads > first.threads else { return name }
    return "\(name): \(Decimals.significant(first.seconds / last.seconds, digits: 3))×"
  }

  private static func colour(_ number: Int) -> String { "s\(number % SVG.colourCount)" }

  private static func time(_ seconds: Double) -> String {
    let units: [(scale: Double, name: String)] = [(1, "s"), (1e3, "ms"), (1e6, "µs"), (1e9, "ns")]
    let unit = units.first { seconds * $0.scale >= 0.9999 } ?? units[3]
    return "\(Decimals.significant(seconds * unit.scale, digits: 3)) \(unit.name)"
  }
}
