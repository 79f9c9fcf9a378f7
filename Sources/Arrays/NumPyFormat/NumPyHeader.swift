/// What precedes the elements in a `.npy` file: dtype, byte order, order of axes, and shape.
struct NumPyHeader: Equatable {
  var dtype: DType
  var isBigEndian = false
  var isFortranOrder = false
  var shape: [Int]

  /// The bytes that a file begins with.
  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// The elements begin at a multiple of this, so that a mapped file is aligned.
  static let alignment = 64
}

// MARK: - Writing

extension NumPyHeader {
  /// The bytes from the magic number to the first element, as NumPy writes them.
  var bytes: [UInt8] {
    let extents = shape.map(String.init)
    let tuple = extents.joined(separator: ", ") + (extents.count == 1 ? "," : "")
    var text = "{'descr': '\(descriptor)', 'fortran_order': \(isFortranOrder ? "True" : "False"), "
    text += "'shape': (\(tuple)), }"
    // NumPy leaves room for the axis that an appending writer lets grow: 21 digits.
    if let growing = isFortranOrder ? extents.last : extents.first {
      text += String(repeating: " ", count: 21 - growing.utf8.count)
    }
    let prefix = Self.magic.count + 4
    let used = prefix + text.utf8.count + 1
    text += String(repeating: " ", count: Self.alignment - used % Self.alignment) + "\n"
    // Version 1.0 holds 65,535 bytes, more than 64 axes need.
    let count = UInt16(text.utf8.count)
    return Self.magic + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)] + Array(text.utf8)
  }

  /// The dtype and the byte order as NumPy spells them: `<f8`, `|b1`.
  private var descriptor: String {
    (dtype.byteCount == 1 ? "|" : isBigEndian ? ">" : "<") + Self.code(dtype)
  }

  private static func code(_ dtype: DType) -> String {
    switch dtype.kind {
    case .bool: "b1"
    case .signed: "i\(dtype.byteCount)"
    case .unsigned: "u\(dtype.byteCount)"
    case .floating: "f\(dtype.byteCount)"
    }
  }

  /// Reads a descriptor; `nil` if its dtype is none of ours.
  static func parse(descriptor: String) -> (dtype: DType, isBigEndian: Bool)? {
    let orders: [Character] = ["<", ">", "|", "="]
    let order = descriptor.first.flatMap { orders.contains($0) ? $0 : nil }
    let text = descriptor.dropFirst(order == nil ? 0 : 1)
    guard let dtype = DType.allCases.first(where: { code($0) == text }) else { return nil }
    return (dtype, order == ">")
  }
}
