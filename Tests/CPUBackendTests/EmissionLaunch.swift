import Arrays
import KernelIR
import Scalars
import Synchronization
import Testing

@testable import CPUBackend
@testable import LLVM

/// The processors that code is tried for: one for each width of vectors, as far as this one can run
/// their code.
enum TestTarget: String, CaseIterable, Sendable {
  case bytes16 = "x86-64"
  case bytes32 = "x86-64-v3"
  case bytes64 = "x86-64-v4"

  private static let jits: [String: JIT] = {
    var jits: [String: JIT] = [:]
    for target in allCases {
      guard let library = try? Library.shared(),
        let host = try? Host.detect(with: library, override: target.rawValue),
        let jit = try? JIT(library: library, host: host)
      else { continue }
      jits[target.rawValue] = jit
    }
    return jits
  }()

  static let available = allCases.filter { jits[$0.rawValue] != nil }

  private struct Key: Hashable {
    let target: TestTarget
    let kernel: Kernel
    let program: LaneProgram?
    let callsFunctions: Bool
  }
  /// The code of a kernel and of the functions that it calls.
  struct Code: Sendable {
    let kernel: MachineCode
    let functions: [MachineCode]
  }
  private static let compiled = Mutex<[Key: Code]>([:])

  /// The code of a kernel, compiled once for all tests.
  func code(of test: KernelCase) throws -> Code {
    let key = Key(
      target: self, kernel: test.kernel, program: test.program, callsFunctions: test.callsFunctions)
    if let code = Self.compiled.withLock({ $0[key] }) { return code }
    let jit = try #require(Self.jits[rawValue])
    var vectors = VectorTarget(jit.host)
    // The narrowest reads one stream after the other, as most processors do, and the others several.
    vectors.habits.streamCount = self == .bytes16 ? 1 : 4
    // The widest has half vectors for what is read from memory, and the other interrupts walks.
    if self == .bytes64, test.kernel.readsAhead { vectors.habits.streamByteCount = 32 }
    vectors.habits.hasPipesForAdditions = self != .bytes16
    if self == .bytes32 { vectors.habits.unaskedPanelRows = 7 }
    if self == .bytes32 { vectors.longestWalk = 100 }
    if self == .bytes32, test.kernel.isRowProgram { vectors.registerCount = 32 }
    let emitted = KernelEmitter.emit(
      test.kernel, named: "kernel", for: vectors, lower: test.lower)
    let kernel = try jit.compile(
      ir: emitted.ir, name: "kernel",
      symbols: ["kernel"] + (test.kernel.isFullReduction ? ["kernel_finish"] : []))
    let code = Code(
      kernel: kernel,
      functions: try emitted.functions.map {
        try jit.compile(
          ir: $0.text(for: vectors), name: "\($0)", symbols: [VectorFunction.symbol])
      })
    Self.compiled.withLock { $0[key] = code }
    return code
  }
}

extension KernelCase {
  private typealias Main =
    @convention(c) (
      UnsafePointer<UInt64>, Int, Int, UnsafeMutableRawPointer, Int
    ) -> Void
  private typealias Finish =
    @convention(c) (
      UnsafePointer<UInt64>, Int, Int, UnsafeMutableRawPointer
    ) -> Void

  /// The arrays after emitted code has run, the range being cut at `cuts`.
  func run(on target: TestTarget, cuts: [Int] = []) throws -> [[Scalar]] {
    let code = try target.code(of: self)
    let memory = zip(kernel.arguments, arrays).map { ElementMemory($0.dtype, $1) }
    let words = try arguments(memory, calling: code.functions)

    let ends = cuts.filter { $0 > 0 && $0 < rangeCount }.sorted() + [rangeCount]
    let slots = LaunchBlock(kernel).partialWordCount
    let partials = UnsafeMutableRawPointer.allocate(
      byteCount: 8 * Swift.max(1, slots * ends.count), alignment: 64)
    defer { partials.deallocate() }
    let main = unsafeBitCast(try code.kernel.address(of: "kernel"), to: Main.self)
    for (chunk, (begin, end)) in zip([0] + ends, ends).enumerated() {
      main(words, origin + begin, origin + end, partials, chunk)
    }
    if kernel.isFullReduction {
      let finish = unsafeBitCast(
        try code.kernel.address(of: "kernel_finish"), to: Finish.self)
      PairwiseOrder.combine(ends.count) { finish(words, $0, $1, partials) }
      finish(words, 0, 0, partials)
    }
    if let number = memory.firstIndex(where: { !$0.isIntact }) {
      throw WrittenBeyond(name: kernel.arguments[number].name)
    }
    return memory.map(\.elements)
  }

