import CLimits
import CLimits1024
import CLimits256
import CLimits512
import Martlet
import Measuring
import Workloads

extension Limit {
  /// The compiled loops, by the width of their vectors. The widest, which no processor has, are for functions: the
  /// parts into which the compiler takes them fill each other's pauses. Where memory is what counts, they gain nothing.
  var widths: [(name: String, run: LimitRun.Runner)] {
    var widths: [(String, LimitRun.Runner)] = [
      ("256-bit vectors", run_256), ("512-bit vectors", run_512),
    ]
    switch formula {
    case .chain, .chainSum, .gelu, .blackScholes, .logSumExp:
      widths.append(("1024-bit vectors", run_1024))
    default: break
    }
    return widths
  }

  /// The loops, any of which may be the fastest; a second one is the first writing past the caches.
  var loops: [limit_loop] {
    switch formula {
    case .read: [limit_read]
    case .copy: [limit_copy]
    case .chain: [limit_chain, limit_chain_past_cache]
    case .chainSum: [limit_chain_sum]
    case .gelu: [limit_gelu, limit_gelu_past_cache]
    case .blackScholes: [limit_black_scholes, limit_black_scholes_past_cache]
    case .logSumExp: [limit_log_sum_exp]
    case .doubleAndAdd: [limit_double_and_add, limit_double_and_add_past_cache]
    case .broadcast: [limit_broadcast, limit_broadcast_past_cache]
    case .stencil: [limit_stencil, limit_stencil_past_cache]
    case .whereClip: [limit_where_clip, limit_where_clip_past_cache]
    case .mixed: [limit_mixed, limit_mixed_past_cache]
    case .horner: [limit_horner]
    case .stream: [limit_stream, limit_stream_past_cache]
    }
  }

  /// The inputs among a workload's that the loops take.
  func inputs(_ all: [NDArray]) -> [NDArray] { Array(all.prefix(inputCount ?? all.count)) }

  /// The rows and columns that the loops run over.
  func lengths(_ inputs: [Input]) -> (rows: Int, columns: Int) {
    let lengths = shape ?? [inputs[0].byteCount]
    return lengths.count == 2 ? (lengths[0], lengths[1]) : (1, lengths[0])
  }
}

/// A limit with its memory.
final class LimitRun {
  private let inputs: [NDArray]
  private let outputs: [HugeMemory]
  private let shape: (rows: Int, columns: Int)

  /// Readies memory for the results of these sizes.
  init(_ inputs: [NDArray], outputs byteCounts: [Int], shape: (rows: Int, columns: Int)) throws {
    self.inputs = inputs
    self.shape = shape
    outputs = try byteCounts.map(HugeMemory.init(byteCount:))
  }

  typealias Runner = @convention(c) (limit_loop, UnsafePointer<limit_arrays>?) -> Double

  /// Runs a loop as many times as told, and returns its sum.
  @discardableResult
  func run(_ loop: limit_loop, by runner: Runner, calls: Int = 1) throws -> Double {
    try NDArray.withAddresses(of: inputs[...]) { addresses in
      var arrays = limit_arrays()
      withUnsafeMutableBytes(of: &arrays.in) { $0.copyAll(addresses) }
      withUnsafeMutableBytes(of: &arrays.out) { $0.copyAll(outputs.map(\.start)) }
      arrays.inputs = inputs.count
      (arrays.rows, arrays.columns) = (shape.rows, shape.columns)
      var sum = 0.0
      for _ in 0..<calls { sum = runner(loop, &arrays) }
      return sum
    }
  }

  /// What the last run left in an output.
  func elements(_ output: Int, _ dtype: DType, count: Int) -> [Double] {
    outputs[output].elements(dtype, count: count)
  }

  /// Every width and number of threads as contenders.
  func contenders(_ limit: Limit, threads: Int) -> [Contender] {
    Set([1, threads]).sorted().flatMap { threads in
      limit.widths.flatMap { width in
        zip(limit.loops, ["", ", past the caches"]).map { loop, way in
          let crowd = threads == 1 ? "" : ", \(threads) threads"
          return Contender(
            "\(limit.name), \(width.name)\(way)\(crowd)",
            before: { try Team.wake(threads) }, after: Team.rest,
            run: { try self.run(loop, by: width.run, calls: $0) })
        }
      }
    }
  }
}

extension UnsafeMutableRawBufferPointer {
  /// Writes the addresses one after the other.
  fileprivate func copyAll<Pointer>(_ addresses: [Pointer]) {
    let places = bindMemory(to: Pointer.self)
    for (i, address) in addresses.enumerated() { places[i] = address }
  }
}
