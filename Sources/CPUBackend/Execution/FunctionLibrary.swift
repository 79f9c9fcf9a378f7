import LLVM
import Synchronization

/// The vector functions of this process. Each is there from the first kernel on that calls it, and stays:
/// all that there are take some hundred kilobytes.
final class FunctionLibrary: Sendable {
  private let table = Mutex<[VectorFunction: MachineCode]>([:])

  /// The code of those functions that are there.
  func known(_ functions: some Sequence<VectorFunction>) -> [VectorFunction: MachineCode] {
    table.withLock { table in
      functions.reduce(into: [:]) { known, function in known[function] = table[function] }
    }
  }

  /// Takes in the code of functions. Who finds one there already has been compiling it beside another
  /// thread; either code does.
  func insert(_ codes: [VectorFunction: MachineCode]) {
    table.withLock { $0.merge(codes) { old, _ in old } }
  }
}

extension CPUBackend {
  /// Returns the code of functions. Those that the process does not have yet come from the cache, or are
  /// compiled in one module.
  func codes(
    of functions: [VectorFunction], _ log: (Int, () -> String) -> Void
  ) throws(LLVMError) -> [MachineCode] {
    var codes = library.known(functions)
    let missing = functions.filter { codes[$0] == nil }
    let sources = missing.map { $0.source(for: host) }
    var images = sources.map { store?.image(of: $0) }
    let unkept = images.indices.filter { images[$0] == nil }
    if !unkept.isEmpty {
      let start = ContinuousClock.now
      for number in unkept { report("function", sources[number], log) }
      let compiled = try self.images(of: unkept.map { sources[$0] })
      for (number, image) in zip(unkept, compiled) { images[number] = image }
      let time = ContinuousClock.now - start
      log(2) {
        "functions \(unkept.map { sources[$0].name }.joined(separator: "; ")): compiled in \(time)"
      }
    }
    let placed = try MachineCode.place(
      zip(images, sources).compactMap { image, source in image.map { ($0, source.name) } })
    let found = Dictionary(zip(missing, placed)) { first, _ in first }
    library.insert(found)
    codes.merge(found) { old, _ in old }
    return functions.compactMap { codes[$0] }
  }

  /// Compiles functions side by side that the process does not have yet. What fails will fail again for
  /// the kernels that call it.
  func prepare(
    _ functions: Set<VectorFunction>, threads: Int, _ log: @Sendable (Int, () -> String) -> Void
  ) {
    let known = library.known(functions)
    let missing = functions.filter { known[$0] == nil }
      .sorted { $0.description < $1.description }
    ParallelLoop.run(
      count: missing.count, grain: max(1, missing.count / max(1, threads)), threads: threads,
      nanoseconds: KernelDraft.compileNanoseconds * Double(missing.count)
    ) { begin, end, _ in
      _ = try? codes(of: Array(missing[begin..<end]), log)
    }
  }
}
