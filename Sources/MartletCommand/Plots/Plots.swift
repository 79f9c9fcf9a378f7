import Inspection
import Martlet

/// What `--svg` draws.
extension PiSweep {
  /// The time of a call over the threads, a line for each number of points.
  var svg: String {
    ThreadSweepPlot(
      title: "π from random points, \(dtype)",
      series: Plot.series(rows, named: { "n = \($0.samples)" }, \.threads, \.call.fastest)
    ).svg
  }
}

extension MatmulSweep {
  /// The time of a product over the threads, a line for each size.
  var svg: String {
    ThreadSweepPlot(
      title: "products of square matrices, \(dtype), \(core)",
      series: Plot.series(rows, named: { "n = \($0.size)" }, \.threads, \.call.fastest)
    ).svg
  }
}

extension Diagnosis.Limits {
  /// The limits on the most threads that were measured.
  var svg: String {
    let threads = memory.map(\.threads).max() ?? 1
    let slopes = memory.filter { $0.threads == threads }.map {
      RooflinePlot.Ceiling($0.place, .bytesPerSecond($0.read))
    }
    let levels = arithmetic.filter { $0.threads == threads }.flatMap { row in
      ["float32", "float64"].compactMap { dtype in
        row.operations[dtype].map { RooflinePlot.Ceiling(dtype, .flopsPerSecond($0)) }
      }
    }
    return RooflinePlot(
      title: "limits on \(Units.count(threads, "thread"))", ceilings: slopes + levels, kernels: []
    ).svg
  }
}

/// Making plots of rows.
enum Plot {
  /// The rows as a line for each name, in the order in which the names come.
  static func series<Row>(
    _ rows: [Row], named name: (Row) -> String, _ threads: (Row) -> Int,
    _ seconds: (Row) -> Double
  ) -> [ThreadSweepPlot.Series] {
    var names: [String] = []
    for row in rows where !names.contains(name(row)) { names.append(name(row)) }
    return names.map { wanted in
      ThreadSweepPlot.Series(
        wanted,
        rows.filter { name($0) == wanted }.map { (threads: threads($0), seconds: seconds($0)) })
    }
  }
}
