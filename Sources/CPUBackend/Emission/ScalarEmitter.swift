internal import Arrays
internal import Scalars

/// Writes single instructions of lane programs, for one lane or a vector of them.
///
/// The results are those that `Instruction` documents, bit for bit the same in every number of
/// lanes. No instruction traps, whatever its operands hold: lanes that are switched off run too.
struct ScalarEmitter {
  let writer: IRWriter
  let tables: ConstantTables
  let target: VectorTarget
  /// Who writes calls; nil within a function, which calls no other.
  let calls: FunctionCalls?

  /// Writes `instruction` on `x`; `source` is the dtype of the last operand.
  func emit(
    _ instruction: Instruction, _ x: [IRValue], from source: DType, to dtype: DType
  ) -> IRValue {
    switch instruction {
    case .add: arithmetic("add", x, source)
    case .sub: arithmetic("sub", x, source)
    case .mul: arithmetic(source.isFloating ? "mul contract" : "mul", x, source)
    case .div: source.isFloating ? writer.binary("fdiv", x[0], x[1]) : quotient(x, source)
    case .rem: remainder(x, source)
    case .fma: intrinsic("fma", x)
    case .scale: scaled(x[0], by: x[1], source)
    case .neg: negated(x[0], source)
    case .abs: absolute(x[0], source)
    case .sqrt: intrinsic("sqrt", x)
    case .floor: rounded("floor", x[0], source)
    case .ceil: rounded("ceil", x[0], source)
    case .trunc: rounded("trunc", x[0], source)
    case .roundEven: rounded("roundeven", x[0], source)
    case .min: lesser(x[0], x[1], source)
    case .max: greater(x[0], x[1], source)
    case .eq: compare("eq", x, source)
    case .ne: compare("ne", x, source)
    case .lt: compare("lt", x, source)
    case .le: compare("le", x, source)
    case .gt: compare("gt", x, source)
    case .ge: compare("ge", x, source)
    case .and: writer.binary("and", x[0], x[1])
    case .or: writer.binary("or", x[0], x[1])
    case .xor: writer.binary("xor", x[0], x[1])
    case .not: writer.binary("xor", x[0], allOnes(like: x[0], source))
    case .shiftLeft: writer.binary("shl", x[0], x[1])
    case .shiftRight: writer.binary(source.isSigned ? "ashr" : "lshr", x[0], x[1])
    case .select: writer.select(x[0], x[1], x[2])
    case .convert: converted(x[0], from: source, to: dtype)
    case .bitcast: writer.convert("bitcast", x[0], to: IRType(dtype, lanes: x[0].type.lanes))
    case .lookup(let table): lookup(table, x[0], dtype)
    case .call(let operation): called(operation, [x], dtype)[0]
    }
  }

  /// Writes calls of the function of an operation on the operands of some vectors.
  func called(_ operation: ScalarOp, _ operands: [[IRValue]], _ dtype: DType) -> [IRValue] {
    guard let calls else { preconditionFailure("emission: a function calls \(operation)") }
    return calls.results(of: operation, operands, dtype, target, writer)
  }

  private func arithmetic(_ name: String, _ x: [IRValue], _ dtype: DType) -> IRValue {
    writer.binary(dtype.isFloating ? "f" + name : name, x[0], x[1])
  }

  /// A call of the intrinsic `name`, overloaded by the type of its operands.
  func intrinsic(_ name: String, _ x: [IRValue], flag: Bool? = nil) -> IRValue {
    let flags = flag.map { [IRValue(.bool($0))] } ?? []
    return writer.call("llvm.\(name).\(x[0].type.suffix)", x + flags, x[0].type)
  }

  private func negated(_ x: IRValue, _ dtype: DType) -> IRValue {
    dtype.isFloating
      ? writer.assign(x.type, "fneg \(x.typed)")
      : writer.binary("sub", zero(like: x, dtype), x)
  }

  private func absolute(_ x: IRValue, _ dtype: DType) -> IRValue {
    if dtype.isFloating { return intrinsic("fabs", [x]) }
    return dtype.isSigned ? intrinsic("abs", [x], flag: false) : x
  }

  private func rounded(_ name: String, _ x: IRValue, _ dtype: DType) -> IRValue {
    dtype.isFloating ? intrinsic(name, [x]) : x
  }

  /// The comparison `name` of `Instruction`, in the predicates of IR.
  func compare(_ name: String, _ x: [IRValue], _ dtype: DType) -> IRValue {
    if dtype.isFloating {
      // Only `ne` holds when an operand is NaN.
      return writer.compare(name == "ne" ? "fcmp une" : "fcmp o\(name)", x[0], x[1])
    }
    let isEquality = name == "eq" || name == "ne"
    return writer.compare(
      "icmp " + (isEquality ? name : (dtype.isSigned ? "s" : "u") + name), x[0], x[1])
  }

  func lesser(_ a: IRValue, _ b: IRValue, _ dtype: DType) -> IRValue {
    dtype.isFloating
      ? propagatingNaN(a, writer.select(compare("lt", [a, b], dtype), a, b))
      : dtype == .bool
        ? writer.binary("and", a, b) : intrinsic(dtype.isSigned ? "smin" : "umin", [a, b])
  }

  func greater(_ a: IRValue, _ b: IRValue, _ dtype: DType) -> IRValue {
    dtype.isFloating
      ? propagatingNaN(a, writer.select(compare("gt", [a, b], dtype), a, b))
      : dtype == .bool
        ? writer.binary("or", a, b) : intrinsic(dtype.isSigned ? "smax" : "umax", [a, b])
  }

  /// A comparison with a NaN fails, which chooses `b`: right where `b` is the NaN, not where `a` is.
  private func propagatingNaN(_ a: IRValue, _ chosen: IRValue) -> IRValue {
    writer.select(writer.compare("fcmp uno", a, a), a, chosen)
  }

  func zero(like x: IRValue, _ dtype: DType) -> IRValue {
    IRValue(.zero(dtype), lanes: x.type.lanes)
  }

  func one(like x: IRValue, _ dtype: DType) -> IRValue {
    IRValue(.one(dtype), lanes: x.type.lanes)
  }

  func allOnes(like x: IRValue, _ dtype: DType) -> IRValue {
    IRValue(
      dtype == .bool ? .bool(true) : Scalar.int(-1, .int64).cast(to: dtype), lanes: x.type.lanes)
  }
}
