/// What is known of the calls of one function.
public struct FunctionProfile: Codable, Sendable, Equatable {
  /// The function's name.
  public var name: String
  /// Where it was compiled, `main.swift:12`, if the program can tell.
  public var place: String?
  /// The threads that may work on a call.
  public var threads: Int
  /// The calls that returned.
  public var calls: CallCounts
  /// What compiling took.
  public var compile: CompileProfile
  /// What a call runs, in order: kernels, library calls, copies; or, where there is no compiler, the
  /// equations of the graph.
  public var steps: [StepProfile]
  /// The memory of a call, of the sizes that took the most.
  public var memory: MemoryPlan?
  /// What a reader has to know, such as that there was no compiler.
  public var notes: [String] = []
  /// The events that the trace holds, and those that were left out because it was full.
  public var traceEvents = 0, traceEventsLeftOut = 0

  package init(
    name: String, place: String? = nil, threads: Int, calls: CallCounts,
    compile: CompileProfile = CompileProfile(), steps: [StepProfile], memory: MemoryPlan? = nil
  ) {
    self.name = name
    self.place = place
    self.threads = threads
    self.calls = calls
    self.compile = compile
    self.steps = steps
    self.memory = memory
  }

  /// The time of all steps.
  public var stepSeconds: Double { steps.reduce(0) { $0 + $1.seconds } }

  /// What calls took beside their steps and beside getting ready for new sizes: checking what is
  /// fed, taking memory, returning results.
  public var overheadSeconds: Double { calls.seconds - calls.bindSeconds - stepSeconds }
}

/// How often a function was called, and what that took.
public struct CallCounts: Codable, Sendable, Equatable {
  /// The calls that returned.
  public var count = 0
  /// Their time, from entering the function to leaving it.
  public var seconds = 0.0
  /// The part of it in which the plan ran: taking memory and the steps.
  public var planSeconds = 0.0
  /// How often a call met sizes or strides that were new to the function.
  public var bindings = 0
  /// The part of the time in which calls got ready for them, which may compile kernels.
  public var bindSeconds = 0.0
  /// The calls that threw an error, and their time, which is in no other figure.
  public var failures = 0
  public var failureSeconds = 0.0

  package init() {}
}
