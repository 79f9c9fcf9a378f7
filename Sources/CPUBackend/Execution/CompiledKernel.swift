import KernelIR
import LLVM

/// A kernel as machine code. It may be called from any number of threads at once.
struct CompiledKernel: Sendable {
  /// `(block, begin, end, partials, chunk)`.
  typealias Body =
    @convention(c) (
      UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer?, Int
    ) -> Void
  /// `(block, left, right, partials)`.
  typealias Finish =
    @convention(c) (UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer?) -> Void

  let body: Body
  /// Combines the partial accumulators of two chunks of a full reduction, or ends it.
  let finish: Finish?
  /// The addresses of the functions that it calls, for its launches.
  let functions: [Int]
  /// Keeps the code in memory, and that of the functions.
  private let codes: [MachineCode]

  // SAFETY: the emitter declares both symbols with just these parameters, and the codes outlive the
  // pointers because they lie beside them.
  init(
    _ code: MachineCode, symbol: String, hasFinish: Bool, calling functions: [MachineCode]
  ) throws(LLVMError) {
    codes = [code] + functions
    var addresses: [Int] = []
    for function in functions {
      addresses.append(Int(bitPattern: try function.address(of: VectorFunction.symbol)))
    }
    self.functions = addresses
    body = unsafeBitCast(try code.address(of: symbol), to: Body.self)
    finish =
      hasFinish ? unsafeBitCast(try code.address(of: symbol + "_finish"), to: Finish.self) : nil
  }

  /// The symbols that the code of `kernel` defines when its function is called `symbol`.
  static func symbols(_ symbol: String, of kernel: Kernel) -> [String] {
    kernel.isFullReduction ? [symbol, symbol + "_finish"] : [symbol]
  }
}
