import Arrays
import Foundation
import KernelIR
import Testing

@testable import CPUBackend
@testable import LLVM

@Suite("Kernels that are kept for later processes")
struct KernelStoreTests {
  private let cache: TemporaryCache
  private let folder: CacheFolder

  init() throws {
    cache = try TemporaryCache()
    folder = cache.folder()
  }

  @Test("A process that finds its kernels kept never opens LLVM")
  func withoutLLVM() async throws {
    try fill(folder)
    let path = folder.path
    await #expect(processExitsWith: .success) { [path = path as String] in
      #expect(try runs(in: CacheFolder(path: path)))
      let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8)
      #expect(!maps.contains("libLLVM"))
    }
  }

  @Test("Files that are damaged, cut or emptied are made anew, byte for byte the same")
  func damage() throws {
    try fill(folder)
    let files = try cache.files
    #expect(files.count == 2)
    for (path, bytes) in files {
      for damaged in [[], Array(bytes.dropLast()), Array(bytes.prefix(41)), flipped(bytes)] {
        try Data(damaged).write(to: URL(filePath: path))
        #expect(try runs(in: folder))
        #expect(try cache.files == files)
      }
    }
  }

  @Test("Without a folder nothing is kept, and all runs")
  func off() throws {
    #expect(try runs(in: nil))
    #expect(try cache.files.isEmpty)
  }

  @Test("A folder that cannot be written does no harm")
  func unwritable() throws {
    #expect(try runs(in: CacheFolder(path: "/proc/none")))
  }

  @Test("Each LLVM and each processor has images of its own")
  func premises() throws {
    let jit = try JIT.shared()
    let record = try #require(HostRecord(of: jit))
    let ir = "define void @f() {\n  ret void\n}"
    let source = ModuleSource(name: "f", ir: ir, symbols: ["f"])
    let image = try jit.images(of: [source])[0]
    let store = KernelStore(in: folder, for: record)
    store.keep(image, of: source)
    #expect(store.image(of: ModuleSource(name: "other", ir: ir, symbols: ["f"])) == image)
    #expect(store.image(of: ModuleSource(name: "f", ir: ir, symbols: ["g"])) == nil)
    #expect(store.image(of: ModuleSource(name: "f", ir: ir + "\n", symbols: ["f"])) == nil)
    let other = Host(
      triple: jit.host.triple, cpuName: jit.host.cpuName, features: "+other", has: [])
    for other in [
      HostRecord(host: record.host, version: "19.1.0", library: record.library),
      HostRecord(host: other, version: record.version, library: record.library),
    ] {
      #expect(KernelStore(in: folder, for: other).image(of: source) == nil)
    }
  }

  @Test("Kernels of one module are kept each for itself")
  func modules() throws {
    let sources = (1...3).map {
      ModuleSource(name: "f", ir: "define i64 @f() {\n  ret i64 \($0)\n}", symbols: ["f"])
    }
    let jit = try JIT.shared()
    let store = KernelStore(in: folder, for: try #require(HostRecord(of: jit)))
    let images = try jit.images(of: sources)
    for (source, image) in zip(sources, images) { store.keep(image, of: source) }
    #expect(sources.map { store.image(of: $0) } == images)
    #expect(Set(images.map(\.entries)).count == 3)
  }

  @Test("Code with addresses of this process is not kept")
  func addresses() throws {
    let jit = try JIT.shared()
    let store = KernelStore(in: folder, for: try #require(HostRecord(of: jit)))
    let ir = """
      declare double @tgamma(double)
      define double @f() {
        %y = call double @tgamma(double 5.0)
        ret double %y
      }
      """
    let source = ModuleSource(name: "f", ir: ir, symbols: ["f"])
    store.keep(try jit.images(of: [source])[0], of: source)
    #expect(try cache.files.isEmpty)
  }

  @Test("The record of the processor holds as long as LLVM's file is the same")
  func record() throws {
    let record = try #require(HostRecord(of: try JIT.shared()))
    #expect(HostRecord.find(in: folder) == nil)
    HostRecord(host: record.host, version: record.version, library: "/nowhere\t1\t2.3\t4")
      .keep(in: folder)
    #expect(HostRecord.find(in: folder) == nil)
    record.keep(in: folder)
    #expect(HostRecord.find(in: folder) == record)
  }

  private func flipped(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    bytes[bytes.count / 2] ^= 16
    return bytes
  }
}

/// Fills `folder` with what `runs` needs.
private func fill(_ folder: CacheFolder) throws { #expect(try runs(in: folder)) }

/// Whether a new back end computes the seed program, with the cache in `folder`.
private func runs(in folder: CacheFolder?) throws -> Bool {
  let backend = try CPUBackend.make(
    keepingIn: folder, folder.flatMap { HostRecord.find(in: $0) })
  let test = EmissionKernelTests.pi(100)
  var plan = LaunchPlan()
  plan.outputs = [LaunchPlan.Output(ArrayLayout(.float64, []))]
  plan.steps = [
    .kernel(
      KernelLaunch(
        name: "pi", kernel: test.kernel, layout: test.layout,
        addresses: [.init(.input(0)), .init(.input(1)), .init(.output(0))],
        scalars: test.scalars))
  ]
  plan.results = [.init(.init(.output(0)), ArrayLayout(.float64, []))]
  let inputs = test.arrays[..<2].map { NDArray($0.map { $0.asDouble }) }
  let compiled = try backend.compile(plan, threads: 1)
  let results = try BorrowedArray.lending(inputs) { try compiled.run($0, threads: 1) }
  return try results[0].scalar(as: Double.self) == test.expected()[2][0].asDouble
}
