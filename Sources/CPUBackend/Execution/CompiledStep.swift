import Arrays
import KernelIR

/// One step of a compiled plan.
class CompiledStep: @unchecked Sendable {
  // SAFETY: subclasses have immutable properties only, and memory that nobody writes after `init`.

  /// Whether `run` may throw.
  var mayFail: Bool { false }

  /// What the step takes on one thread, and how many pieces threads can share.
  var cost: StepCost { StepCost(nanoseconds: 0, pieces: 1) }

  /// The bytes that it takes in the workspace for what its chunks leave for each other.
  var partialByteCount: Int { 0 }

  /// Runs the step on the bytes that begin at `base`.
  func run(_ base: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int) throws {}
}

/// Returns the step that runs `step`, with the machine code of its variants if it is a kernel.
///
/// - Parameter partials: Where in the workspace there is room for what the chunks of a reduction leave.
func makeStep(
  _ step: LaunchPlan.Step, _ variants: [CompiledKernel], _ bases: BaseTable, partials: Int
) -> CompiledStep {
  switch (step, variants.first) {
  case (.kernel(let launch), .some(let kernel)):
    KernelCall(
      launch, kernel, cached: variants.dropFirst().first ?? kernel, bases, partials: partials)
  case (.matmul(let launch), _): MatmulCall(launch, bases)
  case (.kernel, .none): preconditionFailure("execute: a kernel was not compiled")
  }
}

/// A launch of a compiled kernel: its argument block but for the pointers, which each call fills in.
final class KernelCall: CompiledStep, @unchecked Sendable {
  private let kernel: CompiledKernel
  /// What the points below `cachedEnd` run instead.
  private let cachedKernel: CompiledKernel
  private let cachedEnd: Int
  private let template: UnsafeBufferPointer<Int>
  private let pointers: UnsafeBufferPointer<(base: Int, byteOffset: Int)>
  /// The number of points of the parallel range.
  private let count: Int
  private let kernelCost: KernelCost
  /// Where what the chunks of a full reduction leave goes, if that is more than goes on the stack.
  private let partials: (base: Int, byteOffset: Int)?
  private let partialWords: Int
  private let chunks: Int

  override var cost: StepCost {
    StepCost(
      nanoseconds: kernelCost.nanoseconds,
      pieces: ParallelLoop.chunkCount(count: count, grain: kernelCost.grain))
  }

  override var partialByteCount: Int { Self.heapByteCount(partialWords: partialWords) }

  /// The bytes of a line of the caches.
  private static let lineByteCount = 64

  /// What goes on the stack, between two lines; Swift would put more on the heap, for each call anew.
  private static let mostStackWords = (1024 - 2 * lineByteCount) / MemoryLayout<Int>.size

  /// - Parameter cached: The code for the points that leave their results in the caches.
  init(
    _ launch: KernelLaunch, _ kernel: CompiledKernel, cached: CompiledKernel, _ bases: BaseTable,
    partials: Int
  ) {
    precondition(
      kernel.functions == cached.functions
        && (launch.cachedPointCount == 0 || kernel.finish == nil),
      "execute: the variants of a kernel differ")
    precondition(
      (!launch.kernel.transposesRows || launch.kernel.mayTransposeRows(of: launch.layout))
        && (launch.kernel.folding == nil
          || launch.kernel.folding == launch.kernel.folding(of: launch.layout)),
      "execute: rows do not fit what they would wait in")
    self.kernel = kernel
    (cachedKernel, cachedEnd) = (cached, launch.cachedPointCount)
    let block = LaunchBlock(launch.kernel)
    var words = [Int](repeating: 0, count: block.wordCount(functions: kernel.functions.count))
    for (axis, extent) in launch.layout.extents.enumerated() { words[block.extent(axis)] = extent }
    for (access, strides) in launch.layout.strides.enumerated() {
      for (axis, stride) in strides.enumerated() { words[block.stride(access, axis)] = stride }
    }
    for (number, scalar) in launch.scalars.enumerated() {
      words[block.scalar(number)] = Int(scalar)
    }
    for (number, function) in kernel.functions.enumerated() {
      words[block.function(number)] = function
    }
    template = Self.copy(words)
    pointers = Self.copy(launch.addresses.map { (bases.index(of: $0.place), $0.byteOffset) })
    kernelCost = KernelCost(launch.kernel, launch.layout)
    count = launch.kernel.rangeCount(for: launch.layout)
    chunks = Self.chunkCount(of: count, grain: kernelCost.grain)
    partialWords = kernel.finish == nil ? 0 : chunks * block.partialWordCount
    let byteCount = Self.heapByteCount(partialWords: partialWords)
    self.partials = byteCount == 0 ? nil : (bases.index(of: .workspace), partials)
  }

  /// The chunks that leave results; no points at all leave those of one.
  private static func chunkCount(of points: Int, grain: Int) -> Int {
    max(ParallelLoop.chunkCount(count: points, grain: grain), 1)
  }

  private static func heapByteCount(partialWords: Int) -> Int {
    partialWords <= mostStackWords ? 0 : partialWords * MemoryLayout<Int>.size
  }

  /// The bytes beyond the stack that the chunks of a launch leave for each other.
  fileprivate static func partialByteCount(of launch: KernelLaunch) -> Int {
    guard launch.kernel.isFullReduction else { return 0 }
    let count = launch.kernel.rangeCount(for: launch.layout)
    let chunks = Self.chunkCount(of: count, grain: launch.kernel.chunkLength(ofReduced: count))
    return heapByteCount(partialWords: chunks * LaunchBlock(launch.kernel).partialWordCount)
  }

