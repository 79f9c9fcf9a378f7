import Arrays
import Scalars
import SymbolicGraph
import TestSupport
import Testing

/// The fuzzer is right to complain where it does, and to keep quiet where it does.
@Suite("The fuzzer itself")
struct FuzzerTests {
  @Test("The same seed gives the same graph")
  func determinism() throws {
    for seed in 0..<50 as Range<UInt64> {
      #expect(RandomGraph(seed: seed).recipe.text == RandomGraph(seed: seed).recipe.text)
    }
  }

  @Test("Rewrites that round less often are accepted")
  func legalRewrites() throws {
    let contraction = Executor.reference("contraction") { graph in
      Rewriting.graph(graph) { run, equation in
        guard Rewriting.op(equation) == .add, equation.type.dtype.isFloating else { return nil }
        for (a, b) in [(0, 1), (1, 0)] {
          if let factors = run.operands(of: equation.operands[a], ifMadeBy: .mul) {
            return run.elementwise(.fma, factors + [equation.operands[b]], equation.type)
          }
        }
        return nil
      }
    }
    let stabilization = Executor.reference("stabilization") { graph in
      Rewriting.graph(graph) { run, equation in
        guard let x = equation.operands.first, equation.type.dtype.isFloating else { return nil }
        switch Rewriting.op(equation) {
        case .log:
          guard let sum = run.operands(of: x, ifMadeBy: .add) else { return nil }
          for (one, other) in [(0, 1), (1, 0)] where run.isConstant(sum[one], 1) {
            if let e = run.operands(of: sum[other], ifMadeBy: .exp) {
              return run.elementwise(.softplus, e, equation.type)
            }
            return run.elementwise(.log1p, [sum[other]], equation.type)
          }
          return nil
        case .sub where run.isConstant(equation.operands[1], 1):
          guard let e = run.operands(of: x, ifMadeBy: .exp) else { return nil }
          return run.elementwise(.expm1, e, equation.type)
        case .pow where run.isConstant(equation.operands[1], 2):
          return run.elementwise(.square, [x], equation.type)
        default: return nil
        }
      }
    }
    _ = try Fuzzer([contraction, stabilization]).run(0..<500)
  }

  @Test("Results a few units off are accepted from functions that no machine rounds correctly")
  func noise() throws {
    let noisy = Executor.reference("noise") { graph in
      Rewriting.graph(graph) { run, equation in
        guard let op = Rewriting.op(equation), case .expansion = op.definition.lowering,
          case .float1 = op.definition.evaluation, op != .reciprocal
        else { return nil }
        let value = run.copy(equation)
        let dtype = equation.type.dtype
        let factor = Scalar(1 + 3 * dtype.ulp(1)).cast(to: dtype)
        let noise = run.append(Constant(NDArray(scalar: factor)), [], TensorType(dtype, []))
        return run.append(Elementwise(.mul, dtype), [value, noise], equation.type)
      }
    }
    _ = try Fuzzer([noisy]).run(0..<500)
  }

  /// For each operation another one that takes the same operands.
  private static let neighbours: [(ScalarOp, ScalarOp)] = {
    let pairs: [(ScalarOp, ScalarOp)] = [
      (.add, .sub), (.mul, .add), (.div, .mul), (.floorDiv, .mod), (.pow, .mul), (.neg, .abs),
      (.eq, .ne), (.lt, .le), (.gt, .ge), (.and, .or), (.or, .xor), (.xor, .and), (.le, .lt),
      (.ge, .gt), (.ne, .gt), (.sub, .add), (.mod, .sub), (.abs, .neg), (.sign, .abs),
      (.floor, .trunc), (.ceil, .round), (.round, .floor), (.trunc, .round), (.minimum, .maximum),
      (.maximum, .minimum), (.sqrt, .abs), (.square, .neg), (.reciprocal, .exp), (.exp, .expm1),
      (.expm1, .exp), (.log, .log1p), (.log1p, .log), (.sin, .cos), (.cos, .sin), (.tan, .sin),
      (.tanh, .erf), (.sigmoid, .tanh), (.softplus, .relu), (.relu, .abs), (.erf, .tanh),
    ]
    return pairs
  }()

  @Test("An operation mistaken for another is found soon", arguments: neighbours)
  func mutation(_ op: ScalarOp, _ other: ScalarOp) throws {
    let mistaken = Executor.reference("mistaken") { graph in
      Rewriting.graph(graph) { run, equation in
        Rewriting.op(equation) == op
          ? run.elementwise(other, equation.operands, equation.type) : nil
      }
    }
    #expect(throws: FuzzFailures.self) { try Fuzzer([mistaken]).run(0..<1_000) }
  }

  @Test("A failure is shrunk to a few lines that a test can hold")
  func shrinking() throws {
    let mistaken = Executor.reference("mistaken") { graph in
      Rewriting.graph(graph) { run, equation in
        Rewriting.op(equation) == .floor
          ? run.elementwise(.ceil, equation.operands, equation.type) : nil
      }
    }
    let failure = #expect(throws: FuzzFailures.self) { try Fuzzer([mistaken]).run(0..<1_000) }
    print(failure?.description ?? "")
  }
}
