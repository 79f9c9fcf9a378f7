internal import CLLVM
internal import Glibc

/// The memory that one object at a time is linked in, before its image is copied out.
///
/// Sections lie one after the other as LLVM asks for them, so that their distances are those of the
/// image. LLVM ends the process over a section that it gets no memory for; what has no place here
/// gets memory elsewhere, and `failure` says so.
final class LinkArena {
  private let start: UnsafeMutableRawPointer
  private var elsewhere: [UnsafeMutableRawPointer] = []
  private var used = 0

  /// Why the sections make no image; nil when they do.
  private(set) var failure: String?

  /// Maps the arena, of which only what is used takes memory; nil when the system refuses.
  init?() {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    guard let start = mmap(nil, Self.capacity, PROT_READ | PROT_WRITE, flags, -1, 0),
      start != MAP_FAILED
    else { return nil }
    self.start = start
  }

  deinit {
    empty()
    munmap(start, Self.capacity)
  }

  /// Much more than the largest kernels take.
  private static let capacity = 64 << 20

  /// The bytes of everything that was placed.
  var image: [UInt8] { [UInt8](UnsafeRawBufferPointer(start: start, count: used)) }

  /// Returns where in the image `address` lies.
  func offset(of address: UInt64) -> Int? {
    let offset = Int(truncatingIfNeeded: address &- UInt64(UInt(bitPattern: start)))
    return (0..<used).contains(offset) ? offset : nil
  }

  /// Makes room for the next object.
  func empty() {
    start.initializeMemory(as: UInt8.self, repeating: 0, count: used)
    for block in elsewhere { free(block) }
    (elsewhere, used, failure) = ([], 0, nil)
  }

  fileprivate func place(_ byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    let offset = (used + alignment - 1) & ~(alignment - 1)
    guard alignment <= 4096, byteCount <= Self.capacity - offset else {
      failure = "a section of \(byteCount) bytes is too large"
      return place(elsewhere: byteCount, alignment: alignment)
    }
    used = offset + byteCount
    return start + offset
  }

  fileprivate func place(data byteCount: Int, alignment: Int, isReadOnly: Bool, name: String)
    -> UnsafeMutableRawPointer?
  {
    // LLVM's own table of addresses is written while linking only.
    if byteCount > 0, !isReadOnly, name != ".got" {
      failure = "the section '\(name)' is writable, and code is never written to"
    }
    return place(byteCount, alignment: alignment)
  }

  private func place(elsewhere byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    var block: UnsafeMutableRawPointer?
    guard posix_memalign(&block, max(alignment, 16), max(byteCount, 1)) == 0 else { return nil }
    if let block { elsewhere.append(block) }
    return block
  }
}

extension LinkArena {
  /// Makes ORC link in this arena, which must outlive `builder`'s JIT
  /// (`LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator`,
  /// `LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks`).
  func serve(_ builder: OpaquePointer, of library: Library) {
    let layers = Layers(arena: self, functions: library.functions)
    // Called once, while the JIT is made.
    library.functions.LLVMOrcLLJITBuilderSetObjectLinkingLayerCreator(
      builder,
      { context, session, _ in
        let layers = Unmanaged<Layers>.fromOpaque(context!).takeRetainedValue()
        return layers.make(for: session)
      }, Unmanaged.passRetained(layers).toOpaque())
  }

  fileprivate static func arena(_ context: UnsafeMutableRawPointer?) -> LinkArena? {
    context.map { Unmanaged<LinkArena>.fromOpaque($0).takeUnretainedValue() }
  }
}

/// What makes the layer of ORC that places objects.
private final class Layers {
  let arena: LinkArena
  let functions: LLVMFunctions

  init(arena: LinkArena, functions: LLVMFunctions) {
    self.arena = arena
    self.functions = functions
  }

  func make(for session: OpaquePointer) -> OpaquePointer {
    functions.LLVMOrcCreateRTDyldObjectLinkingLayerWithMCJITMemoryManagerLikeCallbacks(
      session, Unmanaged.passUnretained(arena).toOpaque(), { $0 }, { _ in },
      { context, byteCount, alignment, _, _ in
        LinkArena.arena(context)?.place(Int(byteCount), alignment: Int(max(alignment, 1)))?
          .assumingMemoryBound(to: UInt8.self)
      },
      { context, byteCount, alignment, _, name, isReadOnly in
        LinkArena.arena(context)?.place(
          data: Int(byteCount), alignment: Int(max(alignment, 1)), isReadOnly: isReadOnly != 0,
          name: name.map { String(cString: $0) } ?? "")?.assumingMemoryBound(to: UInt8.self)
      },
      { _, _ in 0 }, { _ in })
  }
}
