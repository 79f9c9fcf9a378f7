import Glibc
import Martlet

extension Workload {
  /// Formulas that need a row's sum or greatest element first.
  static let rows: [Workload] = [
    over(
      "softmax_f32_4096x1024", [.normal(.float32, 4096, 1024)], limit: .copy,
      within: Tolerance(relative: 1e-4, absolute: 1e-7),
      plain: {
        [
          eachRow($0[0], 1024) { row in
            let peak = row.max() ?? 0
            let exponentials = row.map { exp($0 - peak) }, total = exponentials.reduce(0, +)
            return exponentials.map { $0 / total }
          }
        ]
      },
      martlet: {
        let e = exp($0[0] - $0[0].max(axes: [1], keepDims: true))
        return [e / e.sum(axes: [1], keepDims: true)]
      }),
    over(
      "layernorm_f32_4096x1024", [.normal(.float32, 4096, 1024)], limit: .copy,
      within: Tolerance(relative: 1e-4, absolute: 1e-5),
      plain: {
        [
          eachRow($0[0], 1024) { row in
            let centre = mean(row), centred = row.map { $0 - centre }
            let root = (mean(centred.map { $0 * $0 }) + 1e-5).squareRoot()
            return centred.map { $0 / root }
          }
        ]
      },
      martlet: {
        let centred = $0[0] - $0[0].mean(axes: [1], keepDims: true)
        return [centred / sqrt(square(centred).mean(axes: [1], keepDims: true) + 1e-5)]
      }),
    over(
      "rmsnorm_f32_4096x1024",
      [.normal(.float32, 4096, 1024), .uniform(0.5...1.5, .float32, 1024)],
      limit: .copyFirst, within: Tolerance(relative: 1e-4, absolute: 1e-6),
      plain: { x in
        [
          eachRow(x[0], 1024) { row in
            let root = (mean(row.map { $0 * $0 }) + 1e-5).squareRoot()
            return zip(row, x[1]).map { $0 / root * $1 }
          }
        ]
      },
      martlet: {
        let root = sqrt(square($0[0]).mean(axes: [1], keepDims: true) + 1e-5)
        return [$0[0] / root * $0[1]]
      }),
    over(
      "logsumexp_f32_4096x1024", [.normal(.float32, 4096, 1024)],
      limit: .formula(.logSumExp, over: 4096, 1024),
      within: Tolerance(relative: 1e-5, absolute: 1e-6),
      plain: { [eachRow($0[0], 1024) { [log($0.map(exp).reduce(0, +))] }] },
      martlet: {
        let peak = $0[0].max(axes: [1], keepDims: true)
        return [log(exp($0[0] - peak).sum(axes: [1])) + peak.squeeze([1])]
      }),
    over(
      "cosine_f32_8192x1024", [.normal(.float32, 8192, 1024), .normal(.float32, 8192, 1024)],
      limit: .read, within: Tolerance(relative: 1e-5, absolute: 1e-6),
      plain: { x in
        let dots = sums(zip(x[0], x[1]).map(*)), xx = sums(x[0].map { $0 * $0 })
        let yy = sums(x[1].map { $0 * $0 })
        return [dots.indices.map { dots[$0] / (xx[$0] * yy[$0]).squareRoot() }]
      },
      martlet: {
        let dots = ($0[0] * $0[1]).sum(axes: [1])
        return [dots / (sqrt(square($0[0]).sum(axes: [1])) * sqrt(square($0[1]).sum(axes: [1])))]
      }),
  ]

  /// Returns what `body` makes of every row, one after the other.
  private static func eachRow(
    _ elements: [Double], _ columns: Int, _ body: ([Double]) -> [Double]
  ) -> [Double] {
    stride(from: 0, to: elements.count, by: columns).flatMap { start in
      body(Array(elements[start..<start + columns]))
    }
  }

  private static func sums(_ elements: [Double]) -> [Double] {
    eachRow(elements, 1024) { [$0.reduce(0, +)] }
  }

  private static func mean(_ row: [Double]) -> Double { row.reduce(0, +) / Double(row.count) }
}
