import Martlet

/// Estimates of π on several numbers of threads.
struct PiSweep: Codable, Equatable {
  var dtype: String
  var rows: [Row]

  struct Row: Codable, Equatable {
    var samples: Int
    var threads: Int
    var estimate: Double
    /// The seconds from the expression to the first result.
    var compileSeconds: Double
    var call: Measurement
    /// How many times as fast as on the first number of threads.
    var speedup: Double
  }

  /// Estimates π and measures it.
  ///
  /// - Parameter seed: The points are the same for the same seed.
  static func row(
    samples: Int, threads: Int, _ dtype: DType, seed: UInt64, _ options: MeasuringOptions,
    fastestBefore: Double?
  ) throws -> Row {
    let xs = NDArray.uniform(-1...1, dtype, shape: [samples], seed: seed)
    let ys = NDArray.uniform(-1...1, dtype, shape: [samples], seed: seed &+ 1)
    if let error = xs.error ?? ys.error { throw error }
    let clock = ContinuousClock()
    let start = clock.now
    let (x, y) = (Tensor.vector("x", dtype), Tensor.vector("y", dtype))
    let estimate = 4 * (x ** 2 + y ** 2 .<= 1).sum() / x.dim(0)
    let function = try Session(threads: threads).function([x, y], estimate, name: "pi")
    let result = try function(xs, ys)
    let compileSeconds = (clock.now - start) / .seconds(1)
    let call = try measure(function, xs, ys, options: options)
    return Row(
      samples: samples, threads: threads, estimate: try result.scalar(as: Double.self),
      compileSeconds: compileSeconds, call: call,
      speedup: (fastestBefore ?? call.fastest) / call.fastest)
  }

  /// What stands over the rows, and the rows.
  static let table = Table([
    Table.Column("samples", width: 12), Table.Column("threads"),
    Table.Column("estimate", width: 10),
    Table.Column("compile", width: 9), Table.Column("fastest", width: 10),
    Table.Column("median", width: 10), Table.Column("speed-up"),
  ])
}

extension PiSweep.Row {
  /// The row as people read it.
  var text: String {
    PiSweep.table.row([
      "\(samples)", "\(threads)", Units.fixed(estimate, 6), Units.time(compileSeconds),
      Units.time(call.fastest), Units.time(call.median), Units.fixed(speedup, 2),
    ])
  }
}
