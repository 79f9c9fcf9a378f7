/// The memory that a call takes, known before it runs.
///
/// All results and one block that intermediates share are taken when a call begins. What libraries
/// pack their operands into comes on top.
public struct MemoryPlan: Codable, Sendable, Equatable, CustomStringConvertible {
  /// What is fed, which the caller holds anyway.
  public var inputBytes = 0
  /// The arrays that are part of the function.
  public var constantBytes = 0
  /// The results.
  public var resultBytes = 0
  /// The block that intermediates share.
  public var workspaceBytes = 0
  /// What the chunks of full reductions leave for each other.
  public var partialBytes = 0
  /// The intermediates, if none took the place of another.
  public var workspaceBytesUnshared = 0
  /// What a call would take at its peak if nothing were computed in the place of what it is made of.
  public var peakBytesNotInPlace = 0
  /// What is computed into memory.
  public var arrays: [PlannedArray] = []
  /// The steps with what is held while they run.
  public var steps: [PlannedStep] = []

  package init() {}

  /// What a call takes at its peak: results, intermediates and partial sums.
  public var peakBytes: Int { resultBytes + workspaceBytes + partialBytes }

  /// The step during which most is held.
  public var peakStep: PlannedStep? { steps.max { $0.heldBytes < $1.heldBytes } }

  /// The arrays that are held while a step runs, the largest first.
  public func held(during step: PlannedStep) -> [PlannedArray] {
    arrays.filter { $0.firstStep <= step.number && step.number <= $0.lastStep }
      .sorted { $0.array.byteCount > $1.array.byteCount }
  }
}

/// An array that a call computes into memory.
public struct PlannedArray: Codable, Sendable, Equatable {
  /// What texts of the plan call it, `%3`.
  public var name: String
  public var array: ArrayDescription
  /// Whether it is returned, and so lives longer than the call.
  public var isResult: Bool
  /// The first and the last step that need it.
  public var firstStep: Int, lastStep: Int
  /// Where it was written, `main.swift:12`.
  public var place: String?

  package init(
    name: String, array: ArrayDescription, isResult: Bool, firstStep: Int, lastStep: Int,
    place: String?
  ) {
    self.name = name
    self.array = array
    self.isResult = isResult
    self.firstStep = firstStep
    self.lastStep = lastStep
    self.place = place
  }
}

/// A step of a call with what is held while it runs.
public struct PlannedStep: Codable, Sendable, Equatable {
  public var number: Int
  /// What the plan calls it.
  public var name: String
  /// The bytes of results and of intermediates that are needed still or again.
  public var heldBytes: Int

  package init(number: Int, name: String, heldBytes: Int) {
    self.number = number
    self.name = name
    self.heldBytes = heldBytes
  }
}
