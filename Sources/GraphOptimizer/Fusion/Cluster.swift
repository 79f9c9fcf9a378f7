import SymbolicGraph

/// Values that one kernel computes: all are functions of the same iteration space, or of what is left
/// of it when some axes are reduced.
struct Cluster {
  /// A value whose shape is the iteration space.
  var space: Int
  /// The lengths of the space.
  var lengths: [SymbolicShapes.Length]
  /// The axes of the space that are reduced, ascending; empty while nothing is.
  var reduced: [Int] = []
  /// What it computes, in order.
  var members: [Member] = []
  /// What it reads from memory.
  var leaves: Set<Int> = []
  /// How many operations its programs have, repeats counted.
  var length = 0

  /// A value that a cluster computes.
  struct Member {
    /// The number of the value.
    var value: Int
    var kind: Kind
    /// The stage that computes it: one more than those whose accumulators it needs inside a loop.
    var stage: Int
  }

  /// How a member relates to the iteration space.
  enum Kind {
    /// A value for every point of the space.
    case point
    /// A reduction over the reduced axes.
    case accumulator
    /// A value for every point of the kept axes, made from accumulators.
    case finish
  }

  /// Whether there is nothing to run in parallel but the reduced axes themselves.
  var isFullReduction: Bool { !reduced.isEmpty && reduced.count == lengths.count }
}

/// One step of a plan before its kernels are made.
enum Item {
  case cluster(Cluster)
  case matmul(Int)
  case concatenate(Int)
}
