internal import Arrays
internal import KernelIR
package import LLVM
internal import Scalars

// Kernels call the functions of their programs where the code of all of them would be long, and so are
// compiled in a quarter of the time: code for exp(x) * tanh(x + 1) + log(x), with four vectors at a time
// and one for what is left over, is 700 instructions, and LLVM takes 30 µs for each. A function's own code
// serves all kernels.
//
// A call takes four vectors, or two, so that each hides the latency of the others, and costs little beside
// what it does: on Zen 4, exp(-x * x) * sin(y) + tanh(x * y) takes 1.03 times as long with calls, and
// Black-Scholes, with a longer erfc than now, 0.88 times; with registers of AVX2, which hold few constants,
// 1.02 and 0.72 times. Calls of one vector took 1.34 times as long. A softmax, whose exponential is 15
// instructions, would take 1.15 times as long with calls.

/// A scalar operation on vectors as machine code of its own, which kernels call.
///
/// Its text defines `symbol` as a function of the operands of the first vector, then of those of the
/// next, which returns the results, in the calling convention of C.
package struct VectorFunction: Hashable, Sendable {
  let operation: ScalarOp
  /// The dtype of operands and result.
  let dtype: DType
  /// The lanes of a vector, which fit a register.
  let lanes: Int
  /// How many vectors a call takes.
  let vectors: Int

  /// What its function is called in its own text.
  static let symbol = "function"

  /// How many vectors calls take: first the most that there are as many of.
  static let counts = [4, 2, 1]
}

extension VectorFunction: CustomStringConvertible {
  /// `exp float32, 4 vectors of 16`.
  package var description: String {
    "\(operation.name) \(dtype), " + (vectors == 1 ? "a vector" : "\(vectors) vectors")
      + " of \(lanes)"
  }
}

extension VectorFunction {
  /// The type of a vector, and that of what a call returns.
  private var type: IRType { IRType(dtype, lanes: lanes) }
  private var resultText: String {
    vectors == 1
      ? type.text
      : "{ \(Array(repeating: type.text, count: vectors).joined(separator: ", ")) }"
  }

  /// Writes a call of the function at `address`, whose operands are given vector by vector, and returns
  /// a result for each.
  func call(_ address: IRValue, _ operands: [[IRValue]], _ writer: IRWriter) -> [IRValue] {
    let list = operands.joined().map(\.typed).joined(separator: ", ")
    let call = "call \(resultText) \(address.text)(\(list))"
    if vectors == 1 { return [writer.assign(type, call)] }
    let results = writer.assign(type, call)
    return (0..<vectors).map {
      writer.assign(type, "extractvalue \(resultText) \(results.text), \($0)")
    }
  }

  /// Returns the module's text for a kind of vectors.
  func text(for target: VectorTarget) -> String {
    let writer = IRWriter(), tables = ConstantTables()
    let scalars = ScalarEmitter(writer: writer, tables: tables, target: target, calls: nil)
    let program = LaneProgram.function(operation, dtype)
    let stage = StageProgram(
      function: target.hasMaskRegisters ? program : program.withScalesApart())
    let memory = MemoryEmitter(
      writer: writer, kernel: Self.noKernel,
      launch: LaunchValues(of: Self.noKernel, with: writer),
      registerByteCount: target.registerByteCount)
    let emitter = StageEmitter(
      writer: writer, memory: memory, scalars: scalars, stage: stage, axis: nil)
    let inputs = program.inputs.indices
    var scope = Scope()
    for input in inputs {
      scope.vectors[.input(input)] = (0..<vectors).map { IRValue("%x\($0).\(input)", type) }
    }
    let strip = Strip(lanes: lanes, units: vectors)
    emitter.emit(.point, into: &scope, at: [], strip)
    let results = (0..<vectors).map {
      emitter.value(of: stage.program.results[0], in: scope, lanes: lanes, unit: $0)
    }
    writer.emit("ret " + returned(results, writer))
    let parameters = (0..<vectors).flatMap { vector in
      inputs.map { "\(type.text) %x\(vector).\($0)" }
    }
    return tables.text
      + "define \(resultText) @\(Self.symbol)(\(parameters.joined(separator: ", "))) nounwind "
      + "alignstack(\(target.vectorByteCount)) align 64 {\nentry:\n\(writer.text)\n}\n"
  }

