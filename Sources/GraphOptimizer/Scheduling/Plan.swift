package import KernelIR
package import SymbolicGraph

/// What a function runs, for every size of its inputs: kernels and library calls over the values of a
/// graph.
package struct Plan: Sendable {
  /// The graph after all passes, whose values the steps speak of.
  package let graph: Graph
  /// The steps in order.
  package internal(set) var steps: [Step] = []
  /// The values that are written to memory, by the step that does.
  var writers: [Int: Int] = [:]

  /// One thing to run.
  package enum Step: Sendable {
    case kernel(KernelStep)
    case matmul(MatmulStep)
    case concatenate(ConcatenateStep)
  }

  /// A kernel with the values that it reads and writes.
  package struct KernelStep: Sendable {
    /// What texts call it.
    package let name: String
    package let kernel: Kernel
    /// The value of each argument.
    package let arguments: [Int]
    /// A value whose shape is the iteration space, and which of its axes each kernel axis is.
    package let space: Int
    package let axes: [Int]
    /// For each access and kernel axis, the axis of the argument that it walks along.
    let accessAxes: [[Int?]]
    /// The lengths that are scalars of the kernel.
    package let extents: [(value: Int, axis: Int)]
    /// Where the expressions that it computes were written.
    package let origins: [Origin]

    /// The values that it reads.
    package var reads: [Int] {
      zip(arguments, kernel.arguments).filter { !$1.isOutput }.map { $0.0 }
    }

    /// The values that it writes.
    package var results: [Int] {
      zip(arguments, kernel.arguments).filter { $1.isOutput }.map { $0.0 }
    }
  }

  /// A matrix product.
  package struct MatmulStep: Sendable {
    package let name: String
    package let a: Int, b: Int, result: Int
  }

  /// Operands written one after the other along an axis.
  package struct ConcatenateStep: Sendable {
    package let name: String
    package let operands: [Int]
    package let axis: Int
    package let result: Int
  }

  /// The kernels, in the order of the steps.
  package var kernels: [KernelStep] {
    steps.compactMap { if case .kernel(let step) = $0 { step } else { nil } }
  }
}
