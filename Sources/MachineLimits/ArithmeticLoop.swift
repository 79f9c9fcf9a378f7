import Arrays

/// A loop that computes as fast as it can and touches no memory, as LLVM's text.
///
/// The function is a `LoopBody` whose range counts rounds. Floats are multiplied and added, in one
/// instruction where the processor has it; other numbers are added.
struct ArithmeticLoop: Hashable, Sendable {
  /// The bytes of a number.
  let byteCount: Int
  let isFloating: Bool
  let vectorByteCount: Int
  let isFused: Bool

  /// The loop for numbers of a dtype; signs make no difference to sums, and `bool` is a byte.
  init(_ dtype: DType, vectorByteCount: Int, isFused: Bool) {
    byteCount = dtype.byteCount
    isFloating = dtype.isFloating
    self.vectorByteCount = vectorByteCount
    self.isFused = isFused
  }

  /// What one round computes: a product and a sum count as two.
  var operationsPerRound: Int { Self.chains * lanes * (isFloating ? 2 : 1) }

  /// What it is, in words: `multiply-add, 64-byte vectors`.
  var name: String {
    let what = !isFloating ? "add" : isFused ? "fused multiply-add" : "multiply and add"
    return "\(what), \(vectorByteCount)-byte vectors"
  }

  /// How many results are under way at a time: more than two units of four cycles need, no more than
  /// sixteen registers hold beside the operands.
  private static let chains = 12

  private var lanes: Int { vectorByteCount / byteCount }
  private var element: String {
    isFloating ? (byteCount == 4 ? "float" : "double") : "i\(8 * byteCount)"
  }
  private var vector: String { "<\(lanes) x \(element)>" }

  /// A vector of equal numbers, as LLVM writes it.
  private func splat(_ number: Int) -> String {
    "splat (\(element) \(number)\(isFloating ? ".0" : ""))"
  }

  /// The module that defines it.
  func text(named name: String) -> String {
    let chains = 0..<Self.chains
    // Each chain begins elsewhere, or they would be seen to be the same.
    let starts = chains.map {
      "  %x\($0) = phi \(vector) [ \(splat($0 + 1)), %entry ], [ %y\($0), %loop ]"
    }
    return """
      define void @\(name)(ptr %args, i64 %begin, i64 %end, i64 %chunk) nounwind {
      entry:
        br label %loop
      loop:
        %i = phi i64 [ %begin, %entry ], [ %next, %loop ]
      \(starts.joined(separator: "\n"))
      \(chains.flatMap(step).joined(separator: "\n"))
        %next = add nuw nsw i64 %i, 1
        %more = icmp ult i64 %next, %end
        br i1 %more, label %loop, label %exit
      exit:
      \(report.joined(separator: "\n"))
        ret void
      }

      """
  }

  /// Floats go towards 2 and stay there: no step is slow for being very small or not a number.
  private func step(_ chain: Int) -> [String] {
    let (x, y) = ("%x\(chain)", "%y\(chain)")
    guard isFloating else { return ["  \(y) = add \(vector) \(x), \(splat(3))"] }
    let half = "splat (\(element) 0.5)"
    if isFused {
      let function = "llvm.fma.v\(lanes)f\(8 * byteCount)"
      return [
        "  \(y) = call \(vector) @\(function)(\(vector) \(x), \(vector) \(half), \(vector) \(splat(1)))"
      ]
    }
    return [
      "  %p\(chain) = fmul \(vector) \(x), \(half)",
      "  \(y) = fadd \(vector) %p\(chain), \(splat(1))",
    ]
  }

  /// Adds the chains up and leaves them where they count as used.
  private var report: [String] {
    let add = isFloating ? "fadd" : "add"
    var lines: [String] = []
    var total = "%y0"
    for chain in 1..<Self.chains {
      lines.append("  %total\(chain) = \(add) \(vector) \(total), %y\(chain)")
      total = "%total\(chain)"
    }
    return lines + LoopContext.report(vector, total)
  }
}
