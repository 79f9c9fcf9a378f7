public import Arrays
import KernelIR
public import Profiling
import SymbolicGraph

extension Function {
  /// What the function did so far, if it was asked to count: by `profile: true`, by its session, or by
  /// `MARTLET_PROFILE`.
  public var profile: Profile? { program.recorder.map { Profile($0) } }

  /// Tells how much memory a call takes, by step and by array, without running it.
  ///
  /// - Parameter shapes: The shape of every input, in the order of the call. Inputs are taken to lie in
  ///   memory row by row.
  /// - Throws: As a call with such inputs does.
  public func memoryPlan(for shapes: [[Int]]) throws -> MemoryPlan {
    try program.memoryPlan(forShapes: shapes)
  }

  /// Tells how much memory a call with these arrays takes, without running it.
  public func memoryPlan(forArrays arrays: [NDArray]) throws -> MemoryPlan {
    try program.memoryPlan(for: arrays)
  }
}
