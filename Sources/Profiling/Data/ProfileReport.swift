/// What a profile has found out so far: a snapshot that does not change any more.
///
/// `Profile.json` is this structure with the names of the properties as keys; times are in seconds,
/// sizes in bytes.
public struct ProfileReport: Codable, Sendable, Equatable {
  /// The version of the keys; it changes when one changes its meaning or goes.
  public var version = 1
  /// The functions, in the order in which they were compiled.
  public var functions: [FunctionProfile]
  /// How many more functions there were than a profile keeps.
  public var functionsLeftOut = 0
  /// The libraries and limits that the functions ran under.
  public var machine: MachineProfile
  /// The time since the first function was compiled.
  public var secondsSinceStart: Double

  package init(
    functions: [FunctionProfile], functionsLeftOut: Int = 0, machine: MachineProfile,
    secondsSinceStart: Double
  ) {
    self.functions = functions
    self.functionsLeftOut = functionsLeftOut
    self.machine = machine
    self.secondsSinceStart = secondsSinceStart
  }
}

/// The libraries and the processor that functions ran on.
public struct MachineProfile: Codable, Sendable, Equatable {
  /// The cores that the process may use.
  public var cores: Int
  /// Who made the library of matrix products, `OpenBLAS`.
  public var blasVendor: String
  /// The version of the library.
  public var blasVersion: String
  /// The set of kernels that the library uses, `SkylakeX`.
  public var blasCore: String
  /// The threads that the library starts by itself. Martlet shares products among its own.
  public var blasThreads: Int

  package init(
    cores: Int, blasVendor: String, blasVersion: String, blasCore: String, blasThreads: Int
  ) {
    self.cores = cores
    self.blasVendor = blasVendor
    self.blasVersion = blasVersion
    self.blasCore = blasCore
    self.blasThreads = blasThreads
  }
}
