package import Arrays
package import Scalars
package import SymbolicGraph

/// What one step of a recipe does with its operands: one of the operations that users write.
package enum Form: Sendable {
  case input(SampleArray, [Extent])
  case constant(SampleArray)
  case scalar(ScalarOp)
  case cast(DType)
  case reduce(Reduction, axes: [Int]?, keepDims: Bool, dtype: DType?, accumulator: DType?)
  case mean(axes: [Int]?, keepDims: Bool)
  case dim(Int)
  case count
  case reshape([Int])
  case transpose([Int]?)
  case expandDims(Int)
  case squeeze([Int]?)
  case broadcast([Int])
  case select([AxisSelection])
  case concatenate(axis: Int)
  case pad([[Int]], constant: Int)
  case matmul
  case dot

  /// Whether the form is a source of values: it has no operands.
  package var isSource: Bool {
    switch self {
    case .input, .constant: true
    default: false
    }
  }

  /// The name of the operation, whatever its attributes.
  package var name: String {
    switch self {
    case .scalar(let op): op.rawValue
    case .reduce(let reduction, _, _, _, _): reduction.rawValue
    case .count, .matmul, .dot: "\(self)"
    default: String("\(self)".prefix { $0 != "(" })
    }
  }

  /// Returns the tensor that the form makes of `x`.
  package func apply(_ x: [Tensor], name: String) throws -> Tensor {
    switch self {
    case .input(let sample, let extents): Tensor(name, sample.elements.dtype, shape: extents)
    case .constant(let sample): .constant(try sample.array)
    case .scalar(let op): Spelling.of(op)?.apply(x) ?? .elementwise(op, x[0])
    case .cast(let dtype): x[0].cast(to: dtype)
    case .reduce(let reduction, let axes, let keepDims, let dtype, let accumulator):
      reduction.apply(x[0], axes, keepDims, dtype, accumulator)
    case .mean(let axes, let keepDims): x[0].mean(axes: axes, keepDims: keepDims)
    case .dim(let axis): x[0].dim(axis)
    case .count: x[0].count
    case .reshape(let shape): x[0].reshape(shape)
    case .transpose(let axes): x[0].transpose(axes)
    case .expandDims(let axis): x[0].expandDims(axis)
    case .squeeze(let axes): x[0].squeeze(axes)
    case .broadcast(let shape): x[0].broadcast(to: shape)
    case .select(let selections): x[0].selecting(selections)
    case .concatenate(let axis): SymbolicGraph.concatenate(x, axis: axis)
    case .pad(let widths, let constant):
      x[0].pad(widths.map { ($0[0], $0[1]) }, constant: Tensor(constant))
    case .matmul: SymbolicGraph.matmul(x[0], x[1])
    case .dot: SymbolicGraph.dot(x[0], x[1])
    }
  }

  /// Returns the source text of the form, `x` being the texts of the operands.
  package func text(_ x: [String], name: String) -> String {
    switch self {
    case .input(let sample, let extents):
      "Tensor(\"\(name)\", .\(sample.elements.dtype), shape: [\(Self.text(extents))])"
    case .constant(let sample): "try Tensor.constant(\(sample.text))"
    case .scalar(let op): Spelling.of(op)?.text(x) ?? "\(op)"
    case .cast(let dtype): "\(x[0]).cast(to: .\(dtype))"
    case .reduce(let reduction, let axes, let keepDims, let dtype, let accumulator):
      "\(x[0]).\(reduction)(\(Self.text(axes, keepDims, dtype, accumulator)))"
    case .mean(let axes, let keepDims): "\(x[0]).mean(\(Self.text(axes, keepDims, nil, nil)))"
    case .dim(let axis): "\(x[0]).dim(\(axis))"
    case .count: "\(x[0]).count"
    case .reshape(let shape): "\(x[0]).reshape(\(shape))"
    case .transpose(let axes): "\(x[0]).transpose(\(axes.map { "\($0)" } ?? ""))"
    case .expandDims(let axis): "\(x[0]).expandDims(\(axis))"
    case .squeeze(let axes): "\(x[0]).squeeze(\(axes.map { "\($0)" } ?? ""))"
    case .broadcast(let shape): "\(x[0]).broadcast(to: \(shape))"
    case .select(let selections): "\(x[0])[\(Self.text(selections))]"
    case .concatenate(let axis): "concatenate([\(x.joined(separator: ", "))], axis: \(axis))"
    case .pad(let widths, let constant):
      "\(x[0]).pad([\(Self.text(widths))], constant: \(constant))"
    case .matmul: "matmul(\(x[0]), \(x[1]))"
    case .dot: "dot(\(x[0]), \(x[1]))"
    }
  }

  private static func text(
    _ axes: [Int]?, _ keepDims: Bool, _ dtype: DType?, _ accumulator: DType?
  ) -> String {
    [
      axes.map { "axes: \($0)" }, keepDims ? "keepDims: true" : nil,
      dtype.map { "dtype: .\($0)" }, accumulator.map { "accumulator: .\($0)" },
    ].compactMap(\.self).joined(separator: ", ")
  }

  private static func text(_ selections: [AxisSelection]) -> String {
    let none = [AxisSelection.remainingAxes]
    return (selections.isEmpty ? none : selections).map(\.swiftText).joined(separator: ", ")
  }

  private static func text(_ widths: [[Int]]) -> String {
    widths.map { "(\($0[0]), \($0[1]))" }.joined(separator: ", ")
  }

  private static func text(_ extents: [Extent]) -> String {
    extents.map { extent in
      switch extent {
      case .fixed(let length): "\(length)"
      case .named(let name): "\"\(name)\""
      case .unknown: ".unknown"
      }
    }.joined(separator: ", ")
  }
}

