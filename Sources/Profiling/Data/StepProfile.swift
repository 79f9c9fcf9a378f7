/// What is known of one step of a function over all calls.
public struct StepProfile: Codable, Sendable, Equatable {
  /// What the plan calls it, `pi.k0`.
  public var name: String
  /// What it computes, in the words of Theano's profile: the class of the operation, the operation,
  /// and the operation with its operands.
  public var className: String, opName: String, applyName: String
  /// What runs it.
  public var kind: Kind
  /// Its place among the steps of the plan.
  public var number: Int
  /// How often it ran.
  public var calls = 0
  /// The time from its beginning to its end.
  public var seconds = 0.0
  /// What it read, each byte counted once a call; what it wrote; the floating-point operations, of
  /// which a fused multiply-add is two.
  public var bytesRead = 0.0, bytesWritten = 0.0, flops = 0.0
  /// What the same bytes and operations would take at the measured limits of this machine, and the
  /// part of `seconds` that this was looked up for.
  public var limitSeconds: Double?, limitedSeconds = 0.0
  /// Which of the limits that is: `memory` or `arithmetic`.
  public var limitedBy: String?
  /// How many threads took part: on average over the calls, and at most.
  public var meanThreads = 1.0, mostThreads = 1
  /// How much longer the busiest thread worked than all did on average: 0 where all worked alike.
  public var imbalance = 0.0
  /// Where the expressions that it computes were written: `main.swift:12`.
  public var places: [String] = []
  /// The operations in it with their estimated shares of its time, the largest first.
  public var operations: [OperationShare] = []
  /// The results that it writes in a call of the sizes that took the most memory.
  public var results: [ArrayDescription] = []

  /// What runs a step.
  public enum Kind: String, Codable, Sendable {
    /// Machine code of ours.
    case kernel
    /// The library of matrix products.
    case matmul
    /// A kernel that moves elements to where another step needs them.
    case copy
    /// The reference back end, which takes one equation at a time.
    case equation
  }

  package init(
    name: String, className: String, opName: String, applyName: String, kind: Kind, number: Int
  ) {
    self.name = name
    self.className = className
    self.opName = opName
    self.applyName = applyName
    self.kind = kind
    self.number = number
  }

  /// Bytes per second.
  public var bandwidth: Double { seconds > 0 ? (bytesRead + bytesWritten) / seconds : 0 }

  /// Floating-point operations per second.
  public var flopRate: Double { seconds > 0 ? flops / seconds : 0 }

  /// The share of the machine's limit that was reached: 1 is as fast as the machine is.
  public var limitShare: Double? {
    guard let limitSeconds, limitedSeconds > 0 else { return nil }
    return limitSeconds / limitedSeconds
  }
}

/// The estimated share of one operation in the time of a fused kernel.
public struct OperationShare: Codable, Sendable, Equatable {
  /// The operation, `exp`.
  public var name: String
  /// How often it stands in the kernel.
  public var count: Int
  /// Its part of the estimated cost, 0 to 1.
  public var share: Double

  package init(name: String, count: Int, share: Double) {
    self.name = name
    self.count = count
    self.share = share
  }
}

/// The type of an array.
public struct ArrayDescription: Codable, Sendable, Equatable {
  /// `float64`.
  public var dtype: String
  /// The length of every axis.
  public var shape: [Int]
  public var byteCount: Int
  /// Whether it takes the bytes of an array that is not needed any more.
  public var isInPlace: Bool

  package init(dtype: String, shape: [Int], byteCount: Int, isInPlace: Bool = false) {
    self.dtype = dtype
    self.shape = shape
    self.byteCount = byteCount
    self.isInPlace = isInPlace
  }
}
