public import Arrays
import Scalars

extension Tensor {
  /// The sum along `axes` (all, unless given).
  ///
  /// Bools and signed integers sum in `int64`, unsigned ones in `uint64`, and that is the result's
  /// dtype; floats sum in `float64`, and the result has their dtype.
  /// - Parameters:
  ///   - axes: The axes that go; negative ones count from the end.
  ///   - keepDims: Whether they stay, with length 1.
  ///   - dtype: The dtype of the result, instead of the above.
  ///   - accumulator: The dtype in which values are added, instead of the above.
  public func sum(
    axes: [Int]? = nil, keepDims: Bool = false, dtype: DType? = nil, accumulator: DType? = nil
  ) -> Tensor {
    reduced(.sum, axes, keepDims, dtype, accumulator)
  }

  /// The product along `axes`; dtypes as for `sum`.
  public func prod(
    axes: [Int]? = nil, keepDims: Bool = false, dtype: DType? = nil, accumulator: DType? = nil
  ) -> Tensor {
    reduced(.prod, axes, keepDims, dtype, accumulator)
  }

  /// The least element along `axes`; NaN if one is. Zero elements are an error at the call.
  public func min(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduced(.min, axes, keepDims)
  }

  /// The greatest element along `axes`; NaN if one is. Zero elements are an error at the call.
  public func max(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduced(.max, axes, keepDims)
  }

  /// Whether any element along `axes` is other than zero; `bool`.
  public func any(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduced(.any, axes, keepDims)
  }

  /// Whether all elements along `axes` are other than zero; `bool`.
  public func all(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduced(.all, axes, keepDims)
  }

  /// The position of the first least element along `axes`, in row-major order; `int64`.
  public func argmin(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduced(.argmin, axes, keepDims)
  }

  /// The position of the first greatest element along `axes`, in row-major order; `int64`.
  public func argmax(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    reduced(.argmax, axes, keepDims)
  }

  /// The mean along `axes`, computed in `float64`; `float32` stays, integers give `float64`.
  public func mean(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    guard let type = node.type else { return self }
    do throws(GraphError) {
      let reduced = try Self.normalized(axes, "mean", rank: type.rank)
      let total = sum(axes: reduced, keepDims: keepDims, dtype: .float64)
      let mean = total / reduced.map { dim($0) }.reduce(Tensor(1), *).cast(to: .float64)
      return type.dtype == .float32 ? mean.cast(to: .float32) : mean
    } catch {
      return .broken(error, [self])
    }
  }

  /// The variance along `axes`: the mean square of what elements differ from their mean by, with
  /// dtypes as for `mean`.
  ///
  /// - Parameter correction: What is taken from the number of elements before dividing by it: 1 for
  ///   the variance of a population that the elements are a sample of.
  public func variance(
    axes: [Int]? = nil, keepDims: Bool = false, correction: Int = 0
  ) -> Tensor {
    variance("variance", axes: axes, keepDims: keepDims, correction: correction)
  }

  /// - Parameter function: What errors call it.
  private func variance(
    _ function: String, axes: [Int]?, keepDims: Bool, correction: Int
  ) -> Tensor {
    guard let type = node.type else { return self }
    do throws(GraphError) {
      let reduced = try Self.normalized(axes, function, rank: type.rank)
      let difference = self - mean(axes: reduced, keepDims: true)
      let total = square(difference).sum(axes: reduced, keepDims: keepDims, dtype: .float64)
      let count = reduced.map { dim($0) }.reduce(Tensor(1), *)
      let exact = count.cast(to: .float64)
      let divisor =
        correction == 0 ? exact : SymbolicGraph.max(exact - Tensor(Double(correction)), 0)
      let variance = total / divisor
      return type.dtype == .float32 ? variance.cast(to: .float32) : variance
    } catch {
      return .broken(error, [self])
    }
  }

  /// The standard deviation along `axes`, the square root of `variance`.
  public func std(axes: [Int]? = nil, keepDims: Bool = false, correction: Int = 0) -> Tensor {
    sqrt(variance("std", axes: axes, keepDims: keepDims, correction: correction))
  }

  /// The length of one axis as an `int64` tensor without axes.
  public func dim(_ axis: Int) -> Tensor {
    guard let type = node.type else { return self }
    do throws(GraphError) {
      return applying(ExtentOf(axis: try Self.normalized([axis], "dim", rank: type.rank)[0]))
    } catch {
      return .broken(error, [self])
    }
  }

  /// The number of elements as an `int64` tensor without axes.
  public var count: Tensor {
    guard let type = node.type else { return self }
    let one = Tensor.constant(NDArray(scalar: Scalar(1)))
    return type.rank == 0 ? one : (1..<type.rank).map { dim($0) }.reduce(dim(0), *)
  }

  private func reduced(
    _ reduction: Reduction, _ axes: [Int]?, _ keepDims: Bool, _ dtype: DType? = nil,
    _ accumulator: DType? = nil
  ) -> Tensor {
    guard let type = node.type else { return self }
    let origin = Origin.capture()
    let axisList: [Int]
    do throws(GraphError) {
      axisList = try Self.normalized(axes, reduction.rawValue, rank: type.rank)
    } catch {
      return .broken(error, [self], origin: origin)
    }
    let rule = reduction.dtypes(for: type.dtype, result: dtype, accumulator: accumulator)
    // An extreme of bools stays one, which no values have.
    let isOfBools = rule.accumulator == .bool && reduction.hasIdentity
    return applying(
      Reduce(
        isOfBools ? reduction.ofBools : reduction, axes: axisList,
        keepDims: keepDims, accumulator: rule.accumulator,
        dtype: rule.result), origin: origin)
  }

  /// Returns the axes ascending and counted from the front.
  static func normalized(
    _ axes: [Int]?, _ operation: String, rank: Int, of owner: String = "operand"
  ) throws(GraphError) -> [Int] {
    guard let axes else { return Array(0..<rank) }
    var result: [Int] = []
    for axis in axes {
      guard (-rank..<rank).contains(axis) else {
        throw .noSuchAxis(operation, axis, rank: rank, of: owner)
      }
      let positive = axis < 0 ? axis + rank : axis
      if result.contains(positive) { throw .repeatedAxis(operation, axis) }
      result.append(positive)
    }
    return result.sorted()
  }
}

extension Reduction {
  /// Returns the dtype in which values of `operand` combine and the dtype of the result.
  fileprivate func dtypes(
    for operand: DType, result: DType?, accumulator: DType?
  ) -> (accumulator: DType, result: DType) {
    switch self {
    case .sum, .prod:
      let natural: DType =
        operand.isFloating ? operand : operand.isUnsigned ? .uint64 : .int64
      let given = result ?? natural
      return (accumulator ?? (given.isFloating ? .float64 : given), given)
    case .min, .max: return (operand, operand)
    case .any, .all: return (.bool, .bool)
    case .argmin, .argmax: return (operand == .bool ? .uint8 : operand, .int64)
    }
  }
}
