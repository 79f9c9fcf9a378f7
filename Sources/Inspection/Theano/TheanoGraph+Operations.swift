import Arrays
import Scalars
import SymbolicGraph

/// The applications that stand for Martlet's operations, before any rewriting.
extension TheanoGraph {
  /// Adds what is fed under a name.
  mutating func input(_ name: String?, _ type: TensorType) -> Int {
    let type = TheanoTexts.type(type)
    return append(Variable(text: name?.onOneLine ?? "<\(type)>", type: type))
  }

  /// Adds an array that is part of the program.
  mutating func constant(_ array: NDArray) -> Int {
    let type = TensorType(array.dtype, array.shape.map { .fixed($0) })
    return constant(TheanoTexts.constant(array), TheanoTexts.type(type))
  }

  /// Adds `op` at every index. Operands with fewer axes get them in front, as Theano demands.
  mutating func elementwise(
    _ op: ScalarOp, _ operands: [(variable: Int, type: TensorType)], _ type: TensorType
  ) -> Int {
    let inputs = operands.map { operand, own in
      own.rank == type.rank
        ? operand
        : dimShuffle(
          operand,
          Array(repeating: nil, count: type.rank - own.rank) + (0..<own.rank).map { $0 }, own)
    }
    return apply(
      op.theanoElemwise(type.dtype), "martlet.elemwise.Elemwise", inputs, TheanoTexts.type(type),
      spelling: op.theanoSpelling(type.dtype))
  }

  /// Adds an operand with its axes in another order; nil adds one of length 1.
  mutating func dimShuffle(_ operand: Int, _ order: [Int?], _ type: TensorType) -> Int {
    let shape = order.map { $0.map { type.shape[$0] } ?? .fixed(1) }
    let list = order.map { $0.map(String.init) ?? "x" }.joined(separator: ",")
    let result = apply(
      "InplaceDimShuffle{\(list)}", "martlet.elemwise.DimShuffle", [operand],
      TheanoTexts.type(TensorType(type.dtype, shape)), spelling: .dimShuffle(order, rank: type.rank)
    )
    let isReversed = type.rank > 1 && order == (0..<type.rank).reversed()
    if isReversed, variables[operand].className == nil {
      variables[result].name = variables[operand].text + ".T"
    }
    return result
  }

  /// Adds a reduction without the axes that are reduced.
  mutating func reduction(
    _ reduction: Reduction, axes: [Int], accumulator: DType, _ operand: Int,
    _ operandType: TensorType,
    _ dtype: DType, isCompiled: Bool
  ) -> Int {
    let kept = operandType.shape.indices.filter { !axes.contains($0) }.map { operandType.shape[$0] }
    let type = TheanoTexts.type(TensorType(dtype, kept))
    let isAll = axes.count == operandType.rank
    let name = TheanoReductionName(
      reduction, axes: axes, isAll: isAll, accumulator: accumulator, dtype: dtype,
      isCompiled: isCompiled)
    let result = apply(name.text, name.className, [operand], type)
    variables[result].output = name.output
    variables[result].name = name.resultName
    return result
  }

  /// Adds the axes that a reduction keeps with length 1.
  mutating func keepingAxes(_ axes: [Int], _ operand: Int, _ type: TensorType) -> Int {
    var next = 0
    let order = type.shape.indices.map { axis -> Int? in
      if axes.contains(axis) { return nil }
      defer { next += 1 }
      return next
    }
    let kept = type.shape.indices.filter { !axes.contains($0) }.map { type.shape[$0] }
    return dimShuffle(operand, order, TensorType(type.dtype, kept))
  }

  /// Adds the length of an axis, as a program says it or as it is when it has been compiled.
  mutating func extent(_ operand: Int, axis: Int, isCompiled: Bool) -> Int {
    if isCompiled {
      return apply(
        "Shape_i{\(axis)}", "martlet.basic.Shape_i", [operand], "TensorType(int64, scalar)")
    }
    let shape = apply("Shape", "martlet.basic.Shape", [operand], "TensorType(int64, vector)")
    return apply(
      "Subtensor{int64}", "martlet.subtensor.Subtensor", [shape, index(axis)],
      "TensorType(int64, scalar)", spelling: .subtensor(["Constant"]))
  }

  /// Adds the operands one after the other.
  mutating func join(_ operands: [Int], axis: Int, _ type: TensorType) -> Int {
    let place = constant("TensorConstant{\(axis)}", "TensorType(int8, scalar)")
    return apply(
      "Join", "martlet.basic.Join", [place] + operands, TheanoTexts.type(type),
      spelling: .call("join"))
  }

  /// Adds a product of matrices or vectors; compiled, it says what it is made of.
  mutating func product(_ a: Int, _ b: Int, _ types: [TensorType], _ type: TensorType) -> Int {
    let (left, right) = (types[0].rank, types[1].rank)
    let (name, className) =
      left == 2 && right == 2
      ? ("Dot22", "martlet.blas.Dot22")
      : left == right ? ("dot", "martlet.basic.Dot") : ("Gemv{no_inplace}", "martlet.blas.Gemv")
    return apply(name, className, [a, b], TheanoTexts.type(type))
  }
}

extension ScalarOp {
  /// How formulas write an application to tensors.
  func theanoSpelling(_ dtype: DType) -> TheanoSpelling {
    switch (self, theanoName.form) {
    case (.mod, _): .call("mod")  // An operator among scalars only.
    case (.cast, _): .call("\(dtype)")
    case (.abs, _): .magnitude
    case (_, .infix(let sign)): .infix(sign)
    case (_, .negation): .negation
    case (_, .call): .call(theanoName.elemwise)
    }
  }
}