  /// A kernel has written before or after an argument.
  private struct WrittenBeyond: Error {
    let name: String
  }

  /// The words of the argument block.
  private func arguments(
    _ memory: [ElementMemory], calling functions: [MachineCode]
  ) throws -> [UInt64] {
    let block = LaunchBlock(kernel)
    var words = [UInt64](repeating: 0, count: block.wordCount(functions: functions.count))
    for (number, function) in functions.enumerated() {
      words[block.function(number)] = UInt64(
        UInt(bitPattern: try function.address(of: VectorFunction.symbol)))
    }
    for (number, access) in kernel.accesses.enumerated() {
      let argument = memory[access.argument]
      let offset = offsets[number] - origin * (layout.strides[number].last ?? 0)
      let address = argument.base + offset * argument.dtype.byteCount
      words[block.pointer(number)] = UInt64(UInt(bitPattern: address))
      for axis in kernel.axes.indices {
        words[block.stride(number, axis)] = UInt64(bitPattern: Int64(layout.strides[number][axis]))
      }
    }
    for axis in kernel.axes.indices { words[block.extent(axis)] = UInt64(layout.extents[axis]) }
    for (number, scalar) in scalars.enumerated() {
      words[block.scalar(number)] = UInt64(bitPattern: scalar)
    }
    return words
  }

  /// Runs the kernel, specialized, on `target` and compares all memory with what the model expects.
  func check(
    _ label: String, on targets: [TestTarget] = TestTarget.available, cuts: [Int] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var specialized = self
    (specialized.kernel, specialized.layout) = kernel.specialized(for: layout)
    let expected = expected()
    for target in targets {
      let found = try specialized.run(on: target, cuts: cuts)
      let differences = zip(expected, found).enumerated().flatMap { number, pair in
        zip(pair.0, pair.1).enumerated().filter { !$1.0.isSame(as: $1.1) }
          .map { "\(kernel.arguments[number].name)[\($0)] is \($1.1), not \($1.0)" }
      }
      #expect(
        differences.isEmpty,
        "\(label), \(target): \(differences.count) differ; \(differences.prefix(3).joined(separator: "; "))",
        sourceLocation: sourceLocation)
    }
  }
}

/// The elements of one argument in memory of their own, with a margin on either side.
final class ElementMemory {
  let dtype: DType
  let count: Int
  let base: UnsafeMutableRawPointer

  private static let margin = 256
  private static let filling: UInt8 = 0xa5
  private var byteCount: Int { count * dtype.byteCount }

  init(_ dtype: DType, _ elements: [Scalar]) {
    self.dtype = dtype
    count = elements.count
    let bytes = UnsafeMutableRawBufferPointer.allocate(
      byteCount: count * dtype.byteCount + 2 * Self.margin, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: Self.filling)
    base = bytes.baseAddress.unsafelyUnwrapped + Self.margin
    for (index, element) in elements.enumerated() {
      withUnsafeBytes(of: element.bitPattern.littleEndian) { bits in
        (base + index * dtype.byteCount).copyMemory(
          from: bits.baseAddress ?? UnsafeRawPointer(base), byteCount: dtype.byteCount)
      }
    }
  }

  deinit { (base - Self.margin).deallocate() }

  /// Whether nothing has written to the margins.
  var isIntact: Bool {
    [base - Self.margin, base + byteCount].allSatisfy { margin in
      UnsafeRawBufferPointer(start: UnsafeRawPointer(margin), count: Self.margin).allSatisfy {
        $0 == Self.filling
      }
    }
  }

  var elements: [Scalar] {
    (0..<count).map { index in
      var bits: UInt64 = 0
      withUnsafeMutableBytes(of: &bits) { bytes in
        bytes.copyMemory(
          from: UnsafeRawBufferPointer(
            start: base + index * dtype.byteCount, count: dtype.byteCount))
      }
      return Scalar(bits: bits, dtype)
    }
  }
}
