import Arrays
import Scalars
import SymbolicGraph

/// A function of the language: how it is called, and what it makes.
struct FunctionRow: Sendable {
  /// What it is called, first by messages.
  let names: [String]
  let parameters: [Parameter]
  let make: @Sendable (Arguments) -> Tensor

  /// How it is called: `sum(x, axis, dtype, keepdims)`.
  var signature: String { "\(names[0])(\(parameters.map(\.name).joined(separator: ", ")))" }

  /// Every function by each of its names.
  static let table: [String: FunctionRow] = {
    var table: [String: FunctionRow] = [:]
    for row in elementwise + reductions + shapes { for name in row.names { table[name] = row } }
    return table
  }()

  init(
    _ names: [String], _ parameters: [Parameter],
    _ make: @escaping @Sendable (Arguments) -> Tensor
  ) {
    (self.names, self.parameters, self.make) = (names, parameters, make)
  }
}

extension FunctionRow {
  private static let x = Parameter("x", .tensor, isRequired: true)
  private static let y = Parameter("y", .tensor, isRequired: true)
  private static let axis = Parameter("axis", .axis)
  private static let oneAxis = Parameter("axis", .integer)
  private static let axes = Parameter("axis", .integers)
  private static let keepDims = Parameter("keepdims", .flag)
  private static let dtype = Parameter("dtype", .dtype)

  /// Every scalar operation that has a name in NumPy, and logic, which asks whether numbers are zero.
  static let elementwise: [FunctionRow] =
    ScalarOp.allCases.compactMap { op in
      let (names, parameters) = op.numPyNames
      guard !names.isEmpty else { return nil }
      return FunctionRow(names, parameters.map { Parameter($0, .tensor, isRequired: true) }) {
        arguments in
        .elementwise(op, of: parameters.map(arguments.tensor))
      }
    } + [
      FunctionRow(["astype", "cast"], [x, Parameter("dtype", .dtype, isRequired: true)]) {
        $0.tensor("x").cast(to: $0.dtype("dtype") ?? .float64)
      },
      FunctionRow(["logical_and"], [x, y]) { $0.truth("x") .& $0.truth("y") },
      FunctionRow(["logical_or"], [x, y]) { $0.truth("x") .| $0.truth("y") },
      FunctionRow(["logical_xor"], [x, y]) { $0.truth("x") .^ $0.truth("y") },
      FunctionRow(["logical_not"], [x]) { .!$0.truth("x") },
    ]

  static let reductions: [FunctionRow] = [
    FunctionRow(["sum"], [x, axes, dtype, keepDims]) {
      $0.tensor("x").sum(axes: $0.integers("axis"), keepDims: $0.keepDims, dtype: $0.dtype("dtype"))
    },
    FunctionRow(["prod"], [x, axes, dtype, keepDims]) {
      $0.tensor("x").prod(
        axes: $0.integers("axis"), keepDims: $0.keepDims, dtype: $0.dtype("dtype"))
    },
    FunctionRow(["mean"], [x, axes, keepDims]) {
      $0.tensor("x").mean(axes: $0.integers("axis"), keepDims: $0.keepDims)
    },
    FunctionRow(["var"], [x, axes, Parameter("ddof", .integer), keepDims]) {
      $0.tensor("x").variance(
        axes: $0.integers("axis"), keepDims: $0.keepDims, correction: $0.integer("ddof") ?? 0)
    },
    FunctionRow(["std"], [x, axes, Parameter("ddof", .integer), keepDims]) {
      $0.tensor("x").std(
        axes: $0.integers("axis"), keepDims: $0.keepDims, correction: $0.integer("ddof") ?? 0)
    },
    FunctionRow(["min", "amin"], [x, axes, keepDims]) {
      $0.tensor("x").min(axes: $0.integers("axis"), keepDims: $0.keepDims)
    },
    FunctionRow(["max", "amax"], [x, axes, keepDims]) {
      $0.tensor("x").max(axes: $0.integers("axis"), keepDims: $0.keepDims)
    },
    FunctionRow(["any"], [x, axes, keepDims]) {
      $0.tensor("x").any(axes: $0.integers("axis"), keepDims: $0.keepDims)
    },
    FunctionRow(["all"], [x, axes, keepDims]) {
      $0.tensor("x").all(axes: $0.integers("axis"), keepDims: $0.keepDims)
    },
    FunctionRow(["argmin"], [x, axis, keepDims]) {
      $0.tensor("x").argmin(axes: $0.integer("axis").map { [$0] }, keepDims: $0.keepDims)
    },
    FunctionRow(["argmax"], [x, axis, keepDims]) {
      $0.tensor("x").argmax(axes: $0.integer("axis").map { [$0] }, keepDims: $0.keepDims)
    },
    FunctionRow(["logsumexp"], [x, axes, keepDims]) {
      $0.tensor("x").logSumExp(axes: $0.integers("axis"), keepDims: $0.keepDims)
    },
    FunctionRow(["softmax"], [x, oneAxis]) {
      softmax($0.tensor("x"), axis: $0.integer("axis") ?? -1)
    },
    FunctionRow(["log_softmax"], [x, oneAxis]) {
      logSoftmax($0.tensor("x"), axis: $0.integer("axis") ?? -1)
    },
    FunctionRow(["size"], [x, axis]) { arguments in
      let x = arguments.tensor("x")
      return arguments.integer("axis").map { x.dim($0) } ?? x.count
    },
  ]

  static let shapes: [FunctionRow] = [
    FunctionRow(["reshape"], [x, Parameter("shape", .integers, isRequired: true)]) {
      $0.tensor("x").reshape($0.integers("shape") ?? [])
    },
    FunctionRow(["transpose"], [x, Parameter("axes", .integers)]) {
      $0.tensor("x").transpose($0.integers("axes"))
    },
    FunctionRow(["expand_dims"], [x, Parameter("axis", .integer, isRequired: true)]) {
      $0.tensor("x").expandDims($0.integer("axis") ?? 0)
    },
    FunctionRow(["squeeze"], [x, axes]) { $0.tensor("x").squeeze($0.integers("axis")) },
    FunctionRow(["broadcast_to"], [x, Parameter("shape", .integers, isRequired: true)]) {
      $0.tensor("x").broadcast(to: $0.integers("shape") ?? [])
    },
    FunctionRow(["ravel"], [x]) { $0.tensor("x").reshape([-1]) },
    FunctionRow(["concatenate"], [Parameter("arrays", .tensors, isRequired: true), axis]) {
      let arrays = $0.tensors("arrays")
      return $0.isNone("axis")
        ? concatenate(arrays.map { $0.reshape([-1]) })
        : concatenate(arrays, axis: $0.integer("axis") ?? 0)
    },
    FunctionRow(
      ["pad"],
      [
        x, Parameter("pad_width", .widths, isRequired: true), Parameter("constant_values", .tensor),
      ]
    ) {
      let widths = $0.widths("pad_width", of: "x")
      return $0.tensor("x").pad(widths, constant: $0.optionalTensor("constant_values"))
    },
    FunctionRow(["matmul"], [x, y]) { matmul($0.tensor("x"), $0.tensor("y")) },
    FunctionRow(["dot"], [x, y]) { dot($0.tensor("x"), $0.tensor("y")) },
  ]
}

extension Arguments {
  fileprivate var keepDims: Bool { flag("keepdims") }

  /// Whether the elements differ from zero.
  fileprivate func truth(_ name: String) -> Tensor { tensor(name).cast(to: .bool) }
}
