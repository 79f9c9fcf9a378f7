import Arrays
import GraphOptimizer
import KernelIR
import Profiling
import SymbolicGraph

extension Program {
  /// The memory of a call with arrays of these shapes.
  func memoryPlan(forShapes shapes: [[Int]]) throws -> MemoryPlan {
    guard shapes.count == inputs.count else {
      throw FunctionError.wrongCount(name, inputs, got: shapes.count)
    }
    // Each input is one zero that stretches: nothing of the size of the inputs is taken.
    let arrays = try zip(shapes, inputs).map { shape, input in
      do throws(ArrayError) {
        _ = try NDArray.byteCount(input.type.dtype, shape, for: "array")
      } catch {
        throw FunctionError.impossibleShape(name, input, got: shape, error)
      }
      return try NDArray.zeros(input.type.dtype, shape: []).broadcast(to: shape).checked()
    }
    let checked = try checked(arrays)
    return try memoryPlan(zip(checked, shapes).map { ArrayLayout($0.dtype, $1) })
  }

  /// The memory of a call with these arrays.
  func memoryPlan(for arrays: [NDArray]) throws -> MemoryPlan {
    try memoryPlan(try checked(arrays).map(\.layout))
  }

  private func memoryPlan(_ layouts: [ArrayLayout]) throws -> MemoryPlan {
    let plan = try plans.plan(for: layouts)
    return MemoryPlan(of: try plan.bound(to: layouts), plan, layouts)
  }
}
