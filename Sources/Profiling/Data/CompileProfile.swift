/// What compiling a function took.
public struct CompileProfile: Codable, Sendable, Equatable {
  /// The whole time.
  public var seconds = 0.0
  /// The part in which passes rewrote the graph, checks between them included.
  public var optimizerSeconds = 0.0
  /// The part in which graphs were checked between passes, which debug builds do.
  public var validateSeconds = 0.0
  /// The part in which kernels became machine code, or were found in the cache.
  public var linkerSeconds = 0.0
  /// The passes in order.
  public var passes: [PassProfile] = []
  /// The kernels that became machine code.
  public var kernels: [KernelProfile] = []

  package init() {}
}

/// What one pass over the graph did.
public struct PassProfile: Codable, Sendable, Equatable {
  public var name: String
  /// What it took.
  public var seconds: Double
  /// How many equations there were before and after.
  public var nodesBefore: Int, nodesAfter: Int
  /// The rules that fired, the most frequent first.
  public var rules: [RuleProfile]

  package init(
    name: String, seconds: Double, nodesBefore: Int, nodesAfter: Int, rules: [RuleProfile]
  ) {
    self.name = name
    self.seconds = seconds
    self.nodesBefore = nodesBefore
    self.nodesAfter = nodesAfter
    self.rules = rules
  }
}

/// How often a rule fired.
public struct RuleProfile: Codable, Sendable, Equatable {
  public var name: String
  public var count: Int
  /// What finding its places and rewriting them took: the time from each application of any rule to the
  /// next one counts for the latter.
  public var seconds: Double?

  package init(name: String, count: Int, seconds: Double? = nil) {
    self.name = name
    self.count = count
    self.seconds = seconds
  }
}

/// A kernel that became machine code.
public struct KernelProfile: Codable, Sendable, Equatable {
  public var name: String
  /// What it took.
  public var seconds: Double
  /// Whether its code was found in the cache of the machine.
  public var wasCached: Bool
  /// Whether it was not made with the function, but when a call met sizes that needed it.
  public var duringCall: Bool

  package init(name: String, seconds: Double, wasCached: Bool, duringCall: Bool = false) {
    self.name = name
    self.seconds = seconds
    self.wasCached = wasCached
    self.duringCall = duringCall
  }
}
