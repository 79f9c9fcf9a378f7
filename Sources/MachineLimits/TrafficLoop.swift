/// A loop that moves bytes as fast as it can, as LLVM's text.
///
/// The function is a `LoopBody`: its range counts blocks of `blockByteCount` in each array, and the words
/// of its context are those of `LoopContext`.
struct TrafficLoop: Hashable, Sendable {
  let mix: Mix
  let vectorByteCount: Int
  /// Whether lines are asked for before they are used, as the processor's own prefetching ends with each
  /// page.
  let asksAhead: Bool
  /// Whether what is written goes past the caches.
  let passesCaches: Bool

  /// The bytes of each array that one step of the loop takes: eight of the widest vectors.
  static let blockByteCount = 512

  /// The bytes between what is asked for and what is used; see `MemoryEmitter`, which measured it.
  private static let bytesAhead = 8192

  /// The ways to run a mix that may be the fastest on a processor with such vectors.
  ///
  /// - Parameter isLarge: Whether the arrays exceed a core's own caches. Asking ahead and storing past
  ///   the caches only cost where they do not.
  static func candidates(_ mix: Mix, vectorByteCount: Int, isLarge: Bool) -> [TrafficLoop] {
    func loop(_ byteCount: Int, ahead: Bool = false, past: Bool = false) -> TrafficLoop {
      TrafficLoop(mix: mix, vectorByteCount: byteCount, asksAhead: ahead, passesCaches: past)
    }
    var loops = [loop(vectorByteCount)]
    // Some processors take their widest vectors in halves.
    if vectorByteCount > 16 { loops.append(loop(vectorByteCount / 2)) }
    guard isLarge else { return loops }
    let reads = mix.readCount > 0
    if reads { loops.append(loop(vectorByteCount, ahead: true)) }
    if mix.writes { loops.append(loop(vectorByteCount, past: true)) }
    if reads, mix.writes { loops.append(loop(vectorByteCount, ahead: true, past: true)) }
    return loops
  }

  /// What it is, in words: `copy, 64-byte vectors, asking ahead, past the caches`.
  var name: String {
    let what =
      switch mix {
      case .read: "read"
      case .readTwoAndWrite: "read two and write"
      case .copy: "copy"
      case .write: "write"
      }
    return "\(what), \(vectorByteCount)-byte vectors" + (asksAhead ? ", asking ahead" : "")
      + (passesCaches ? ", past the caches" : "")
  }

  /// The module that defines it.
  func text(named name: String) -> String {
    """
    define void @\(name)(ptr %args, i64 %begin, i64 %end, i64 %chunk) nounwind {
    entry:
    \(arrays.joined(separator: "\n"))
      %first = mul i64 %begin, \(Self.blockByteCount)
      %last = mul i64 %end, \(Self.blockByteCount)
      br label %loop
    loop:
      %i = phi i64 [ %first, %entry ], [ %next, %loop ]
    \(mix.writes ? "" : sums.joined(separator: "\n"))
    \(body.joined(separator: "\n"))
      %next = add nuw nsw i64 %i, \(Self.blockByteCount)
      %more = icmp ult i64 %next, %last
      br i1 %more, label %loop, label %exit
    exit:
    \((mix.writes ? fence : report).joined(separator: "\n"))
      ret void
    }
    !0 = !{i32 1}

    """
  }
}

extension TrafficLoop {
  private var vector: String { "<\(vectorByteCount / 8) x i64>" }
  private var steps: Range<Int> { 0..<Self.blockByteCount / vectorByteCount }

  /// Loads the addresses of the arrays: those read, and the one written.
  private var arrays: [String] {
    let words = Array(0..<mix.readCount) + (mix.writes ? [LoopContext.outputWord] : [])
    return words.flatMap { word in
      [
        "  %at\(word) = getelementptr i64, ptr %args, i64 \(word)",
        "  %array\(word) = load ptr, ptr %at\(word), align 8",
      ]
    }
  }

  /// One sum for each vector of a block, so that none waits for another.
  private var sums: [String] {
    steps.map { "  %sum\($0) = phi \(vector) [ zeroinitializer, %entry ], [ %more\($0), %loop ]" }
  }

  private var body: [String] {
    var lines = asksAhead ? prefetches : []
    for step in steps {
      for array in 0..<mix.readCount { lines += load(array, step) }
      switch mix {
      case .read: lines.append("  %more\(step) = add \(vector) %sum\(step), %x0_\(step)")
      case .readTwoAndWrite:
        lines.append("  %y_\(step) = add \(vector) %x0_\(step), %x1_\(step)")
        lines += store("%y_\(step)", step)
      case .copy: lines += store("%x0_\(step)", step)
      // Not zeros: some processors have a shorter way to write those.
      case .write: lines += store("splat (i64 4607182418800017408)", step)
      }
    }
    return lines
  }

  private func address(_ name: String, _ array: Int, _ offset: Int) -> [String] {
    [
      "  %\(name)i = add i64 %i, \(offset)",
      "  %\(name) = getelementptr i8, ptr %array\(array), i64 %\(name)i",
    ]
  }

  private func load(_ array: Int, _ step: Int) -> [String] {
    address("from\(array)_\(step)", array, step * vectorByteCount) + [
      "  %x\(array)_\(step) = load \(vector), ptr %from\(array)_\(step), align \(vectorByteCount)"
    ]
  }

  private func store(_ value: String, _ step: Int) -> [String] {
    let past = passesCaches ? ", !nontemporal !0" : ""
    return address("to\(step)", LoopContext.outputWord, step * vectorByteCount) + [
      "  store \(vector) \(value), ptr %to\(step), align \(vectorByteCount)\(past)"
    ]
  }

  private var prefetches: [String] {
    (0..<mix.readCount).flatMap { array in
      stride(from: 0, to: Self.blockByteCount, by: 64).flatMap { line in
        address("ahead\(array)_\(line)", array, Self.bytesAhead + line) + [
          "  call void @llvm.prefetch.p0(ptr %ahead\(array)_\(line), i32 0, i32 3, i32 1)"
        ]
      }
    }
  }

  /// Adds the sums up and leaves them where they count as used.
  private var report: [String] {
    var lines: [String] = []
    var total = "%more0"
    for step in steps.dropFirst() {
      lines.append("  %total\(step) = add \(vector) \(total), %more\(step)")
      total = "%total\(step)"
    }
    let function = "llvm.vector.reduce.add.v\(vectorByteCount / 8)i64"
    lines.append("  %result = call i64 @\(function)(\(vector) \(total))")
    return lines + LoopContext.report("i64", "%result")
  }

  /// What goes past the caches is seen by others only after a fence.
  private var fence: [String] { passesCaches ? ["  fence seq_cst"] : [] }
}
