import Arrays
import Scalars

/// What Theano calls a scalar operation.
struct TheanoScalarName {
  /// The operation on tensors, as `Elemwise{exp,no_inplace}` names it.
  let elemwise: String
  /// How it is written inside a composite.
  let form: Form

  /// How an application is written.
  enum Form {
    case infix(String)
    case negation
    case call(String)
  }

  init(_ elemwise: String, _ form: Form? = nil) {
    self.elemwise = elemwise
    self.form = form ?? .call(elemwise)
  }
}

extension ScalarOp {
  /// The names in Theano 1.0.5. What Theano lacks is called as in PyTensor, or else in its manner.
  // swift-format-ignore
  var theanoName: TheanoScalarName {
    switch self {
    case .add: TheanoScalarName("add", .infix("+"))
    case .sub: TheanoScalarName("sub", .infix("-"))
    case .mul: TheanoScalarName("mul", .infix("*"))
    case .div: TheanoScalarName("true_div", .infix("/"))
    case .floorDiv: TheanoScalarName("int_div", .infix("//"))
    case .mod: TheanoScalarName("mod", .infix("%"))
    case .pow: TheanoScalarName("pow", .infix("**"))
    case .neg: TheanoScalarName("neg", .negation)
    case .fma: TheanoScalarName("fma")
    case .eq: TheanoScalarName("eq", .call("EQ"))
    case .ne: TheanoScalarName("neq", .call("NEQ"))
    case .lt: TheanoScalarName("lt", .call("LT"))
    case .le: TheanoScalarName("le", .call("LE"))
    case .gt: TheanoScalarName("gt", .call("GT"))
    case .ge: TheanoScalarName("ge", .call("GE"))
    case .and: TheanoScalarName("and_", .call("AND"))
    case .or: TheanoScalarName("or_", .call("OR"))
    case .xor: TheanoScalarName("xor", .call("XOR"))
    case .not: TheanoScalarName("invert", .call("Invert"))
    case .where: TheanoScalarName("switch", .call("Switch"))
    case .cast: TheanoScalarName("Cast")
    case .abs: TheanoScalarName("abs_", .call("Abs"))
    case .sign: TheanoScalarName("sgn")
    case .round: TheanoScalarName("round_half_to_even", .call("RoundHalfToEven"))
    case .square: TheanoScalarName("sqr")
    case .reciprocal: TheanoScalarName("inv")
    case .sigmoid: TheanoScalarName("sigmoid", .call("scalar_sigmoid"))
    case .softplus: TheanoScalarName("softplus", .call("scalar_softplus"))
    case .logErfc: TheanoScalarName("log_erfc")
    case .floor, .ceil, .trunc, .minimum, .maximum, .clip, .sqrt, .exp, .expm1, .log, .log1p,
      .log1mexp, .sin, .cos, .tan, .tanh, .relu, .erf, .erfc, .erfcx:
      TheanoScalarName(rawValue)
    }
  }

  /// The name of the operation on tensors, with the dtype of its result.
  func theanoElemwise(_ dtype: DType) -> String {
    switch self {
    case .cast: "Elemwise{Cast{\(dtype)}}"
    case .sigmoid, .softplus: theanoName.elemwise  // Theano gave these two names of their own.
    default: "Elemwise{\(theanoName.elemwise),no_inplace}"
    }
  }
}
