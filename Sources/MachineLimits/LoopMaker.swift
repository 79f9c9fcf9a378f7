import Arrays
import CPUBackend
package import LLVM

/// What the measured loops are made by.
package enum LoopSource: Sendable, CustomStringConvertible {
  /// LLVM, for this processor.
  case machineCode(Host)
  /// The Swift compiler, for every processor; and why.
  case plainSwift(LLVMError)

  package var description: String {
    switch self {
    case .machineCode(let host):
      "machine code for \(host.cpuName), \(host.vectorByteCount)-byte vectors"
    case .plainSwift(let reason):
      "plain Swift loops, which do not reach what the machine can do, since "
        + reason.description.prefix { $0 != "\n" }
    }
  }
}

/// A loop that can be run.
struct ReadyLoop: Sendable {
  let name: String
  let body: LoopBody
  /// What the loop lies in, where it was compiled here.
  var code: CompiledLoop?
}

/// Makes the loops, once each.
struct LoopMaker {
  private(set) var source: LoopSource
  private var backend: CPUBackend?
  private var compiled: [String: ReadyLoop] = [:]

  /// Uses LLVM, or plain Swift where there is none.
  init() {
    do {
      let backend = try CPUBackend.shared()
      (self.backend, source) = (backend, .machineCode(backend.host))
    } catch {
      (backend, source) = (nil, .plainSwift(error))
    }
  }

  /// The loops that may be the fastest for a mix.
  mutating func traffic(_ mix: Mix, isLarge: Bool) -> [ReadyLoop] {
    guard case .machineCode(let host) = source else { return [Self.plain(mix)] }
    let candidates = TrafficLoop.candidates(
      mix, vectorByteCount: host.vectorByteCount, isLarge: isLarge)
    let loops = candidates.compactMap { compiled($0.name, $0.text(named: CPUBackend.symbol)) }
    return loops.isEmpty ? [Self.plain(mix)] : loops
  }

  /// The loops that may compute fastest, with the operations of a round.
  mutating func arithmetic(_ dtype: DType) -> [(loop: ReadyLoop, operationsPerRound: Int)] {
    guard case .machineCode(let host) = source else { return [Self.plain(dtype)] }
    let widths = Set([host.vectorByteCount, max(16, host.vectorByteCount / 2)]).sorted(by: >)
    let loops = widths.compactMap { width -> (loop: ReadyLoop, operationsPerRound: Int)? in
      let loop = ArithmeticLoop(dtype, vectorByteCount: width, isFused: host.hasFMA)
      return compiled("\(loop.name) of \(dtype.bitWidth)", loop.text(named: CPUBackend.symbol))
        .map { ($0, loop.operationsPerRound) }
    }
    return loops.isEmpty ? [Self.plain(dtype)] : loops
  }

  /// Compiles a text. Where LLVM refuses it, the loops are plain ones from then on.
  private mutating func compiled(_ name: String, _ text: String) -> ReadyLoop? {
    if let known = compiled[name] { return known }
    guard let backend else { return nil }
    do {
      let code = try backend.loop(ir: text, name: name)
      let loop = ReadyLoop(name: name, body: code.body, code: code)
      compiled[name] = loop
      return loop
    } catch {
      (self.backend, source) = (nil, .plainSwift(error))
      return nil
    }
  }

  private static func plain(_ mix: Mix) -> ReadyLoop {
    ReadyLoop(name: "plain Swift", body: PlainLoops.traffic(mix))
  }

  private static func plain(_ dtype: DType) -> (loop: ReadyLoop, operationsPerRound: Int) {
    let loop = PlainLoops.arithmetic(byteCount: dtype.byteCount, isFloating: dtype.isFloating)
    return (ReadyLoop(name: "plain Swift", body: loop.body), loop.perRound)
  }
}
