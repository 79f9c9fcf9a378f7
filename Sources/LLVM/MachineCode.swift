/// Machine code in this process's memory, which is freed with the last reference to it.
package final class MachineCode: Sendable {
  /// What messages call it.
  package let name: String

  private let entries: [String: Int]
  private let placed: Placed

  private init(_ image: Image, name: String, _ placed: Placed) {
    (self.name, self.placed, entries) = (name, placed, image.entries)
  }

  /// Places `image` in memory; this needs no LLVM.
  ///
  /// - Throws: When the system gives no memory that can be executed.
  package convenience init(_ image: Image, name: String) throws(LLVMError) {
    self.init(image, name: name, try Placed(image, name: name))
  }

  /// Places images in memory, neighbours of the same bytes in one place.
  ///
  /// - Throws: When the system gives no memory that can be executed.
  package static func place(
    _ images: [(image: Image, name: String)]
  ) throws(LLVMError) -> [MachineCode] {
    var last: (bytes: [UInt8], placed: Placed)?
    var codes: [MachineCode] = []
    for (image, name) in images {
      let placed =
        if let last, last.bytes == image.bytes { last.placed } else {
          try Placed(image, name: name)
        }
      last = (image.bytes, placed)
      codes.append(MachineCode(image, name: name, placed))
    }
    return codes
  }

  /// Returns the address of `symbol`, which holds for as long as this value lives.
  ///
  /// - Throws: When it is none of the symbols that the code was made with.
  package func address(of symbol: String) throws(LLVMError) -> UnsafeRawPointer {
    guard let offset = entries[symbol], let address = placed.region.address(at: offset) else {
      throw .symbolNotFound(symbol, in: name, "it was made with \(entries.keys.sorted())")
    }
    return address
  }
}

/// Bytes in memory that may be executed.
private final class Placed: Sendable {
  let region: CodeMemory.Region

  init(_ image: Image, name: String) throws(LLVMError) {
    guard let region = CodeMemory.shared.place(image.bytes) else { throw .noMemory(name) }
    self.region = region
  }

  deinit { CodeMemory.shared.free(region) }
}
