import Arrays
import Scalars

/// What Theano calls a reduction.
struct TheanoReductionName {
  /// The operation, `Sum{axis=[1], acc_dtype=float64}`.
  let text: String
  let className: String
  /// Which result is meant, of an operation with several.
  var output: Int?
  /// What Theano names that result.
  var resultName = ""

  /// - Parameter isCompiled: Whether the name is the one after optimization, where the extreme and its
  ///   position have operations of their own.
  init(
    _ reduction: Reduction, axes: [Int], isAll: Bool, accumulator: DType, dtype: DType,
    isCompiled: Bool
  ) {
    let numbers = axes.map(String.init)
    let list = numbers.joined(separator: ", "), tuple = TheanoTexts.tuple(numbers)
    switch reduction {
    case .sum:
      text = "Sum{\(isAll ? "" : "axis=[\(list)], ")acc_dtype=\(accumulator)}"
      className = "martlet.elemwise.Sum"
    case .prod:
      text = "Prod{axis=\(isAll ? "None" : tuple), dtype='\(dtype)', acc_dtype='\(accumulator)'}"
      className = "martlet.elemwise.Prod"
    case .any, .all:
      text = (reduction == .any ? "Any" : "All") + (isAll ? "" : "{\(list)}")
      className = "martlet.elemwise." + (reduction == .any ? "Any" : "All")
    case .max, .argmax:
      if isCompiled {
        text = reduction == .max ? "Reduce{maximum}{\(list)}" : "Argmax{axis=\(tuple)}"
        className = reduction == .max ? "martlet.elemwise.CAReduce" : "martlet.basic.Argmax"
      } else {
        text = "MaxAndArgmax{axis=\(tuple)}"
        className = "martlet.basic.MaxAndArgmax"
        output = reduction == .max ? 0 : 1
      }
      resultName = reduction.rawValue
    case .min:
      text = "Reduce{minimum}{\(list)}"
      className = "martlet.elemwise.CAReduce"
    case .argmin:
      text = "Argmin{axis=\(tuple)}"
      className = "martlet.basic.Argmin"
    }
  }
}
