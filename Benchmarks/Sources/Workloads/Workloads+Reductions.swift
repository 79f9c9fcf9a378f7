import Martlet

extension Workload {
  /// Sums and their like, whose limit is reading.
  static let reductions: [Workload] = [
    over(
      "sum_axis0_f32_4000", [square], limit: .read, within: Tolerance(relative: 2e-5, absolute: 0),
      plain: { [columnSums($0[0], 4000)] },
      martlet: { [$0[0].sum(axes: [0])] }),
    over(
      "sum_axis1_f32_4000", [square], limit: .read, within: Tolerance(relative: 2e-5, absolute: 0),
      plain: { x in [(0..<4000).map { x[0][$0 * 4000..<$0 * 4000 + 4000].reduce(0, +) }] },
      martlet: { [$0[0].sum(axes: [1])] }),
    over(
      "var_all_f32_4000", [square], limit: .read, within: Tolerance(relative: 1e-3, absolute: 0),
      plain: { x in
        let mean = x[0].reduce(0, +) / 16e6
        return [[x[0].reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 16e6]]
      },
      martlet: { [Martlet.square($0[0] - $0[0].mean()).mean()] }),
    over(
      "argmax_axis1_f32_4000", [square], limit: .read, within: .exact,
      plain: { x in [(0..<4000).map { firstGreatest(x[0][$0 * 4000..<$0 * 4000 + 4000]) }] },
      martlet: { [$0[0].argmax(axes: [1])] }),
    over(
      "colstats_f32_4000", [square], limit: .read, within: Tolerance(relative: 1e-4, absolute: 0),
      plain: { x in
        let means = columnSums(x[0], 4000).map { $0 / 4000 }
        let squares = x[0].indices.map { i in
          (x[0][i] - means[i % 4000]) * (x[0][i] - means[i % 4000])
        }
        return [means, columnSums(squares, 4000).map { $0 / 4000 }]
      },
      martlet: {
        let mean = $0[0].mean(axes: [0], keepDims: true)
        return [mean.squeeze([0]), Martlet.square($0[0] - mean).mean(axes: [0])]
      }),
    over(
      "stats_f32_2e7", [.normal(.float32, 20_000_000)], limit: .read,
      within: Tolerance(relative: 1e-5, absolute: 1e-2),
      plain: {
        [
          [$0[0].reduce(0, +)], [$0[0].reduce(0) { $0 + $1 * $1 }],
          [$0[0].reduce(-.infinity, Swift.max)], [$0[0].reduce(.infinity, Swift.min)],
        ]
      },
      martlet: { [$0[0].sum(), Martlet.square($0[0]).sum(), $0[0].max(), $0[0].min()] }),
    over(
      "count_f32_2e7", [.uniform(0...1, .float32, 20_000_000)], limit: .read, within: .exact,
      plain: { [[Double($0[0].count { $0 > 0.25 && $0 < 0.75 })]] },
      martlet: { [(($0[0] .> 0.25) .& ($0[0] .< 0.75)).sum()] }),
    over(
      "count_bool_4e7",
      [.uniform(0...1, .bool, 40_000_000), .uniform(0...1, .bool, 40_000_000)], limit: .read,
      within: .exact,
      plain: { [[Double(zip($0[0], $0[1]).count { $0 != 0 && $1 == 0 })]] },
      martlet: { [($0[0] .& .!$0[1]).sum()] }),
  ]

  private static let square = Input.uniform(0...1, .float32, 4000, 4000)

  private static func columnSums(_ elements: [Double], _ columns: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for start in stride(from: 0, to: elements.count, by: columns) {
      for column in 0..<columns { sums[column] += elements[start + column] }
    }
    return sums
  }

  /// The place of the first greatest element, counted from the slice's start.
  private static func firstGreatest(_ row: ArraySlice<Double>) -> Double {
    var greatest = row.startIndex
    for i in row.indices where row[i] > row[greatest] { greatest = i }
    return Double(greatest - row.startIndex)
  }
}
