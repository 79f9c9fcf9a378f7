import Arrays
import CPUBackend
import CProcessor
import Foundation
import LLVM
import MachineLimits

/// Asking the machine.
extension Diagnosis {
  /// Looks at everything.
  ///
  /// - Parameters:
  ///   - measures: Whether the limits are measured, which takes seconds.
  ///   - progress: Told what is measured.
  static func make(measuring measures: Bool, progress: (String) -> Void) -> Diagnosis {
    let environment = ProcessInfo.processInfo.environment
    var findings: [Finding] = []
    let (llvm, host) = askLLVM(environment, &findings)
    let blas = BLASReport.make()
    findings += Finding.blas(blas)
    let threads = ThreadReport.make()
    findings += Finding.threads(threads)
    let cache = tryCache(&findings)
    let limits = measures ? measure(threads: threads.budget, progress) : nil
    if let limits { findings += Finding.load(limits.othersCores) }
    return Diagnosis(
      processor: askProcessor(host),
      threads: Threads(
        budget: threads.budget, affinity: threads.affinity, quota: threads.quota,
        variable: threads.variable.map { "\($0.name)=\($0.value)" }),
      llvm: llvm,
      blas: BLASLibrary(
        version: blas.version, configuration: blas.configuration, core: blas.core,
        chosenCore: blas.chosenCore),
      cache: cache, memoryBytes: MemoryLimit.byteCount, limits: limits, findings: findings)
  }

  private static func askLLVM(
    _ environment: [String: String], _ findings: inout [Finding]
  ) -> (LLVMLibrary, LLVM.Host?) {
    do {
      // Where the processor is on record, no library may have been opened so far.
      let library = try JIT.shared().library
      let host = try CPUBackend.shared().host
      return (LLVMLibrary(version: library.version, path: library.path), host)
    } catch {
      findings.append(.llvm(error.description, environment: environment))
      return (LLVMLibrary(error: error.description), nil)
    }
  }

  private static func askProcessor(_ host: LLVM.Host?) -> Processor {
    let identity = processor_identify()
    let name = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?
      .firstMatch(of: /model name\s*:\s*(.+)/).map { String($0.1) }
    return Processor(
      name: name ?? host?.cpuName ?? "unknown", family: Int(identity.family),
      model: Int(identity.model), llvmName: host?.cpuName, vectorBytes: host?.vectorByteCount,
      hasFusedMultiplyAdd: host?.hasFMA,
      caches: CacheLevel.all.map {
        Level(level: $0.level, bytes: $0.byteCount, sharedBy: $0.sharedBy)
      })
  }

  private static func tryCache(_ findings: inout [Finding]) -> Cache {
    guard let report = CacheReport.standard else {
      findings += Finding.cache(nil, problem: nil)
      return Cache(path: nil, files: 0, bytes: 0, limitBytes: 0, isWritable: false)
    }
    let problem = report.trial()
    findings += Finding.cache(report.path, problem: problem)
    let files = report.files()
    findings += Finding.damaged(files.count { $0.content == .damaged })
    return Cache(
      path: report.path, files: files.count, bytes: files.reduce(0) { $0 + $1.byteCount },
      limitBytes: report.byteLimit, isWritable: problem == nil)
  }
}

/// Measuring the limits.
extension Diagnosis {
  private static func measure(threads: Int, _ progress: (String) -> Void) -> Limits {
    let limits = MachineLimits.shared, load = Load()
    let crowds = Set([1, threads]).sorted()
    let memory = places.flatMap { place in
      crowds.map { threads in
        progress("measuring \(place.name) on \(Units.count(threads, "thread"))")
        return row(place, threads, limits)
      }
    }
    let arithmetic = crowds.map { threads in
      progress("measuring arithmetic on \(Units.count(threads, "thread"))")
      let peaks = dtypes.map { name in
        (name, DType(rawValue: name).map { limits.peak($0, threads: threads) } ?? 0)
      }
      return Arithmetic(threads: threads, operations: Dictionary(uniqueKeysWithValues: peaks))
    }
    return Limits(
      source: limits.source.description, memory: memory, arithmetic: arithmetic,
      othersCores: load.othersCores())
  }

  private typealias Place = (name: String, byteCount: Int, sharedBy: Int)

  /// The caches, of which working sets take half, and memory, which no cache holds.
  private static var places: [Place] {
    let caches = CacheLevel.all
    let last = caches.last?.byteCount ?? 1 << 25
    return caches.map { ("L\($0.level)", $0.byteCount / 2, $0.sharedBy) }
      + [("memory", 4 * last, .max)]
  }

  private static func row(_ place: Place, _ threads: Int, _ limits: MachineLimits) -> Memory {
    // Where each core has its own cache, each thread gets as much.
    let caches = place.sharedBy == .max ? 1 : (threads + place.sharedBy - 1) / place.sharedBy
    let bytes = place.byteCount * caches
    func rate(reading: Int, writing: Int) -> Double {
      limits.bandwidth(reading: reading, writing: writing, threads: threads)
    }
    return Memory(
      place: place.name, workingSetBytes: bytes, threads: threads,
      read: rate(reading: bytes, writing: 0), copy: rate(reading: bytes / 2, writing: bytes / 2),
      write: rate(reading: 0, writing: bytes))
  }
}
