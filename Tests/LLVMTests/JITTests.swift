import Testing

@testable import LLVM

@Suite("Machine code from LLVM's text")
struct JITTests {
  @Test("A kernel counts what plain Swift counts, at every length around its vectors")
  func piKernel() throws {
    let code = try JIT.make().compile(ir: PiKernel.text(), name: "pi")
    let kernel = try code.address(of: "pi_hits")
    for count in [0, 1, 31, 32, 33, 64, 100, 30_000] {
      let (x, y) = PiKernel.points(count)
      #expect(PiKernel.hits(kernel, x, y) == PiKernel.expectedHits(x, y), "length \(count)")
    }
  }

  @Test("Two kernels of one JIT may define the same name")
  func equalNames() throws {
    let jit = try JIT.make()
    let codes = try (1...2).map { try jit.compile(ir: constant($0), name: "constant") }
    #expect(try codes.map { call(try $0.address(of: "answer")) } == [1, 2])
  }

  @Test("A freed kernel's place serves the next one")
  func freed() throws {
    let jit = try JIT.make()
    for value in 1...100 {
      let code = try jit.compile(ir: constant(value), name: "constant")
      #expect(call(try code.address(of: "answer")) == value)
    }
  }

  @Test("Functions of the C library resolve")
  func externalSymbols() throws {
    let ir = """
      declare double @tgamma(double)
      define i64 @answer() {
        %y = call double @tgamma(double 5.0)
        %i = fptosi double %y to i64
        ret i64 %i
      }
      """
    let code = try JIT.make().compile(ir: ir, name: "gamma")
    #expect(call(try code.address(of: "answer")) == 24)
  }

  @Test("An object's bytes make the same code in another JIT")
  func objectBytes() throws {
    let bytes = try JIT.make().object(ir: constant(42), name: "constant").bytes
    let other = try JIT.make()
    let code = try other.load(other.object(bytes: bytes, name: "kept"))
    #expect(call(try code.address(of: "answer")) == 42)
  }

  @Test("Many threads compile at once")
  func threads() async throws {
    let jit = try JIT.make()
    let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for value in 0..<64 {
        group.addTask {
          let code = try jit.compile(ir: constant(value), name: "constant \(value)")
          return (value, call(try code.address(of: "answer")))
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(answers.count == 64)
    #expect(answers.allSatisfy { $0.0 == $0.1 })
  }

  @Test("Assembly and optimised text can be read")
  func texts() throws {
    let jit = try JIT.make()
    let ir = "define i64 @answer() {\n  %x = add i64 40, 2\n  ret i64 %x\n}"
    #expect(try jit.optimizedText(ir: ir, name: "constant").contains("ret i64 42"))
    #expect(try jit.assembly(ir: ir, name: "constant").contains("answer:"))
  }
}

/// A module whose `answer` returns `value`.
private func constant(_ value: Int) -> String {
  "define i64 @answer() {\n  ret i64 \(value)\n}"
}

private func call(_ address: UnsafeRawPointer) -> Int {
  unsafeBitCast(address, to: (@convention(c) () -> Int).self)()
}
