/// What `martlet doctor` finds out. Its JSON has these names.
struct Diagnosis: Codable, Equatable {
  var processor: Processor
  var threads: Threads
  var llvm: LLVMLibrary
  var blas: BLASLibrary
  var cache: Cache
  var memoryBytes: Int
  var limits: Limits?
  var findings: [Finding]

  struct Processor: Codable, Equatable {
    var name: String
    var family: Int
    var model: Int
    /// What LLVM calls it, if LLVM is there.
    var llvmName: String?
    var vectorBytes: Int?
    var hasFusedMultiplyAdd: Bool?
    var caches: [Level]
  }

  struct Level: Codable, Equatable {
    var level: Int
    var bytes: Int
    var sharedBy: Int
  }

  struct Threads: Codable, Equatable {
    /// What a call may use unless told otherwise.
    var budget: Int
    /// The cores of the affinity mask, and those that control groups grant.
    var affinity: Int
    var quota: Int?
    /// `NAME=VALUE`, if a variable decides.
    var variable: String?
  }

  struct LLVMLibrary: Codable, Equatable {
    var version: String?
    var path: String?
    var error: String?
  }

  struct BLASLibrary: Codable, Equatable {
    var version: String
    var configuration: String
    /// The kernels in use, and those that the library chose by itself.
    var core: String
    var chosenCore: String
  }

  struct Cache: Codable, Equatable {
    /// Nil where nothing is kept.
    var path: String?
    var files: Int
    var bytes: Int
    var limitBytes: Int
    var isWritable: Bool
  }

  struct Limits: Codable, Equatable {
    /// What the loops were made by.
    var source: String
    var memory: [Memory]
    var arithmetic: [Arithmetic]
    /// The cores' worth of other processes' work meanwhile.
    var othersCores: Double
  }

  /// Bytes a second for a working set.
  struct Memory: Codable, Equatable {
    var place: String
    var workingSetBytes: Int
    var threads: Int
    var read: Double
    var copy: Double
    var write: Double
  }

  /// Operations a second by dtype.
  struct Arithmetic: Codable, Equatable {
    var threads: Int
    var operations: [String: Double]
  }

  /// Something that is not as it should be.
  struct Finding: Codable, Equatable {
    enum Severity: String, Codable {
      /// Martlet works, but far worse than it could.
      case wrong
      /// It may be meant so.
      case advice
    }

    var severity: Severity
    var text: String
    /// The line that mends it, where one does.
    var mend: String?
  }

  /// Whether something is wrong.
  var isIll: Bool { findings.contains { $0.severity == .wrong } }
}
