import CLimits
import CLimits256
import CLimits512
import Martlet
import Measuring

/// The hand-written work that a workload is measured against.
struct Limit: Sendable {
  /// What the loops do, in a word.
  let name: String

  /// The loops, any of which may be the fastest; a second one is the first writing past the caches.
  let loops: [limit_loop]

  /// How many of the inputs they take, where not all.
  private let inputCount: Int?

  /// What they run over, where not the bytes of the first input.
  private let shape: [Int]?

  /// Whether they compute what Martlet does.
  let isFormula: Bool

  /// Reading the inputs.
  static let read = Limit(
    name: "read", loops: [limit_read], inputCount: nil, shape: nil, isFormula: false)

  /// Copying the inputs, one after the other.
  static let copy = Limit(
    name: "memcpy", loops: [limit_copy], inputCount: nil, shape: nil, isFormula: false)

  /// Copying the first input.
  static let copyFirst = Limit(
    name: "memcpy", loops: [limit_copy], inputCount: 1, shape: nil, isFormula: false)

  /// The same formula for each index of a shape.
  static func formula(_ loops: limit_loop..., over shape: Int...) -> Limit {
    Limit(name: "formula", loops: loops, inputCount: nil, shape: shape, isFormula: true)
  }

  /// A formula as costly as Martlet's if nothing were in its way.
  static func unhindered(_ loops: limit_loop..., over shape: Int...) -> Limit {
    Limit(name: "unhindered", loops: loops, inputCount: nil, shape: shape, isFormula: false)
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

  /// The compiled loops, by the width of their vectors.
  static let widths: [(name: String, run: Runner)] = [
    ("256-bit vectors", run_256), ("512-bit vectors", run_512),
  ]

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
      Self.widths.flatMap { width in
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
