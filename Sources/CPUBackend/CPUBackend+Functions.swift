import LLVM

extension CPUBackend {
  /// Makes the code of functions that the process does not have yet, side by side and several in a module
  /// as with kernels. One that fails will fail again for the kernels that call it.
  func prepare(
    _ functions: Set<VectorFunction>, threads: Int, _ log: @Sendable (Int, () -> String) -> Void
  ) {
    let missing = functions.filter { library[$0] == nil }
      .sorted { $0.description < $1.description }
    let drafts = ParallelLoop.map(
      missing, threads: threads, nanosecondsEach: KernelDraft.emitNanoseconds
    ) { draft(of: $0, log) }
    drafts.forEachGroup(threads: threads) { numbers in
      let start = ContinuousClock.now
      let group = numbers.map { drafts[$0] }
      guard let codes = try? codes(of: group) else { return }
      for (number, code) in zip(numbers, codes) { library.insert(code, for: missing[number]) }
      for (draft, time) in zip(group, group.shares(of: ContinuousClock.now - start)) {
        log(2) { "\(draft.report(after: time))" }
      }
    }
  }

  /// Returns the code of functions, those included that could not be prepared together.
  func codes(of functions: [VectorFunction]) throws(LLVMError) -> [MachineCode] {
    var codes: [MachineCode] = []
    for function in functions {
      if let known = library[function] {
        codes.append(known)
      } else {
        let code = try self.codes(of: [draft(of: function) { _, _ in }])[0]
        codes.append(library.insert(code, for: function))
      }
    }
    return codes
  }

  /// Emits a function and looks it up in the store.
  private func draft(
    of function: VectorFunction, _ log: (Int, () -> String) -> Void
  ) -> KernelDraft {
    let start = ContinuousClock.now
    let source = function.source(for: host)
    report("function", source, log)
    return KernelDraft(
      source: source, functions: nil, kept: store?.image(of: source),
      time: ContinuousClock.now - start)
  }
}
