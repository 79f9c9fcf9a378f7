import Scalars

extension ScalarOp {
  /// What NumPy and SciPy call the operation, first what messages do; its parameters.
  // swift-format-ignore
  var numPyNames: (names: [String], parameters: [String]) {
    switch self {
    case .add: (["add"], ["x", "y"])
    case .sub: (["subtract"], ["x", "y"])
    case .mul: (["multiply"], ["x", "y"])
    case .div: (["divide", "true_divide"], ["x", "y"])
    case .floorDiv: (["floor_divide"], ["x", "y"])
    case .mod: (["mod", "remainder"], ["x", "y"])
    case .pow: (["power", "pow"], ["x", "y"])
    case .neg: (["negative"], ["x"])
    case .fma: (["fma"], ["x", "y", "z"])
    case .eq: (["equal"], ["x", "y"])
    case .ne: (["not_equal"], ["x", "y"])
    case .lt: (["less"], ["x", "y"])
    case .le: (["less_equal"], ["x", "y"])
    case .gt: (["greater"], ["x", "y"])
    case .ge: (["greater_equal"], ["x", "y"])
    case .and: (["bitwise_and"], ["x", "y"])
    case .or: (["bitwise_or"], ["x", "y"])
    case .xor: (["bitwise_xor"], ["x", "y"])
    case .not: (["bitwise_not", "invert"], ["x"])
    case .where: (["where"], ["condition", "x", "y"])
    case .cast: ([], [])  // `astype`, which takes a dtype.
    case .abs: (["abs", "absolute"], ["x"])
    case .sign: (["sign"], ["x"])
    case .floor: (["floor"], ["x"])
    case .ceil: (["ceil"], ["x"])
    case .round: (["round", "rint"], ["x"])
    case .trunc: (["trunc"], ["x"])
    case .minimum: (["minimum"], ["x", "y"])
    case .maximum: (["maximum"], ["x", "y"])
    case .clip: (["clip"], ["x", "a_min", "a_max"])
    case .sqrt: (["sqrt"], ["x"])
    case .square: (["square"], ["x"])
    case .reciprocal: (["reciprocal"], ["x"])
    case .exp: (["exp"], ["x"])
    case .expm1: (["expm1"], ["x"])
    case .log: (["log"], ["x"])
    case .log1p: (["log1p"], ["x"])
    case .log1mexp: (["log1mexp"], ["x"])
    case .sin: (["sin"], ["x"])
    case .cos: (["cos"], ["x"])
    case .tan: (["tan"], ["x"])
    case .tanh: (["tanh"], ["x"])
    case .sigmoid: (["sigmoid", "expit"], ["x"])
    case .softplus: (["softplus"], ["x"])
    case .relu: (["relu"], ["x"])
    case .erf: (["erf"], ["x"])
    case .erfc: (["erfc"], ["x"])
    case .erfcx: (["erfcx"], ["x"])
    case .logErfc: (["log_erfc"], ["x"])
    }
  }
}
