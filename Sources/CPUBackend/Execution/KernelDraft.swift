import LLVM

/// A kernel, or a function that kernels call, on its way to machine code.
struct KernelDraft: Sendable {
  let source: ModuleSource
  /// Whether it is a kernel that ends with a function of its own.
  var hasFinish = false
  /// The functions that it calls; nil for one of those.
  let functions: [VectorFunction]?
  /// The code, where an earlier process has left it.
  let kept: Image?
  /// What it took to emit the text and to look it up.
  let time: Duration

  /// What is said of it when it has become machine code, for which it took `rest` more.
  func report(after rest: Duration) -> KernelReport {
    KernelReport(
      name: source.name, time: time + rest, wasCached: kept != nil, isFunction: functions == nil)
  }

  fileprivate var byteCount: Int { source.ir.utf8.count }

  /// What a kernel takes at least to emit and to compile.
  static let emitNanoseconds = 2e5, compileNanoseconds = 5e6
}

extension [KernelDraft] {
  /// The numbers of all drafts, in groups that are compiled and placed together: of those that were
  /// kept, neighbours of one image; of the others as many as one module takes, if that leaves two groups
  /// for each thread.
  ///
  /// Long kernels gain nothing from sharing a module, and each is kept with the code of its whole group.
  func groups(threads: Int) -> [[Int]] {
    let missing = count { $0.kept == nil }
    let mostCount = Swift.max(1, missing / (threads > 1 ? 2 * threads : 1))
    var groups: [[Int]] = []
    var byteCount = 0
    for number in indices {
      let draft = self[number]
      byteCount += draft.byteCount
      if let last = groups.last, last.count < mostCount || draft.kept != nil,
        self[last[0]].kept?.bytes == draft.kept?.bytes,
        draft.kept != nil || byteCount <= Self.mostBytes
      {
        groups[groups.count - 1].append(number)
      } else {
        groups.append([number])
        byteCount = draft.byteCount
      }
    }
    return groups
  }

  /// Calls `body` with the numbers of each group, on up to `threads` threads.
  func forEachGroup(threads: Int, _ body: ([Int]) -> Void) {
    let groups = groups(threads: threads)
    ParallelLoop.run(
      count: groups.count, grain: 1, threads: threads,
      nanoseconds: KernelDraft.compileNanoseconds * Double(groups.count)
    ) { begin, end, _ in
      for group in groups[begin..<end] { body(group) }
    }
  }

  /// The text of some ten kernels of a few operations each. On two cores of Emerald Rapids 1,000 kernels of
  /// functions take 0.89 times as long as with half of it; twice or four times as much gains nothing.
  private static let mostBytes = 48 << 10

  /// What each took of the time of all, which LLVM takes by the length of their texts.
  func shares(of time: Duration) -> [Duration] {
    let sum = Double(Swift.max(1, reduce(0) { $0 + $1.byteCount }))
    return map { time * (Double($0.byteCount) / sum) }
  }
}
