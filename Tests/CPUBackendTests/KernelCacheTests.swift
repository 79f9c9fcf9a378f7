import Arrays
import Glibc
import KernelIR
import Scalars
import Testing

@testable import CPUBackend
@testable import LLVM

@Suite("The kernels of a process")
struct KernelCacheTests {
  @Test("What is used stays known, and what is not used is compiled again")
  func generations() throws {
    let cache = KernelCache(capacity: 4)
    var compiled: [Int] = []
    func use(_ factor: Int) throws {
      _ = try cache.kernel(scaling(by: factor)) { kernel throws(LLVMError) in
        compiled.append(factor)
        return try compile(kernel)
      }
    }
    for factor in 1...20 {
      try use(0)
      try use(factor)
      #expect(cache.count <= 8)
    }
    #expect(compiled == Array(0...20))
    try use(1)
    #expect(compiled.last == 1)
  }

  @Test("A process may compile more kernels than Linux lets it map")
  func unmapped() async {
    await #expect(processExitsWith: .success) {
      let cache = KernelCache(capacity: 8)
      var fewest = Int.max
      for factor in 0..<200 {
        _ = try cache.kernel(scaling(by: factor), compile: compile)
        if factor >= 100 { fewest = min(fewest, mappingCount()) }
      }
      // Each kernel held would add at least one mapping.
      #expect(mappingCount() < fewest + 50)
    }
  }
}

/// The kernel `y[i] = x[i] * factor`.
private func scaling(by factor: Int) -> Kernel {
  var product = Composite(inputs: [.float64])
  product.results = [
    product.append(.mul, [.input(0), .constant(Scalar(Double(factor)))], .float64)
  ]
  return Kernel(
    axes: [Axis("i", extent: "n")], outerCount: 1,
    arguments: [
      Argument("x", .float64, isOutput: false), Argument("y", .float64, isOutput: true),
    ],
    accesses: [
      Access(argument: 0, steps: [.contiguous]), Access(argument: 1, steps: [.contiguous]),
    ],
    scalars: [],
    stages: [
      Stage(
        loops: false, sources: [.load(access: 0)], composite: product,
        stores: [Store(access: 1, result: 0)], accumulators: [])
    ])
}

private func compile(_ kernel: Kernel) throws(LLVMError) -> CompiledKernel {
  let jit = try JIT.shared()
  let ir = KernelEmitter.emit(kernel, named: "scale", for: jit.host)
  let code = try jit.compile(ir: ir, name: "scale")
  return try CompiledKernel(code, symbol: "scale", hasFinish: false)
}

/// How many mappings this process has.
private func mappingCount() -> Int {
  guard let file = fopen("/proc/self/maps", "r") else { return 0 }
  defer { fclose(file) }
  var count = 0
  while case let byte = fgetc(file), byte != EOF { count += byte == 10 ? 1 : 0 }
  return count
}