extension Reduction {
  fileprivate func apply(
    _ x: Tensor, _ axes: [Int]?, _ keepDims: Bool, _ dtype: DType?, _ accumulator: DType?
  ) -> Tensor {
    switch self {
    case .sum: x.sum(axes: axes, keepDims: keepDims, dtype: dtype, accumulator: accumulator)
    case .prod: x.prod(axes: axes, keepDims: keepDims, dtype: dtype, accumulator: accumulator)
    case .min: x.min(axes: axes, keepDims: keepDims)
    case .max: x.max(axes: axes, keepDims: keepDims)
    case .any: x.any(axes: axes, keepDims: keepDims)
    case .all: x.all(axes: axes, keepDims: keepDims)
    case .argmin: x.argmin(axes: axes, keepDims: keepDims)
    case .argmax: x.argmax(axes: axes, keepDims: keepDims)
    }
  }
}

extension Tensor {
  /// The subscript, for lists made at run time.
  fileprivate func selecting(_ s: [AxisSelection]) -> Tensor {
    switch s.count {
    case 0: self[.ellipsis]
    case 1: self[s[0]]
    case 2: self[s[0], s[1]]
    case 3: self[s[0], s[1], s[2]]
    case 4: self[s[0], s[1], s[2], s[3]]
    case 5: self[s[0], s[1], s[2], s[3], s[4]]
    default: self[s[0], s[1], s[2], s[3], s[4], s[5]]
    }
  }
}

extension AxisSelection {
  fileprivate var swiftText: String {
    switch self {
    case .at(let index): "\(index)"
    case .insertedAxis: ".newAxis"
    case .remainingAxes: ".ellipsis"
    case .range(nil, nil, 1): ".all"
    case .range(nil, nil, let step): ".stride(by: \(step))"
    case .range(let from, let to?, let step) where to < 0:
      "AxisSelection.range(from: \(from ?? 0), to: \(to), step: \(step))"
    case .range(let from?, nil, 1): "\(from)..."
    case .range(let from, let to, 1): "\(from ?? 0)..<\(to ?? 0)"
    case .range(let from, let to, let step): ".stride(\(from ?? 0)..<\(to ?? 0), by: \(step))"
    case .backwards(let from, let to, let step):
      ".stride(from: \(from.map(String.init) ?? "nil"), to: \(to.map(String.init) ?? "nil"), "
        + "by: \(step))"
    }
  }
}
