/// What makes a kernel meaningless. It is a mistake of whoever built the kernel, never of a user.
public struct KernelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One phrase: the rule, then what was found.
  public let description: String

  private init(_ description: String) { self.description = "kernel: " + description }
}

extension KernelError {
  static func outerCount(_ count: Int, axes: Int) -> KernelError {
    KernelError("the outer axes are among all axes; got \(count) of \(axes)")
  }

  static func noSuchThing(_ what: String, _ number: Int, count: Int, in place: String)
    -> KernelError
  {
    KernelError("\(place) names \(what) \(number); there are \(count)")
  }

  static func stepCount(_ count: Int, axes: Int, access: Int) -> KernelError {
    KernelError("access \(access) has \(count) steps for \(axes) axes")
  }

  static func sourceCount(_ count: Int, inputs: Int, stage: Int) -> KernelError {
    KernelError("stage \(stage) has \(count) sources for \(inputs) inputs")
  }

  static func dtype(_ place: String, takes expected: String, got found: String) -> KernelError {
    KernelError("\(place) takes \(expected); got \(found)")
  }

  static func storeToInput(_ name: String, stage: Int) -> KernelError {
    KernelError("stage \(stage) writes '\(name)', which is no output")
  }

  static func movingAccess(_ access: Int, stage: Int) -> KernelError {
    KernelError("stage \(stage) runs once, but its access \(access) moves along the inner axes")
  }

  static func accumulatorWithoutLoop(stage: Int) -> KernelError {
    KernelError("stage \(stage) accumulates, but does not loop")
  }

  static func laterAccumulator(_ number: Int, stage: Int, known: Int) -> KernelError {
    KernelError(
      "stage \(stage) reads accumulator \(number), but the stages before it have \(known)")
  }

  static func severalLoops(_ count: Int) -> KernelError {
    KernelError("a full reduction has one stage that loops; got \(count)")
  }
}
