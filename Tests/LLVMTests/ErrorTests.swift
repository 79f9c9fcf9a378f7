import Glibc
import Testing

@testable import LLVM

@Suite("What LLVM refuses is worded")
struct ErrorTests {
  @Test("A library under no usual name")
  func notFound() {
    expect(
      "llvm: the library was not found; looked for libLLVM-missing.so, libLLVM-none.so\n"
        + "  apt-get install libllvm19 provides it"
    ) {
      try Library.open(firstOf: ["libLLVM-missing.so", "libLLVM-none.so"])
    }
  }

  @Test("MARTLET_LLVM=none")
  func disabled() {
    expect("llvm: MARTLET_LLVM is 'none', so no library is opened") {
      try Library.open(named: "none")
    }
  }

  @Test("MARTLET_LLVM names a file that is not there")
  func cannotOpen() {
    expect(
      "llvm: MARTLET_LLVM names '/nowhere/libLLVM.so', which cannot be opened\n"
        + "  /nowhere/libLLVM.so: cannot open shared object file: No such file or directory"
    ) {
      try Library.open(named: "/nowhere/libLLVM.so")
    }
  }

  @Test(
    "A file that is no library keeps no other from being opened, and is told of where there is none"
  )
  func damaged() throws {
    let path = "/tmp/martlet-\(getpid())-\(UInt64.random(in: 0 ... .max)).so"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    try #require(descriptor >= 0)
    close(descriptor)
    defer { unlink(path) }
    let library = try Library.open(firstOf: [path] + Release.accepted.flatMap(\.fileNames))
    #expect(library.version.hasPrefix("19."))
    expect("llvm: '\(path)' cannot be opened\n  \(path): file too short") {
      try Library.open(firstOf: [path, "libLLVM-missing.so"])
    }
  }

  @Test("A library of a usual name that the loader finds and cannot open")
  func cannotLoad() async {
    await #expect(processExitsWith: .success) {
      var most = rlimit(rlim_cur: 64, rlim_max: 64)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &most) == 0)
      while open("/dev/null", O_RDONLY) >= 0 {}
      let error = #expect(throws: LLVMError.self) {
        try Library.open(firstOf: ["libLLVM-missing.so"])
      }
      #expect(error?.description.hasSuffix("Too many open files") == true)
    }
  }

  @Test("MARTLET_LLVM names a library that has no version to ask for")
  func noVersion() {
    expect(
      "llvm: the version must be 19; 'libc.so.6' gives none, "
        + "as no library but LLVM 16 and later does\n"
        + "  apt-get install libllvm19 provides it"
    ) {
      try Library.open(named: "libc.so.6")
    }
  }

  @Test("Another version, and a library without a function, have their words")
  func versions() {
    #expect(
      LLVMError.wrongVersion("libLLVM.so", "18.1.8").description
        == "llvm: the version must be 19; 'libLLVM.so' is 18.1.8\n"
        + "  apt-get install libllvm19 provides it")
    #expect(
      LLVMError.missingFunction("libLLVM.so", "LLVMRunPasses").description
        == "llvm: 'libLLVM.so' lacks the function 'LLVMRunPasses'\n"
        + "  apt-get install libllvm19 provides a library that has it")
  }

  @Test("What cannot be brought about here has its words as well")
  func others() {
    // swift-format-ignore
    let rows: [(LLVMError, String)] = [
      (.noTarget("z80-none", "no such target"), "llvm: no machine code can be made for 'z80-none'\n  no such target"),
      (.passesFailed("f", "vanish", "unknown pass"), "llvm: the passes 'vanish' failed on 'f'\n  unknown pass"),
      (.notStarted("no memory"), "llvm: the JIT cannot start\n  no memory"),
      (.processEnds, "llvm: the process is ending, so nothing is compiled"),
      (.noMemory("f"), "llvm: there is no memory for the machine code of 'f'"),
    ]
    for (error, text) in rows { #expect(error.description == text) }
  }

  @Test("Text that is not LLVM's")
  func notParsed() {
    expect(
      """
      llvm: the text of 'bad' is not LLVM IR
        bad:1:16: error: expected type
        define void @f(what) {
                       ^
      """
    ) {
      try JIT.make().compile(ir: "define void @f(what) {\n  ret void\n}", name: "bad", symbols: [])
    }
  }

  @Test("A module that breaks a rule of the language")
  func notVerified() {
    let ir =
      "define i64 @f() {\nentry:\n  br label %a\na:\n  %x = add i64 %y, 1\n"
      + "  br label %b\nb:\n  %y = add i64 %x, 1\n  ret i64 %y\n}"
    expect(
      """
      llvm: 'bad' is not well formed
        Instruction does not dominate all uses!
          %y = add i64 %x, 1
          %x = add i64 %y, 1
      """
    ) { try JIT.make().compile(ir: ir, name: "bad", symbols: []) }
  }

  @Test("A symbol that the code does not define")
  func noSymbol() {
    expect("llvm: 'f' gives no address for 'g'\n  Symbols not found: [ g ]") {
      try JIT.make().compile(
        ir: "define void @f() {\n  ret void\n}", name: "f", symbols: ["g"])
    }
  }

  @Test("A variable, for which code has no place")
  func variable() {
    let ir = """
      @x = global i64 1
      define i64 @f() {
        %y = load i64, ptr @x
        ret i64 %y
      }
      """
    expect(
      "llvm: 'f' cannot be linked\n  the section '.data' is writable, and code is never written to"
    ) {
      try JIT.make().compile(ir: ir, name: "f", symbols: ["f"])
    }
  }

  @Test("A function that the process does not have")
  func noExternalSymbol() {
    let ir = "declare void @nowhere()\ndefine void @f() {\n  call void @nowhere()\n  ret void\n}"
    expect("llvm: 'f' cannot be linked\n  Symbols not found: [ nowhere ]") {
      try JIT.make().compile(ir: ir, name: "f", symbols: ["f"])
    }
  }

  @Test("An object file that is none", arguments: [[], [1, 2, 3]] as [[UInt8]])
  func noObject(bytes: [UInt8]) {
    expect("llvm: 'torn' cannot be linked\n  The file was not recognized as a valid object file") {
      let library = try Library.shared()
      let torn = ObjectFile(
        MemoryBuffer(copying: bytes.span, name: "torn", in: library), name: "torn")
      return try Linker(for: Host.detect(with: library), in: library)
        .image(of: torn, symbols: ["f"])
    }
  }

  @Test("Inline assembly that the processor does not know")
  func badAssembly() {
    let ir = "define void @f() {\n  call void asm \"nonsense\", \"\"()\n  ret void\n}"
    expect(
      """
      llvm: no machine code was made for 'f'
        <inline asm>:1:2: invalid instruction mnemonic 'nonsense'
                nonsense
                ^~~~~~~~
      """
    ) { try JIT.make().compile(ir: ir, name: "f", symbols: ["f"]) }
  }
}

/// Expects that `body` throws an error of exactly this text.
private func expect<Value>(
  _ text: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Value
) {
  do {
    _ = try body()
    Issue.record("nothing was thrown", sourceLocation: sourceLocation)
  } catch {
    #expect("\(error)" == text, sourceLocation: sourceLocation)
  }
}