  deinit {
    template.deallocate()
    pointers.deallocate()
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeBufferPointer<Element> {
    let buffer = UnsafeMutableBufferPointer<Element>.allocate(capacity: elements.count)
    _ = buffer.initialize(fromContentsOf: elements)
    return UnsafeBufferPointer(buffer)
  }

  /// What the body of the loop finds behind its context pointer; the argument block follows it.
  private struct Context {
    let body: CompiledKernel.Body
    let cachedBody: CompiledKernel.Body
    let cachedEnd: Int
    let partials: UnsafeMutableRawPointer?

    /// Runs a part of the range.
    @inline(__always)
    static func run(_ context: UnsafeRawPointer, _ begin: Int, _ end: Int, _ chunk: Int) {
      let block = context + MemoryLayout<Self>.stride
      let context = context.assumingMemoryBound(to: Self.self)
      let (cachedEnd, partials) = (context.pointee.cachedEnd, context.pointee.partials)
      var begin = begin
      if begin < cachedEnd {
        context.pointee.cachedBody(block, begin, min(end, cachedEnd), partials, chunk)
        if end <= cachedEnd { return }
        begin = cachedEnd
      }
      context.pointee.body(block, begin, end, partials, chunk)
    }
  }

  /// The bytes of a context with its argument block.
  private var contextByteCount: Int {
    MemoryLayout<Context>.stride + template.count * MemoryLayout<Int>.stride
  }

  override func run(_ base: UnsafeBufferPointer<UnsafeMutableRawPointer>, threads: Int) {
    // Of words: for memory of bytes, Swift 6.3 retains this object, which costs a small call 70 ns of 200.
    let contextWords = MemoryLayout<Context>.stride / MemoryLayout<Int>.stride
    withUnsafeTemporaryAllocation(of: Int.self, capacity: contextWords + template.count) { words in
      let block = UnsafeMutableBufferPointer(rebasing: words[contextWords...])
      _ = block.initialize(fromContentsOf: template)
      for (word, pointer) in pointers.enumerated() {
        block[word] = Int(bitPattern: base[pointer.base] + pointer.byteOffset)
      }
      guard let start = words.baseAddress else { return }
      let context = UnsafeMutableRawPointer(start)
      if let finish = kernel.finish {
        reduce(context, finish, base, threads)
      } else {
        loop(context, nil, threads)
      }
    }
  }

  /// Runs the chunks of a full reduction and combines what they leave.
  private func reduce(
    _ context: UnsafeMutableRawPointer, _ finish: CompiledKernel.Finish,
    _ base: UnsafeBufferPointer<UnsafeMutableRawPointer>, _ threads: Int
  ) {
    if let partials {
      return reduce(context, base[partials.base] + partials.byteOffset, finish, threads)
    }
    // Other threads write there: no line of the caches may hold anything else of this one's stack.
    let line = Self.lineByteCount / MemoryLayout<Int>.stride
    withUnsafeTemporaryAllocation(of: Int.self, capacity: partialWords + 2 * line) { words in
      let partials = words.baseAddress.map {
        UnsafeMutableRawPointer($0).alignedUp(toMultipleOf: Self.lineByteCount)
      }
      reduce(context, partials, finish, threads)
    }
  }

  private func reduce(
    _ context: UnsafeMutableRawPointer, _ partials: UnsafeMutableRawPointer?,
    _ finish: CompiledKernel.Finish, _ threads: Int
  ) {
    let block = UnsafeRawPointer(context) + MemoryLayout<Context>.stride
    if count > 0 {
      loop(context, partials, threads)
    } else {
      kernel.body(block, 0, 0, partials, 0)
    }
    PairwiseOrder.combine(chunks) { finish(block, $0, $1, partials) }
    finish(block, 0, 0, partials)
  }

  /// Runs the kernel over the whole range, with the argument block that has its place behind `context`.
  private func loop(
    _ context: UnsafeMutableRawPointer, _ partials: UnsafeMutableRawPointer?, _ threads: Int
  ) {
    context.initializeMemory(
      as: Context.self,
      to: Context(
        body: kernel.body, cachedBody: cachedKernel.body, cachedEnd: cachedEnd, partials: partials))
    ParallelLoop.run(
      count: count, grain: kernelCost.grain, threads: threads,
      nanoseconds: kernelCost.nanoseconds, joining: kernelCost.joining, context: context,
      contextByteCount: contextByteCount
    ) { context, begin, end, chunk in
      Context.run(context, begin, end, chunk)
    }
  }
}

extension LaunchPlan {
  /// The most bytes that the chunks of one of its reductions leave for each other, beyond the stack.
  package var partialByteCount: Int {
    steps.reduce(0) { most, step in
      if case .kernel(let launch) = step {
        max(most, KernelCall.partialByteCount(of: launch))
      } else {
        most
      }
    }
  }
}

extension LaunchPlan.Step {
  /// What is compiled for the step: at least one launch for a kernel, and nothing for other steps.
  var variants: [KernelLaunch] {
    if case .kernel(let launch) = self { launch.variants } else { [] }
  }
}

extension KernelLaunch {
  /// The launch, and if some of its points leave their results in the caches, that of a kernel which does
  /// so.
  fileprivate var variants: [KernelLaunch] {
    guard cachedPointCount > 0 else { return [self] }
    var cached = self
    cached.name += "_cached"
    cached.kernel.storesPastCaches = false
    return [self, cached]
  }
}
