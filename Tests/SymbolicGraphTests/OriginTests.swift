import CFrames
@testable import SymbolicGraph
import Testing

/// Callers are noted wherever an expression is written, whatever else is on the stack.
@Suite struct OriginTests {
  typealias Body = @convention(c) (UnsafeMutableRawPointer?) -> Void

  @Test(
    "Merged functions are told by their symbols, the user's from others",
    arguments: [
      ("$s4main6encodey13SymbolicGraph6TensorVAE_A3EtFTm", true),
      ("$s13SymbolicGraph6TensorV4mainE6decodeyA2C_A2CtFTm", true),
      ("$sSa4mainE5totals5Int32VyFTm", true),
      ("$ss5ArrayV4mainE5totalSiyFTm", true),
      ("$s4main6encodey13SymbolicGraph6TensorVAE_A3EtF", false),
      ("$s13SymbolicGraph6TensorV1poiyA2C_ACtFZTm", false),
      ("$s13SymbolicGraph6TensorV11ExpressionsE5totalACyFTm", false),
      ("$sSa6appendyyxnFTm", false),
      ("$ss5print_9separator10terminatoryypd_S2StFTm", false),
      ("main", false), ("$s", false), ("$sTm", false), ("$s99Tm", false),
    ])
  func merged(symbol: String, isUsers: Bool) {
    #expect(Origin.isMergedFunction(symbol) == isUsers)
  }

  /// Makes a mistake, and returns what its error says.
  private func mistake(_ call: (Body, UnsafeMutableRawPointer) -> Void) -> String {
    let (x, y) = (Tensor("x", shape: [3]), Tensor("y", shape: [5]))
    var operands = (x, y)
    withUnsafeMutablePointer(to: &operands) { operands in
      call(
        { operands in
          let operands = operands?.assumingMemoryBound(to: (Tensor, Tensor).self)
          if let (x, y) = operands?.pointee { operands?.pointee.0 = x + y }
        }, operands)
    }
    do {
      return "no error, but \(try operands.0.type)"
    } catch {
      return error.description
    }
  }

  /// What it says where the line is known.
  private static let text = "OriginTests.swift:\(#line - 11): \(textWithoutLine)"
  private static let textWithoutLine = """
    add: shapes [3] and [5] do not broadcast; axis 0 has lengths 3 and 5
      x : f64[3]
      y : f64[5]
    """

  @Test(
    "A frame pointer may be anything",
    arguments: [
      0, 1, 8, 0x1000_7fff_ffff_0000, 0x7fff_ffff_fff0, 0xffff_8000_0000_0000, .max, .max - 15,
    ] as [UInt])
  func framePointer(value: UInt) {
    #expect(mistake { frames_call(value, $0, $1) } == Self.text)
  }

  @Test(
    "A frame pointer may lead to memory where there is anything",
    arguments: [0, 0x1000_7fff_ffff_0000, 0x7fff_ffff_fff0, .max] as [UInt])
  func records(word: UInt) {
    let heap = UnsafeMutablePointer<UInt>.allocate(capacity: 2)
    defer { heap.deallocate() }
    heap.initialize(repeating: word, count: 2)
    #expect(mistake { frames_call(UInt(bitPattern: heap), $0, $1) } == Self.text)
    // On this stack, where a record would lie.
    withUnsafeTemporaryAllocation(byteCount: 64, alignment: 16) { bytes in
      bytes.bindMemory(to: UInt.self).initialize(repeating: word)
      #expect(mistake { frames_call(UInt(bitPattern: bytes.baseAddress), $0, $1) } == Self.text)
    }
  }

  @Test("A coroutine has a stack of its own, of which nothing is known")
  func coroutine() {
    #expect(mistake { frames_call_elsewhere($0, $1) } == Self.textWithoutLine)
  }

  @Test("Parts of asynchronous functions leave what they like in the frame pointer")
  func asynchronous() async {
    for _ in 0..<50 {
      await Task.yield()
      #expect(mistake { $0($1) }.hasPrefix(Self.text))
    }
  }
}
