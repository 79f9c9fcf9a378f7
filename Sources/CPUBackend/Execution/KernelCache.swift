import Dispatch
import KernelIR
import LLVM
import Synchronization

/// The kernels of this process: equal ones are compiled once, whatever their parts are called and
/// whichever threads ask for them.
///
/// The table holds two generations of `capacity` kernels. A kernel enters the young one, and each
/// use brings it back there; when the young generation is full it becomes the old one, and the
/// kernels of the old one are let go. Their code leaves memory when no compiled plan holds any kernel of
/// its image.
final class KernelCache: Sendable {
  private let table: Mutex<Table>

  /// Makes an empty table whose generations hold `capacity` kernels each.
  init(capacity: Int = 2048) { table = Mutex(Table(capacity: capacity)) }

  /// How many kernels are held.
  var count: Int { table.withLock { $0.count } }

  /// Returns the code of specialized kernels. Those that are not known are made by `compile`.
  ///
  /// - Parameter compile: Makes the code of kernels, of which it is told the positions in the list. It
  ///   hands the result of each to the function that it gets, on any thread, and returns when it has
  ///   done so for all.
  /// - Throws: What `compile` gave for the first of the kernels that it fails for.
  func kernels(
    _ kernels: [Kernel],
    compile: (
      _ positions: [Int], _ land: (Int, Result<CompiledKernel, LLVMError>) -> Void
    ) -> Void
  ) throws(LLVMError) -> [CompiledKernel] {
    let keys = kernels.map(\.withoutNames)
    let answers = update { table in keys.map { table.find($0) } }
    let claims = answers.indices.filter { if case .claimed = answers[$0] { true } else { false } }
    // Everything that is claimed here is done before anything is awaited, so no two threads wait
    // for each other.
    if !claims.isEmpty {
      compile(claims) { position, result in
        guard case .claimed(let flight) = answers[position] else { return }
        update { $0.land(result, for: keys[position]) }
        flight.end(with: result)
      }
    }
    var compiled: [CompiledKernel] = []
    for answer in answers { compiled.append(try answer.get()) }
    return compiled
  }

  /// Changes the table under its lock, and frees what had to go after the lock is free.
  private func update<Result>(_ body: (inout Table) -> Result) -> Result {
    let (result, outcasts) = table.withLock { table in
      (body(&table), exchange(&table.outcasts, with: []))
    }
    _ = consume outcasts
    return result
  }
}

extension KernelCache {
  /// What the table says of a kernel.
  fileprivate enum Answer {
    case known(CompiledKernel)
    /// Compiled by whoever asked before.
    case awaited(Flight)
    /// To be compiled by whoever asks.
    case claimed(Flight)

    func get() throws(LLVMError) -> CompiledKernel {
      switch self {
      case .known(let kernel): kernel
      case .awaited(let flight), .claimed(let flight): try flight.wait()
      }
    }
  }

  /// A kernel that is being compiled.
  fileprivate final class Flight: Sendable {
    private let group = DispatchGroup()
    private let result = Mutex<Result<CompiledKernel, LLVMError>?>(nil)

    init() { group.enter() }

    func end(with result: Result<CompiledKernel, LLVMError>) {
      self.result.withLock { $0 = result }
      group.leave()
    }

    func wait() throws(LLVMError) -> CompiledKernel {
      group.wait()
      guard let result = result.withLock({ $0 }) else {
        preconditionFailure("compile: a kernel has landed without a result")
      }
      return try result.get()
    }
  }

  fileprivate struct Table {
    let capacity: Int
    var young: [Kernel: CompiledKernel] = [:]
    var old: [Kernel: CompiledKernel] = [:]
    var flights: [Kernel: Flight] = [:]
    /// The generations that are let go.
    var outcasts: [[Kernel: CompiledKernel]] = []

    init(capacity: Int) { self.capacity = capacity }

    var count: Int { young.count + old.keys.count { young[$0] == nil } }

    /// Looks a kernel up, and claims it if nobody has.
    mutating func find(_ kernel: Kernel) -> Answer {
      if let known = young[kernel] { return .known(known) }
      if let known = old[kernel] {
        insert(known, for: kernel)
        return .known(known)
      }
      if let flight = flights[kernel] { return .awaited(flight) }
      let flight = Flight()
      flights[kernel] = flight
      return .claimed(flight)
    }

    /// Takes in the result of a claim.
    mutating func land(_ result: Result<CompiledKernel, LLVMError>, for kernel: Kernel) {
      flights[kernel] = nil
      if case .success(let compiled) = result { insert(compiled, for: kernel) }
    }

    private mutating func insert(_ compiled: CompiledKernel, for kernel: Kernel) {
      if young.count >= capacity {
        outcasts.append(old)
        (old, young) = (young, [:])
      }
      young[kernel] = compiled
    }
  }
}

extension Kernel {
  /// The kernel with everything nameless: names are for texts, and its code is the same without.
  fileprivate var withoutNames: Kernel {
    var kernel = self
    for axis in axes.indices { kernel.axes[axis] = Axis("", extent: "") }
    for argument in arguments.indices { kernel.arguments[argument].name = "" }
    for scalar in scalars.indices { kernel.scalars[scalar] = "" }
    return kernel
  }
}