  /// What a function loads and stores, which is nothing.
  private static let noKernel = Kernel(
    axes: [], outerCount: 0, arguments: [], accesses: [], scalars: [], stages: [])

  private func returned(_ results: [IRValue], _ writer: IRWriter) -> String {
    if vectors == 1 { return results[0].typed }
    let all = results.enumerated().reduce("poison") { all, result in
      writer.assign(
        type, "insertvalue \(resultText) \(all), \(result.element.typed), \(result.offset)"
      ).text
    }
    return "\(resultText) \(all)"
  }

  /// The module that defines it for `host`.
  package func source(for host: Host) -> ModuleSource {
    ModuleSource(
      name: description, ir: text(for: VectorTarget(host)), symbols: [Self.symbol])
  }
}

/// The functions that a kernel calls, in the order of their addresses in its launches.
final class FunctionCalls {
  private let block: LaunchBlock
  private(set) var functions: [VectorFunction] = []

  init(of kernel: Kernel) { block = LaunchBlock(kernel) }

  /// The address of `function`, in the code of a function that has the parameter `%args`.
  private func address(of function: VectorFunction, _ writer: IRWriter) -> IRValue {
    let known = functions.firstIndex(of: function)
    if known == nil { functions.append(function) }
    let word = block.function(known ?? functions.count - 1)
    return writer.load(
      .pointer, writer.address(IRValue("%args", .pointer), plus: .i64(word), of: .i64), align: 8)
  }

  /// Writes calls of an operation for some vectors, and returns a result for each.
  ///
  /// - Parameter operands: Those of each vector, which may be wider than a register.
  func results(
    of operation: ScalarOp, _ operands: [[IRValue]], _ dtype: DType, _ target: VectorTarget,
    _ writer: IRWriter
  ) -> [IRValue] {
    let lanes = operands[0][0].type.lanes
    let width = min(lanes, target.vectorByteCount / dtype.byteCount)
    let pieces = operands.flatMap { operands in
      stride(from: 0, to: lanes, by: width).map { first in
        operands.map { width == lanes ? $0 : writer.lanes(first..<first + width, of: $0) }
      }
    }
    var results: [IRValue] = []
    while results.count < pieces.count {
      let left = pieces.count - results.count
      let function = VectorFunction(
        operation: operation, dtype: dtype, lanes: width,
        vectors: VectorFunction.counts.first { $0 <= left } ?? 1)
      results += function.call(
        address(of: function, writer),
        Array(pieces[results.count..<results.count + function.vectors]), writer)
    }
    return stride(from: 0, to: results.count, by: lanes / width).map { first in
      var parts = Array(results[first..<first + lanes / width])
      while parts.count > 1 {
        parts = stride(from: 0, to: parts.count, by: 2).map {
          writer.joined(parts[$0], parts[$0 + 1])
        }
      }
      return parts[0]
    }
  }
}

extension Composite {
  /// Returns the program in instructions. It calls its functions if so many instructions are spared by it
  /// that LLVM would take long for them, or that their constants would have no room in registers.
  func lowered(for target: VectorTarget) -> LaneProgram {
    lowered(calling: instructionsSparedByCalls > (target.registerCount < 32 ? 32 : 48))
  }
}

extension Instruction {
  /// Whether it is a call of a function.
  var isCall: Bool { if case .call = self { true } else { false } }

  /// The instructions that it counts for where a program's length decides how it is emitted.
  var lineCount: Int { isCall ? 20 : 1 }
}
