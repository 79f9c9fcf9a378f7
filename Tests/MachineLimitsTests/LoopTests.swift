import Arrays
import CPUBackend
import LLVM
import Testing

@testable import MachineLimits

/// Whether the measured loops do what they say: a loop that does less would be fast.
@Suite struct LoopTests {
  private static let blocks = 11

  /// Runs a loop over the second to the last but one block of arrays of known words.
  private func run(_ mix: Mix, _ body: LoopBody) -> (output: [UInt64], report: UInt64) {
    let words = Self.blocks * TrafficLoop.blockByteCount / 8
    func array(_ value: (Int) -> UInt64) -> UnsafeMutableRawPointer {
      let array = UnsafeMutableRawPointer.allocate(byteCount: words * 8, alignment: 64)
      for word in 0..<words {
        array.storeBytes(of: value(word), toByteOffset: 8 * word, as: UInt64.self)
      }
      return array
    }
    let arrays = [array { UInt64($0 + 1) }, array { UInt64($0 * $0) }]
    let output = array { _ in 7 }
    defer { for array in arrays + [output] { array.deallocate() } }
    let context = LoopContext(
      chunks: 3, reading: Array(arrays.prefix(mix.readCount)), writing: output)
    body(context.pointer, 1, Self.blocks - 1, 2)
    let report = LoopContext.words(of: context.pointer)[LoopContext.reportWord]?
      .load(fromByteOffset: 2 * LoopContext.reportByteCount, as: UInt64.self)
    return ((0..<words).map { output.load(fromByteOffset: 8 * $0, as: UInt64.self) }, report ?? 0)
  }

  private func check(_ mix: Mix, _ name: String, _ body: LoopBody) {
    let words = TrafficLoop.blockByteCount / 8
    let inside = words..<(Self.blocks - 1) * words
    let (output, report) = run(mix, body)
    for (word, value) in output.enumerated() {
      let i = UInt64(word)
      let expected: UInt64? =
        !inside.contains(word) || !mix.writes
        ? 7
        : mix == .copy ? i + 1 : mix == .readTwoAndWrite ? i + 1 + i * i : nil
      if let expected {
        #expect(value == expected, "\(name), word \(word)")
      } else {
        #expect(value != 7 && value != 0, "\(name), word \(word)")
      }
    }
    if mix == .read { #expect(report == inside.reduce(0) { $0 + UInt64($1) + 1 }, "\(name)") }
  }

  @Test(
    "The plain loops read and write every block of their range, and no other",
    arguments: Mix.allCases)
  func plain(mix: Mix) { check(mix, "plain", PlainLoops.traffic(mix)) }

  @Test("So does each loop in machine code", arguments: Mix.allCases)
  func compiled(mix: Mix) throws {
    let backend = try CPUBackend.shared()
    let candidates = TrafficLoop.candidates(
      mix, vectorByteCount: backend.host.vectorByteCount, isLarge: true)
    #expect(Set(candidates.map(\.name)).count == candidates.count)
    for loop in candidates {
      let code = try backend.loop(ir: loop.text(named: CPUBackend.symbol), name: loop.name)
      check(mix, loop.name, code.body)
    }
  }

  @Test("A loop of arithmetic keeps every operation that is counted", arguments: DType.allCases)
  func arithmetic(dtype: DType) throws {
    let host = try CPUBackend.shared().host
    let loop = ArithmeticLoop(dtype, vectorByteCount: host.vectorByteCount, isFused: host.hasFMA)
    let assembly = try JIT.shared().assembly(ir: loop.text(named: "loop"), name: loop.name)
    let body = Self.loopBody(of: assembly)
    let arithmetic = body.filter {
      $0.contains(/^\s+v?(p?add[bwdq]|p?add[sp][sd]|vfmadd|fmla|fadd|add\s+v)/)
    }
    let lanes = host.vectorByteCount / dtype.byteCount
    let counted = loop.operationsPerRound / lanes / (dtype.isFloating && host.hasFMA ? 2 : 1)
    #expect(arithmetic.count >= counted / (dtype.isFloating && !host.hasFMA ? 2 : 1), "\(assembly)")
    // Nothing but the operations, the counter and the branch.
    #expect(body.count <= counted + 6, "\(assembly)")
  }

  /// The instructions between the last label that is jumped back to and that jump.
  private static func loopBody(of assembly: String) -> [String] {
    let lines = assembly.split(separator: "\n").map(String.init)
    guard let end = lines.lastIndex(where: { $0.contains(/^\s+(jne|jb|jl|jae|b\.\w+|cbnz)\s/) }),
      let label = lines[end].split(whereSeparator: \.isWhitespace).last,
      let start = lines[..<end].lastIndex(where: { $0.hasPrefix(label + ":") })
    else { return [] }
    return lines[start + 1...end].filter { $0.contains(/^\s+[a-z]/) }
  }

  @Test("Traffic between two mixes is weighted by its share of bytes written")
  func weights() {
    func text(_ share: Double) -> [String] {
      Mix.weights(writtenShare: share).map { "\($0.mix) \(($0.weight * 1000).rounded() / 1000)" }
    }
    #expect(text(0) == ["read 1.0"])
    #expect(text(1.0 / 3) == ["readTwoAndWrite 1.0"])
    #expect(text(0.5) == ["copy 1.0"])
    #expect(text(1) == ["write 1.0"])
    #expect(text(0.25) == ["read 0.25", "readTwoAndWrite 0.75"])
    #expect(text(0.75) == ["copy 0.5", "write 0.5"])
  }

  @Test("Sizes are rounded by a fiftieth at most, and kept within bounds")
  func sizes() {
    for bytes in [16_384.0, 20_000, 123_456, 1_048_576, 7_654_321] {
      #expect(abs(Double(SizeClass.byteCount(bytes)) / bytes - 1) <= 0.02)
    }
    #expect(SizeClass.byteCount(0) == SizeClass.least)
    #expect(SizeClass.byteCount(.infinity) == SizeClass.byteCount(1e30))
    #expect(
      SizeClass.byteCount(1e30) >= 4 * CacheLevel.lastByteCount / 2
        || MemoryLimit.byteCount < 1 << 32)
  }
}
