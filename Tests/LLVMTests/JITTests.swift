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

  @Test("Sources of one module may define the same names, and lie in one place")
  func severalSources() throws {
    let sources = (1...3).map {
      ModuleSource(name: "constant \($0)", ir: table($0), symbols: ["answer", "next"])
    }
    let images = try JIT.make().images(of: sources)
    #expect(Set(images.map(\.bytes)).count == 1)
    let codes = try MachineCode.place(images.map { ($0, "constant") })
    #expect(try codes.map { call(try $0.address(of: "answer")) } == [1, 2, 3])
    #expect(try codes.map { call(try $0.address(of: "next")) } == [2, 3, 4])
    #expect(throws: LLVMError.self) { try codes[0].address(of: "answer.1") }
    // The other two keep the place.
    let last = try codes[2].address(of: "answer")
    withExtendedLifetime(codes[2]) { #expect(call(last) == 3) }
    let single = try JIT.make().images(of: [sources[0]])[0]
    #expect(single.bytes.count < images[0].bytes.count)
  }

  @Test("One bad source of several is named")
  func badSource() throws {
    let good = ModuleSource(name: "good", ir: constant(1), symbols: ["answer"])
    let unread = ModuleSource(name: "unread", ir: "define", symbols: ["answer"])
    let malformed = ModuleSource(
      name: "malformed", ir: "define i64 @answer() {\n  ret i64 %x\n  %x = add i64 1, 1\n}",
      symbols: ["answer"])
    let other = ModuleSource(name: "other", ir: constant(1), symbols: ["question"])
    for bad in [unread, malformed, other] {
      let error = #expect(throws: LLVMError.self) {
        try JIT.shared().images(of: [good, bad])
      }
      #expect(error?.description.contains("'\(bad.name)'") == true)
    }
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

/// A module whose `answer` returns `value`, which it reads, and whose `next` returns one more.
private func table(_ value: Int) -> String {
  """
  @table = private constant [2 x i64] [i64 \(value), i64 \(value + 1)]
  define i64 @answer() {
    %x = load volatile i64, ptr @table
    ret i64 %x
  }
  define i64 @next() {
    %place = getelementptr i64, ptr @table, i64 1
    %x = load volatile i64, ptr %place
    ret i64 %x
  }
  """
}

private func call(_ address: UnsafeRawPointer) -> Int {
  unsafeBitCast(address, to: (@convention(c) () -> Int).self)()
}
