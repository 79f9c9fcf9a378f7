import KernelIR
import LLVM
import Synchronization

/// A kernel as machine code. It may be called from any number of threads at once.
struct CompiledKernel: Sendable {
  /// `(block, begin, end, partials, chunk)`.
  typealias Body =
    @convention(c) (
      UnsafeRawPointer, Int, Int, UnsafeMutableRawPointer?, Int
    ) -> Void
  /// `(block, chunk count, partials)`.
  typealias Finish = @convention(c) (UnsafeRawPointer, Int, UnsafeMutableRawPointer?) -> Void

  let body: Body
  /// Combines the partial accumulators of a full reduction.
  let finish: Finish?
  /// Keeps the code in memory.
  private let code: MachineCode

  // SAFETY: the emitter declares both symbols with just these parameters, and `code` outlives the
  // pointers because it lies beside them.
  init(_ code: MachineCode, symbol: String, hasFinish: Bool) throws(LLVMError) {
    self.code = code
    body = unsafeBitCast(try code.address(of: symbol), to: Body.self)
    finish =
      hasFinish ? unsafeBitCast(try code.address(of: symbol + "_finish"), to: Finish.self) : nil
  }
}

/// The kernels of this process: equal ones are compiled once.
///
/// The table holds two generations of `capacity` kernels. A kernel enters the young one, and each use
/// brings it back there; when the young generation is full it becomes the old one, and the kernels of
/// the old one are let go. Those that no compiled plan holds leave memory with that: each takes
/// mappings of its own, of which Linux grants a process 65,530.
final class KernelCache: Sendable {
  private struct Generations {
    var young: [Kernel: CompiledKernel] = [:]
    var old: [Kernel: CompiledKernel] = [:]

    /// Returns a known kernel and makes it young. What has to go is handed out, so that its memory is
    /// freed after the lock is.
    mutating func find(_ kernel: Kernel, _ capacity: Int) -> (CompiledKernel, outcasts: Outcasts)? {
      if let known = young[kernel] { return (known, [:]) }
      guard let known = old[kernel] else { return nil }
      return (known, insert(known, for: kernel, capacity))
    }

    mutating func insert(
      _ compiled: CompiledKernel, for kernel: Kernel, _ capacity: Int
    ) -> Outcasts {
      var outcasts: Outcasts = [:]
      if young.count >= capacity {
        outcasts = old
        old = young
        young = [:]
      }
      young[kernel] = compiled
      return outcasts
    }
  }

  private typealias Outcasts = [Kernel: CompiledKernel]

  private let generations = Mutex(Generations())
  private let capacity: Int

  /// Makes an empty table whose generations hold `capacity` kernels each.
  init(capacity: Int = 2048) { self.capacity = capacity }

  /// How many kernels are held.
  var count: Int {
    generations.withLock { table in
      table.young.count + table.old.keys.count { table.young[$0] == nil }
    }
  }

  /// Returns the code of a specialized kernel, made by `compile` unless it is known.
  func kernel(
    _ kernel: Kernel, compile: (Kernel) throws(LLVMError) -> CompiledKernel
  ) throws(LLVMError) -> CompiledKernel {
    if let (known, _) = generations.withLock({ $0.find(kernel, capacity) }) { return known }
    // Compiled outside the lock: two threads may do it twice, but never wait for each other.
    let made = try compile(kernel)
    let (result, _) = generations.withLock { table in
      table.find(kernel, capacity) ?? (made, table.insert(made, for: kernel, capacity))
    }
    return result
  }
}
