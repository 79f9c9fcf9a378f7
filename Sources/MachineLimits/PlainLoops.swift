import CPUBackend
import Glibc

/// The loops in plain Swift, for processes without LLVM. They show what such code reaches, not what the
/// machine does.
enum PlainLoops {
  /// A loop of a mix; its range counts blocks, as that of `TrafficLoop`.
  static func traffic(_ mix: Mix) -> LoopBody {
    switch mix {
    case .read: read
    case .readTwoAndWrite: readTwoAndWrite
    case .copy: copy
    case .write: write
    }
  }

  private typealias Block = SIMD64<UInt64>
  private static let blockByteCount = TrafficLoop.blockByteCount

  private static let read: LoopBody = { context, begin, end, chunk in
    let words = LoopContext.words(of: context)
    guard let array = words[0] else { return }
    var sum = Block()
    for block in begin..<end {
      sum &+= array.loadUnaligned(fromByteOffset: block * blockByteCount, as: Block.self)
    }
    report(sum.wrappedSum(), words, chunk)
  }

  private static let copy: LoopBody = { context, begin, end, _ in
    let words = LoopContext.words(of: context)
    guard let array = words[0], let output = words[LoopContext.outputWord] else { return }
    let offset = begin * blockByteCount
    memcpy(output + offset, array + offset, (end - begin) * blockByteCount)
  }

  private static let readTwoAndWrite: LoopBody = { context, begin, end, _ in
    let words = LoopContext.words(of: context)
    guard let a = words[0], let b = words[1], let output = words[LoopContext.outputWord] else {
      return
    }
    for block in begin..<end {
      let offset = block * blockByteCount
      let sum =
        a.loadUnaligned(fromByteOffset: offset, as: Block.self)
        &+ b.loadUnaligned(fromByteOffset: offset, as: Block.self)
      output.storeBytes(of: sum, toByteOffset: offset, as: Block.self)
    }
  }

  private static let write: LoopBody = { context, begin, end, _ in
    let words = LoopContext.words(of: context)
    guard let output = words[LoopContext.outputWord] else { return }
    memset(output + begin * blockByteCount, 1, (end - begin) * blockByteCount)
  }

  private static func report(
    _ value: UInt64, _ words: UnsafePointer<UnsafeMutableRawPointer?>, _ chunk: Int
  ) {
    words[LoopContext.reportWord]?.storeBytes(
      of: value, toByteOffset: chunk * LoopContext.reportByteCount, as: UInt64.self)
  }
}

extension PlainLoops {
  /// A loop that computes with numbers of a size, whose range counts rounds, and the operations of a
  /// round.
  static func arithmetic(byteCount: Int, isFloating: Bool) -> (body: LoopBody, perRound: Int) {
    switch (isFloating, byteCount) {
    case (true, 4): (float32, 2 * 64)
    case (true, _): (float64, 2 * 32)
    case (false, 1): (int8, 2 * 64)
    case (false, 2): (int16, 2 * 64)
    case (false, 4): (int32, 2 * 64)
    case (false, _): (int64, 2 * 32)
    }
  }

  private static let float32: LoopBody = { context, begin, end, chunk in
    var x = SIMD64<Float>(repeating: 1)
    for _ in begin..<end { x = x * 0.5 + 1 }
    report(UInt64(x.sum()), LoopContext.words(of: context), chunk)
  }

  private static let float64: LoopBody = { context, begin, end, chunk in
    var x = SIMD32<Double>(repeating: 1)
    for _ in begin..<end { x = x * 0.5 + 1 }
    report(UInt64(x.sum()), LoopContext.words(of: context), chunk)
  }

  private static let int8: LoopBody = { adding(SIMD64<UInt8>(), $0, $1, $2, $3) }
  private static let int16: LoopBody = { adding(SIMD64<UInt16>(), $0, $1, $2, $3) }
  private static let int32: LoopBody = { adding(SIMD64<UInt32>(), $0, $1, $2, $3) }
  private static let int64: LoopBody = { adding(SIMD32<UInt64>(), $0, $1, $2, $3) }

  /// Adds numbers each to the other, which no compiler shortens.
  @inline(__always)
  private static func adding<Vector: SIMD>(
    _ zero: Vector, _ context: UnsafeRawPointer, _ begin: Int, _ end: Int, _ chunk: Int
  ) where Vector.Scalar: FixedWidthInteger {
    var (x, y) = (zero, Vector(repeating: 1))
    for _ in begin..<end {
      x &+= y
      y &+= x
    }
    report(UInt64(truncatingIfNeeded: x.wrappedSum()), LoopContext.words(of: context), chunk)
  }
}
