package import Arrays

extension Instruction: TypedOperation {
  /// Which dtypes an instruction takes; its result has the same unless said otherwise.
  private enum Rule: String {
    case anyNumber = "numbers of one dtype"
    case floats = "floats of one dtype"
    case integers = "integers of one dtype"
    case bits = "bools, or integers of one dtype"
    case comparable = "operands of one dtype"
    case choice = "a bool and operands of one dtype"
    case any = "any operand"
    case sameWidth = "an operand as wide as the result"
    case index = "an int32 or int64"

    func allows(_ dtypes: [DType], _ result: DType) -> Bool {
      let first = dtypes[0], areEqual = dtypes.allSatisfy { $0 == first }
      return switch self {
      case .anyNumber: areEqual && first != .bool
      case .floats: areEqual && first.isFloating
      case .integers: areEqual && first.isInteger
      case .bits: areEqual && !first.isFloating
      case .comparable: areEqual
      case .choice: first == .bool && dtypes[1] == dtypes[2]
      case .any: true
      case .sameWidth: first.bitWidth == result.bitWidth && (first == .bool) == (result == .bool)
      case .index: first == .int32 || first == .int64
      }
    }
  }

  private var rule: Rule {
    switch self {
    case .add, .sub, .mul, .div, .neg, .abs, .floor, .ceil, .trunc, .roundEven: .anyNumber
    case .fma, .scale, .sqrt, .call: .floats
    case .rem, .shiftLeft, .shiftRight: .integers
    case .and, .or, .xor, .not: .bits
    case .min, .max, .eq, .ne, .lt, .le, .gt, .ge: .comparable
    case .select: .choice
    case .convert: .any
    case .bitcast: .sameWidth
    case .lookup: .index
    }
  }

  package var arity: Int {
    switch self {
    case .neg, .abs, .sqrt, .floor, .ceil, .trunc, .roundEven, .not, .convert, .bitcast, .lookup: 1
    case .add, .sub, .mul, .div, .rem, .scale, .min, .max: 2
    case .and, .or, .xor, .shiftLeft, .shiftRight: 2
    case .eq, .ne, .lt, .le, .gt, .ge: 2
    case .fma, .select: 3
    case .call(let operation): operation.definition.signature.arity
    }
  }

  package func verify(
    _ dtypes: [DType], _ result: DType, _ place: String
  ) throws(ProgramError) {
    guard rule.allows(dtypes, result) else {
      throw .operandDTypes(place, takes: rule.rawValue, got: dtypes)
    }
    let given: DType =
      switch self {
      case .eq, .ne, .lt, .le, .gt, .ge: .bool
      case .convert, .bitcast, .lookup: result
      default: dtypes[dtypes.count - 1]
      }
    guard given == result else { throw .resultDType(place, gives: given, got: result) }
  }
}
