public import SymbolicGraph

extension Function {
  /// Tells what becomes of an expression that the function computes: how it is rewritten, which kernel
  /// computes it, why others are not computed there too, and what that kernel reads, writes and
  /// computes.
  ///
  ///     let e = exp(x)
  ///     let f = try Function([x], log(1 + e).sum())
  ///     print(try f.explain(e))
  ///
  /// Values are named as in the text of the graph at that stage (`MARTLET_DEBUG=3`).
  /// - Throws: `FunctionError` for a tensor that the outputs are not made of.
  public func explain(_ tensor: Tensor) throws -> String { try program.explanation(of: tensor) }
}
