import MachineLimits
import Martlet

/// Products of square matrices on several numbers of threads.
struct MatmulSweep: Codable, Equatable {
  var dtype: String
  /// The kernels of BLAS that computed them.
  var core: String
  var rows: [Row]

  struct Row: Codable, Equatable {
    /// The rows and columns of each matrix.
    var size: Int
    var threads: Int
    var call: Measurement
    /// The multiplications and additions of a product.
    var operations: Double
    /// Operations a second in the fastest call.
    var rate: Double
    /// What the machine can do on as many threads.
    var peak: Double
    var shareOfPeak: Double
  }

  /// Multiplies and measures.
  static func row(
    size: Int, threads: Int, _ dtype: DType, _ options: MeasuringOptions
  ) throws -> Row {
    let a = NDArray.uniform(-1...1, dtype, shape: [size, size], seed: 1)
    let b = NDArray.uniform(-1...1, dtype, shape: [size, size], seed: 2)
    if let error = a.error ?? b.error { throw error }
    let (x, y) = (Tensor.matrix("a", dtype), Tensor.matrix("b", dtype))
    let function = try Session(threads: threads).function([x, y], matmul(x, y), name: "matmul")
    let call = try measure(function, a, b, options: options)
    let operations = 2 * Double(size) * Double(size) * Double(size)
    let rate = operations / call.fastest
    let peak = MachineLimits.shared.peak(dtype, threads: threads)
    return Row(
      size: size, threads: threads, call: call, operations: operations, rate: rate, peak: peak,
      shareOfPeak: rate / peak)
  }

  /// What stands over the rows, and the rows.
  static let table = Table([
    Table.Column("size", width: 8), Table.Column("threads"), Table.Column("fastest", width: 10),
    Table.Column("median", width: 10), Table.Column("GFLOP/s", width: 9),
    Table.Column("of the peak"),
  ])
}

extension MatmulSweep.Row {
  /// The row as people read it.
  var text: String {
    MatmulSweep.table.row([
      "\(size)", "\(threads)", Units.time(call.fastest), Units.time(call.median),
      Units.billions(rate), Units.percent(shareOfPeak),
    ])
  }
}
