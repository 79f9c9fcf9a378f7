import Testing

@testable import LLVM

@Suite("Machine code from LLVM's text")
struct JITTests {
  @Test("A kernel counts what plain Swift counts, at every length around its vectors")
  func piKernel() throws {
    let code = try JIT.make().compile(
      ir: PiKernel.text(), name: "pi", symbols: ["pi_hits"])
    let kernel = try code.address(of: "pi_hits")
    for count in [0, 1, 31, 32, 33, 64, 100, 30_000] {
      let (x, y) = PiKernel.points(count)
      #expect(PiKernel.hits(kernel, x, y) == PiKernel.expectedHits(x, y), "length \(count)")
    }
  }

  @Test("Two kernels of one JIT may define the same name")
  func equalNames() throws {
    let jit = try JIT.make()
    let codes = try (1...2).map {
      try jit.compile(ir: constant($0), name: "constant", symbols: ["answer"])
    }
    #expect(try codes.map { call(try $0.address(of: "answer")) } == [1, 2])
  }

  @Test("A freed kernel's place serves the next one")
  func freed() throws {
    let jit = try JIT.make()
    for value in 1...100 {
      let code = try jit.compile(ir: constant(value), name: "constant", symbols: ["answer"])
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
    let image = try JIT.make().image(ir: ir, name: "gamma", symbols: ["answer"])
    // The address of the function is that of this process.
    #expect(!image.isPortable)
    let code = try MachineCode(image, name: "gamma")
    #expect(call(try code.address(of: "answer")) == 24)
  }

  @Test("An image is the same in every JIT, and runs wherever it lies")
  func images() throws {
    let (x, y) = PiKernel.points(100)
    let images = try (0..<2).map { _ in
      try JIT.make().image(ir: PiKernel.text(), name: "pi", symbols: ["pi_hits"])
    }
    #expect(images[0] == images[1])
    #expect(images[0].isPortable)
    let kept = try #require(Image(bytes: images[0].bytes, entries: images[0].entries))
    let codes = try (0..<3).map { _ in try MachineCode(kept, name: "kept") }
    for code in codes {
      #expect(PiKernel.hits(try code.address(of: "pi_hits"), x, y) == PiKernel.expectedHits(x, y))
    }
    #expect(Set(try codes.map { try $0.address(of: "pi_hits") }).count == 3)
    #expect(Image(bytes: kept.bytes, entries: ["pi_hits": kept.bytes.count]) == nil)
  }

  @Test("Many threads compile at once")
  func threads() async throws {
    let jit = try JIT.make()
    let answers = try await withThrowingTaskGroup(of: (Int, Int).self) { group in
      for value in 0..<64 {
        group.addTask {
          let code = try jit.compile(
            ir: constant(value), name: "constant \(value)", symbols: ["answer"])
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
