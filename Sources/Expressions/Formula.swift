package import SymbolicGraph

/// One or several expressions, separated by commas, in the language of NumPy.
///
/// Operators, their precedence, calls, keyword arguments and slices are Python's; the functions are the
/// library's under NumPy's names (`Formula.functions`).
package struct Formula: Sendable {
  /// The text.
  package let source: String
  private let syntax: [Syntax]

  /// Parses a text.
  ///
  /// - Throws: `ExpressionError` with the column at which it is no expression.
  package init(_ source: String) throws(ExpressionError) {
    self.source = source
    do throws(ExpressionError) {
      syntax = try Parser.parse(source)
    } catch {
      throw error.located(in: source)
    }
  }

  /// The text of each expression.
  package var outputs: [String] {
    let characters = Array(source)
    return syntax.map { String(characters[$0.columns]) }
  }

  /// Returns the tensors that the expressions stand for.
  ///
  /// - Parameter inputs: What names stand for. Their lengths are known, since slices are cut off at
  ///   the ends.
  /// - Throws: `ExpressionError` for names that mean nothing, arguments that do not fit, and what
  ///   breaks a rule of an operation.
  package func tensors(_ inputs: [String: Tensor]) throws(ExpressionError) -> [Tensor] {
    do throws(ExpressionError) {
      let builder = Builder(inputs: inputs)
      var tensors: [Tensor] = []
      for expression in syntax { tensors.append(try builder.tensor(expression)) }
      return tensors
    } catch {
      throw error.located(in: source)
    }
  }

  /// Every function as it is called, `sum(x, axis, dtype, keepdims)`, with its other names.
  package static var functions: [(signature: String, otherNames: [String])] {
    (FunctionRow.elementwise + FunctionRow.reductions + FunctionRow.shapes)
      .map { ($0.signature, Array($0.names.dropFirst())) }
  }
}

extension ExpressionError {
  fileprivate func located(in source: String) -> ExpressionError {
    var error = self
    error.source = source
    return error
  }
}
