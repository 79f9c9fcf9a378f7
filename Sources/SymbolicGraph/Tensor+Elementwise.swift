import Arrays
package import Scalars

extension Tensor {
  /// Returns a node of `operation` on this and `others`, noting where the user wrote it.
  func applying(_ operation: any Operation, _ others: [Tensor] = [], origin: Origin? = nil)
    -> Tensor
  {
    Tensor(
      Node(operation, [node] + others.map(\.node), origin: origin ?? .capture()))
  }

  /// Returns a tensor that carries a mistake.
  static func broken(
    _ error: GraphError, _ operands: [Tensor], origin: Origin? = nil
  ) -> Tensor {
    Tensor(Node(broken: error, operands.map(\.node), origin: origin ?? .capture()))
  }

  /// Applies `op` at every index, operands promoted to one dtype and broadcast.
  package static func elementwise(_ op: ScalarOp, _ operands: Tensor...) -> Tensor {
    elementwise(op, of: operands)
  }

  /// Applies `op` to a list of operands.
  package static func elementwise(_ op: ScalarOp, of operands: [Tensor]) -> Tensor {
    let origin = Origin.capture()
    let isChoice = if case .choice = op.definition.signature { true } else { false }
    do throws(GraphError) {
      var lanes = try promoted(Array(operands.dropFirst(isChoice ? 1 : 0)), for: op, origin)
      let dtype = lanes.first?.node.type?.dtype ?? .float64
      if isChoice {
        if let condition = operands[0].node.type, condition.dtype != .bool {
          throw GraphError.conditionNotBool(condition.dtype)
        }
        lanes.insert(operands[0], at: 0)
      }
      let result = op.definition.signature.resultDType(for: dtype)
      // What literals make is a literal: its value has to fit where it is used.
      let literals = lanes.compactMap(\.literal)
      if !literals.isEmpty, literals.count == lanes.count {
        let value = Constant(op.evaluate(literals, as: result))
        return Tensor(Node(value, isWeak: true, origin: origin))
      }
      return Tensor(Node(Elementwise(op, result), lanes.map(\.node), origin: origin))
    } catch {
      return broken(error, operands, origin: origin)
    }
  }

  /// Returns the operands in the dtype that `op` works in.
  ///
  /// The dtypes of strong operands are promoted by the table. Literals follow them, and decide only
  /// where they are of a kind that the strong ones cannot hold: `0.5` makes integers `float64`.
  private static func promoted(
    _ operands: [Tensor], for op: ScalarOp, _ origin: Origin
  ) throws(GraphError) -> [Tensor] {
    let types = operands.compactMap(\.node.type)
    guard types.count == operands.count else { return operands }
    let strong = zip(operands, types).filter { !$0.0.node.isWeak }.map(\.1.dtype)
    let weak = zip(operands, types).filter { $0.0.node.isWeak }.map(\.1.dtype)
    guard let first = strong.first ?? weak.first else { return operands }
    var dtype = (strong.isEmpty ? weak : strong).reduce(first, TypePromotion.promote)
    if !strong.isEmpty {
      if weak.contains(where: \.isFloating), !dtype.isFloating { dtype = .float64 }
      if weak.contains(where: \.isInteger), dtype == .bool { dtype = .int64 }
    }
    guard let target = op.definition.signature.operandDType(for: dtype) else {
      throw .wrongDType(op.rawValue, dtype, takes: "bool or integers")
    }
    var result: [Tensor] = []
    for operand in operands {
      result.append(try operand.cast(to: target, for: op.rawValue, origin))
    }
    return result
  }

  /// The number, where this is a literal.
  private var literal: Scalar? { node.isWeak ? (node.operation as? Constant)?.scalar : nil }

  /// Returns the operand in the dtype of another, which has to have the value of a literal.
  func cast(
    to target: DType, for operation: String, operand: String = "the other operand", _ origin: Origin
  ) throws(GraphError) -> Tensor {
    guard node.type?.dtype != target else { return self }
    guard let value = literal else {
      return applying(Elementwise(.cast, target), origin: origin)
    }
    guard target.isFloating || value.isRepresentable(in: target) else {
      throw .literalDoesNotFit(operation, value, target, of: operand)
    }
    return Tensor(Node(Constant(value.cast(to: target)), isWeak: true))
  }
}
