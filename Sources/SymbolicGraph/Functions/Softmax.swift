import Arrays
import Scalars

/// `exp(x) / sum(exp(x))` along an axis, without overflow.
public func softmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  x.withShift("softmax", [axis]) { difference, _, axes in
    let e = exp(difference)
    return e / e.sum(axes: axes, keepDims: true)
  }
}

/// `log(softmax(x))` along an axis, with the digits that the softmax of a small element loses.
public func logSoftmax(_ x: Tensor, axis: Int = -1) -> Tensor {
  x.withShift("logSoftmax", [axis]) { difference, _, axes in
    difference - log(exp(difference).sum(axes: axes, keepDims: true))
  }
}

extension Tensor {
  /// `log(sum(exp(x)))` along `axes` (all, unless given), without overflow; minus infinity for no
  /// elements.
  public func logSumExp(axes: [Int]? = nil, keepDims: Bool = false) -> Tensor {
    withShift("logSumExp", axes) { difference, shift, axes in
      let result = log(exp(difference).sum(axes: axes, keepDims: true)) + shift
      return keepDims ? result : result.squeeze(axes)
    }
  }

  /// Calls `body` with the elements less the greatest one along `axes`, that, and the axes.
  ///
  /// Where the greatest element is infinite or NaN, nothing is subtracted: those cases stay what the
  /// naive formulas make of them.
  fileprivate func withShift(
    _ operation: String, _ axes: [Int]?, _ body: (Tensor, Tensor, [Int]) -> Tensor
  ) -> Tensor {
    guard let type = node.type,
      let dtype = ScalarOp.exp.definition.signature.operandDType(for: type.dtype)
    else { return self }
    do throws(GraphError) {
      let axes = try Self.normalized(axes, operation, rank: type.rank)
      let x = cast(to: dtype)
      let peak = x.applying(
        Reduce(
          .max, axes: axes, keepDims: true, accumulator: dtype, dtype: dtype, allowsEmpty: true))
      let shift = `where`(abs(peak) .< Tensor(Double.infinity), peak, 0)
      return body(x - shift, shift, axes)
    } catch {
      return .broken(error, [self])
    }
  }
}
