import Arrays
import SymbolicGraph

extension Builder {
  /// Returns what a function makes of its arguments.
  func call(
    _ name: String, _ receiver: Syntax?, _ arguments: [Syntax.Argument], _ syntax: Syntax
  ) throws(ExpressionError) -> Tensor {
    guard let row = FunctionRow.table[name] else {
      throw .unknownFunction(
        name, known: FunctionRow.table.keys.sorted(),
        at: syntax.mark..<syntax.mark + name.count)
    }
    var given = arguments
    if let receiver {
      given.insert(Syntax.Argument(name: nil, value: receiver, columns: receiver.columns), at: 0)
    }
    var values = Arguments()
    for (parameter, argument) in try Binding(row, name, given, syntax).pairs {
      values.values[parameter.name] = try argument.value(for: parameter, of: name, self)
    }
    return try checked(row.make(values), syntax)
  }
}

/// Which argument goes to which parameter.
private struct Binding {
  /// What is given for one parameter.
  enum Given {
    case one(Syntax)
    /// Several integers without brackets, as in `x.reshape(2, 3)`.
    case several([Syntax])
  }

  private(set) var pairs: [(parameter: Parameter, argument: Given)] = []

  init(
    _ row: FunctionRow, _ name: String, _ arguments: [Syntax.Argument], _ syntax: Syntax
  ) throws(ExpressionError) {
    var positional = arguments.prefix { $0.name == nil }
    let named = arguments.dropFirst(positional.count)
    if let late = named.first(where: { $0.name == nil }) {
      throw .positionalAfterNamed(name, at: late.columns)
    }
    for parameter in row.parameters {
      guard let argument = positional.popFirst() else { break }
      var given = Given.one(argument.value)
      if parameter.kind.collects, parameter.name == row.parameters.last?.name, !positional.isEmpty {
        given = .several([argument.value] + positional.map(\.value))
        positional = []
      }
      pairs.append((parameter, given))
    }
    if let surplus = positional.first {
      throw .tooManyArguments(
        row.signature, name, takes: row.parameters.count, at: surplus.columns)
    }
    for argument in named { try bind(argument, row, name) }
    for parameter in row.parameters where parameter.isRequired {
      guard pairs.contains(where: { $0.parameter.name == parameter.name }) else {
        throw .missingArgument(
          row.signature, name, parameter.name, at: syntax.columns, mark: syntax.mark)
      }
    }
  }

  private mutating func bind(
    _ argument: Syntax.Argument, _ row: FunctionRow, _ name: String
  ) throws(ExpressionError) {
    let label = argument.name ?? ""
    guard let parameter = row.parameters.first(where: { $0.name == label }) else {
      throw .unknownArgument(
        row.signature, name, label, known: row.parameters.map(\.name), at: argument.columns)
    }
    if pairs.contains(where: { $0.parameter.name == label }) {
      throw .doubledArgument(row.signature, name, label, at: argument.columns)
    }
    pairs.append((parameter, .one(argument.value)))
  }
}

extension Parameter.Kind {
  fileprivate var collects: Bool { if case .integers = self { true } else { false } }
}

extension Binding.Given {
  /// Returns the value for a parameter.
  func value(
    for parameter: Parameter, of function: String, _ builder: Builder
  ) throws(ExpressionError) -> Arguments.Value {
    let (value, columns) = try plain(builder)
    if case .none = value, parameter.takesNone { return .none }
    if let result = try Self.convert(value, parameter.kind, columns, builder) { return result }
    throw .wrongArgument(
      function, parameter.name, takes: parameter.rule, got: value.description, at: columns)
  }

  private func plain(_ builder: Builder) throws(ExpressionError) -> (Value, Range<Int>) {
    switch self {
    case .one(let syntax): return (try builder.value(syntax), syntax.columns)
    case .several(let list):
      var values: [(value: Value, syntax: Syntax)] = []
      for syntax in list { values.append((try builder.value(syntax), syntax)) }
      let columns = list[0].columns.lowerBound..<list[list.count - 1].columns.upperBound
      return (.list(values), columns)
    }
  }

  private static func convert(
    _ value: Value, _ kind: Parameter.Kind, _ columns: Range<Int>, _ builder: Builder
  ) throws(ExpressionError) -> Arguments.Value? {
    switch (kind, value) {
    case (.tensor, _): return value.operand.map { .tensor($0) }
    case (.tensors, .list(let parts)):
      var tensors: [Tensor] = []
      for (value, syntax) in parts {
        guard let tensor = value.operand else {
          throw .notAnOperand(value.description, at: syntax.columns)
        }
        tensors.append(tensor)
      }
      return .tensors(tensors)
    case (.integer, .integer(let integer)), (.axis, .integer(let integer)): return .integer(integer)
    case (.integers, _): return value.integers.map { .integers($0) }
    case (.widths, _): return value.widths.map { .widths($0) }
    case (.flag, .flag(let flag)): return .flag(flag)
    case (.dtype, .dtype(let dtype)): return .dtype(dtype)
    case (.dtype, .text(let name)):
      guard let dtype = DType(rawValue: name) else {
        throw .unknownDType(name, known: DType.allCases.map(\.rawValue), at: columns)
      }
      return .dtype(dtype)
    case (.tensors, _), (.integer, _), (.axis, _), (.flag, _), (.dtype, _): return nil
    }
  }
}
