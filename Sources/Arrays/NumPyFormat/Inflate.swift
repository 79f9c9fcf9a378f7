/// Decompression of the deflate format (RFC 1951), whose paragraphs the comments name.
struct Inflate {
  private let input: UnsafeRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private var position = 0
  private var written = 0
  /// Bits taken from the input and not yet used, the next one lowest.
  private var bits: UInt64 = 0
  private var bitCount = 0

  /// Fills `output` with what `input` was compressed from.
  ///
  /// - Returns: whether the input is well formed and gives exactly as many bytes as there is room.
  static func run(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) -> Bool {
    var inflate = Inflate(input: input, output: output)
    return inflate.blocks() != nil && inflate.written == output.count
  }

  private init(input: UnsafeRawBufferPointer, output: UnsafeMutableRawBufferPointer) {
    self.input = input
    self.output = output
  }

  /// 3.2.3: each block says whether it is the last, and how it is compressed.
  private mutating func blocks() -> Void? {
    var isLast = false
    while !isLast {
      guard let last = take(1), let kind = take(2) else { return nil }
      isLast = last == 1
      switch kind {
      case 0: guard stored() != nil else { return nil }
      case 1: guard compressed(Self.fixedLengths, Self.fixedDistances) != nil else { return nil }
      case 2:
        guard let (lengths, distances) = dynamicCodes(), compressed(lengths, distances) != nil
        else { return nil }
      default: return nil
      }
    }
    return ()
  }

  /// 3.2.4: bytes as they are, from the next whole byte on.
  private mutating func stored() -> Void? {
    _ = take(bitCount % 8)
    guard let count = take(16), let check = take(16), count ^ check == 0xFFFF else { return nil }
    position -= bitCount / 8
    (bits, bitCount) = (0, 0)
    guard count <= input.count - position, count <= output.count - written else { return nil }
    if count > 0, let base = input.baseAddress {
      UnsafeMutableRawBufferPointer(rebasing: output[written...])
        .copyMemory(from: UnsafeRawBufferPointer(start: base + position, count: count))
    }
    position += count
    written += count
    return ()
  }

  /// 3.2.5: bytes, and copies of earlier bytes as pairs of length and distance.
  private mutating func compressed(_ lengths: HuffmanCode, _ distances: HuffmanCode) -> Void? {
    while let symbol = next(lengths) {
      if symbol == 256 { return () }
      if symbol < 256 {
        guard written < output.count else { return nil }
        output[written] = UInt8(symbol)
        written += 1
        continue
      }
      guard let length = value(symbol - 257, Self.lengthBases, Self.lengthExtras),
        let code = next(distances),
        let distance = value(code, Self.distanceBases, Self.distanceExtras),
        distance <= written, length <= output.count - written
      else { return nil }
      // Byte by byte, as a copy may run into what it has just written.
      for i in written..<written + length { output[i] = output[i - distance] }
      written += length
    }
    return nil
  }

  private mutating func value(_ code: Int, _ bases: [Int], _ extras: [Int]) -> Int? {
    guard code < bases.count else { return nil }
    return take(extras[code]).map { bases[code] + $0 }
  }

  /// 3.2.7: the two codes of a block, themselves compressed with a third.
  private mutating func dynamicCodes() -> (HuffmanCode, HuffmanCode)? {
    guard let lengthCount = take(5).map({ $0 + 257 }), let distanceCount = take(5).map({ $0 + 1 }),
      let orderCount = take(4).map({ $0 + 4 })
    else { return nil }
    var codeLengths = [Int](repeating: 0, count: 19)
    for place in Self.order.prefix(orderCount) {
      guard let length = take(3) else { return nil }
      codeLengths[place] = length
    }
    guard let code = HuffmanCode(codeLengths) else { return nil }
    var lengths: [Int] = []
    while lengths.count < lengthCount + distanceCount {
      guard let symbol = next(code) else { return nil }
      switch symbol {
      case 16:
        guard let last = lengths.last, let count = take(2) else { return nil }
        lengths += repeatElement(last, count: count + 3)
      case 17, 18:
        guard let count = take(symbol == 17 ? 3 : 7) else { return nil }
        lengths += repeatElement(0, count: count + (symbol == 17 ? 3 : 11))
      default: lengths.append(symbol)
      }
    }
    guard lengths.count == lengthCount + distanceCount,
      let first = HuffmanCode(Array(lengths[..<lengthCount])),
      let second = HuffmanCode(Array(lengths[lengthCount...]))
    else { return nil }
    return (first, second)
  }

  // MARK: - Bits

  private mutating func fill() {
    while bitCount <= 56, position < input.count {
      bits |= UInt64(input[position]) << UInt64(bitCount)
      position += 1
      bitCount += 8
    }
  }

  /// Returns the next `count` bits as a number, or `nil` if the input ends before.
  private mutating func take(_ count: Int) -> Int? {
    if bitCount < count { fill() }
    guard bitCount >= count else { return nil }
    defer {
      bits >>= UInt64(count)
      bitCount -= count
    }
    return Int(bits & (1 << UInt64(count) - 1))
  }

  private mutating func next(_ code: HuffmanCode) -> Int? {
    if bitCount < HuffmanCode.longest { fill() }
    let (symbol, length) = code.lookUp(bits)
    guard length > 0, length <= bitCount else { return nil }
    bits >>= UInt64(length)
    bitCount -= length
    return symbol
  }

  // MARK: - Tables

  private static let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
  private static let lengthExtras =
    [0, 0, 0, 0, 0, 0, 0, 0] + (1...5).flatMap { [$0, $0, $0, $0] } + [0]
  private static let lengthBases = Array(bases(from: 3, lengthExtras.dropLast())) + [258]
  private static let distanceExtras = [0, 0] + (0...13).flatMap { [$0, $0] }
  private static let distanceBases = Array(bases(from: 1, distanceExtras[...]))

  private static func bases(from first: Int, _ extras: ArraySlice<Int>) -> ArraySlice<Int> {
    extras.reduce(into: [first]) { $0.append($0[$0.count - 1] + 1 << $1) }.dropLast()
  }

  private static let fixedLengths =
    HuffmanCode((0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 }) ?? HuffmanCode()
  private static let fixedDistances =
    HuffmanCode([Int](repeating: 5, count: 30)) ?? HuffmanCode()
}
