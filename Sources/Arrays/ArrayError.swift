/// Why an array could not be made, read or written.
///
/// The text is the whole of it: one phrase that states the rule and what was found, and perhaps an
/// indented line that says what helps.
public struct ArrayError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The sentence to show.
  public let description: String
  /// How much memory was asked for, where that is what was not there.
  package private(set) var missingByteCount: UInt128?

  private init(_ description: String) { self.description = description }
}

// MARK: - Memory and shapes

extension ArrayError {
  /// The memory is not there.
  package static func cannotAllocate(_ operation: String, byteCount: UInt128) -> ArrayError {
    var error = ArrayError("\(operation): \(ByteCount.text(byteCount)) cannot be allocated")
    error.missingByteCount = byteCount
    return error
  }

  /// The product of the extents is beyond any memory.
  package static func tooManyElements(_ operation: String, _ shape: [Int]) -> ArrayError {
    ArrayError(
      "\(operation): shape \(DType.shapeText(shape)) has more elements than can be counted")
  }

  /// An extent is below zero.
  package static func negativeExtent(_ operation: String, _ shape: [Int], axis: Int) -> ArrayError {
    ArrayError(
      "\(operation): extents must not be negative; axis \(axis) of \(DType.shapeText(shape)) has "
        + "length \(shape[axis])")
  }

  /// An array is to have more axes than arrays may.
  package static func tooManyAxes(_ operation: String, rank: Int, limit: Int) -> ArrayError {
    ArrayError("\(operation): arrays have at most \(limit) axes; got \(rank)")
  }

  /// The elements given do not fill the shape given.
  package static func countMismatch(
    _ operation: String, _ shape: [Int], needs: Int, count: Int
  ) -> ArrayError {
    ArrayError(
      "\(operation): shape \(DType.shapeText(shape)) has \(counted(needs, "element")); got \(count)"
    )
  }

  /// Two shapes do not broadcast.
  package static func notBroadcastable(_ operation: String, _ a: [Int], _ b: [Int]) -> ArrayError {
    let start =
      "\(operation): shapes \(DType.shapeText(a)) and \(DType.shapeText(b)) do not broadcast"
    guard let axis = Broadcasting.clash(a, b) else { return ArrayError(start) }
    let rank = max(a.count, b.count)
    let (i, j) = (a[axis - rank + a.count], b[axis - rank + b.count])
    return ArrayError("\(start); axis \(axis) has lengths \(i) and \(j)")
  }

  /// An array cannot be repeated into exactly the shape asked for.
  package static func notBroadcastable(_ shape: [Int], to target: [Int]) -> ArrayError {
    ArrayError(
      "broadcast: shape \(DType.shapeText(shape)) does not broadcast to \(DType.shapeText(target))")
  }

  /// The parts of an array literal differ in shape.
  package static func raggedLiteral(_ first: [Int], _ other: [Int], at index: Int) -> ArrayError {
    ArrayError(
      "array literal: elements must have equal shapes; element 0 has \(DType.shapeText(first)), "
        + "element \(index) has \(DType.shapeText(other))")
  }

  /// The bounds of a range of random numbers are not finite.
  package static func unboundedRange(_ lower: Double, _ upper: Double) -> ArrayError {
    ArrayError("uniform: bounds must be finite; got \(Scalar(lower))...\(Scalar(upper))")
  }

  /// A range of random integers holds none.
  package static func noWholeNumber(_ lower: Double, _ upper: Double) -> ArrayError {
    ArrayError("uniform: no whole number lies in \(Scalar(lower))...\(Scalar(upper))")
  }

  /// A dtype does not hold all of a range of random numbers.
  package static func rangeBeyond(
    _ dtype: DType, _ lower: Double, _ upper: Double
  ) -> ArrayError {
    ArrayError("uniform: \(dtype) does not hold all of \(Scalar(lower))...\(Scalar(upper))")
  }

  /// The step of a progression is zero or not finite, or an end of it is not finite.
  package static func noProgression(_ start: Double, _ stop: Double, _ step: Double) -> ArrayError {
    ArrayError(
      "arange: bounds must be finite and the step not zero; got \(Scalar(start)) to \(Scalar(stop)) "
        + "by \(Scalar(step))")
  }
}

// MARK: - Elements, axes, indices

extension ArrayError {
  /// The dtype asked for would lose values of the array.
  package static func wrongElementType(_ operation: String, _ dtype: DType, as other: DType)
    -> ArrayError
  {
    ArrayError(
      """
      \(operation): elements of \(dtype) are not read as \(other), which does not hold all of them
        cast(to:) converts them
      """)
  }

  /// Elements of one dtype were to be changed in place as another.
  package static func notThatDType(_ operation: String, _ dtype: DType, as other: DType)
    -> ArrayError
  {
    ArrayError("\(operation): the array holds \(dtype); got \(other)")
  }

  /// A single value was asked of an array that holds none or several.
  package static func notOneElement(_ operation: String, _ dtype: DType, _ shape: [Int])
    -> ArrayError
  {
    ArrayError("\(operation): the array must have one element; it is \(dtype.typeText(shape))")
  }

  /// An axis is not there.
  package static func noSuchAxis(
    _ operation: String, _ axis: Int, rank: Int, of owner: String = "array"
  ) -> ArrayError {
    let start = "\(operation): axis \(axis) does not exist; the \(owner) has rank \(rank)"
    return ArrayError(
      rank == 0
        ? "\(start) and no axes" : "\(start), so axes are 0 to \(rank - 1), or -1 to \(-rank)")
  }

  /// An index lies outside its axis.
  package static func indexOutOfRange(_ operation: String, _ index: Int, axis: Int, extent: Int)
    -> ArrayError
  {
    let start = "\(operation): index \(index) is outside axis \(axis)"
    return ArrayError(
      extent == 0
        ? "\(start), which has length 0"
        : "\(start); its length is \(extent), so indices are 0 to \(extent - 1), or -1 to \(-extent)"
    )
  }

  /// The number of indices is not the rank.
  package static func wrongIndexCount(_ operation: String, _ count: Int, rank: Int) -> ArrayError {
    ArrayError(
      "\(operation): an array of rank \(rank) takes \(counted(rank, "index")); got \(count)")
  }

  /// More axes were indexed than there are.
  package static func tooManyIndices(_ operation: String, _ count: Int, rank: Int) -> ArrayError {
    ArrayError(
      "\(operation): an array of rank \(rank) takes at most \(counted(rank, "index")); got \(count)"
    )
  }

  /// An index list holds more than one ellipsis.
  package static func severalEllipses(_ operation: String) -> ArrayError {
    ArrayError("\(operation): only one of the indices may be an ellipsis")
  }

  /// A range reaches beyond its axis.
  static func rangeOutOfBounds(
    _ operation: String, from lower: Int, to upper: Int, step: Int, axis: Int, extent: Int
  ) -> ArrayError {
    let stride = step < 0 ? " by \(step)" : ""
    return rangeOutOfBounds(operation, "\(lower)..<\(upper)\(stride)", axis: axis, extent: extent)
  }

  /// A range that is told of in words reaches beyond its axis.
  static func rangeOutOfBounds(
    _ operation: String, _ range: String, axis: Int, extent: Int
  ) -> ArrayError {
    ArrayError(
      "\(operation): range \(range) reaches outside axis \(axis), which has length \(extent)")
  }

  /// A step of zero never arrives.
  package static func zeroStep(_ operation: String) -> ArrayError {
    ArrayError("\(operation): the step must not be 0")
  }

  /// The list is not an order of the axes.
  package static func notAPermutation(_ permutation: [Int], rank: Int) -> ArrayError {
    ArrayError(
      "transpose: the permutation must name each axis of rank \(rank) once; got "
        + DType.shapeText(permutation))
  }

  /// The new shape has another number of elements.
  package static func cannotReshape(_ shape: [Int], to target: [Int]) -> ArrayError {
    ArrayError(
      "reshape: \(DType.shapeText(shape)) does not have as many elements as "
        + DType.shapeText(target) + (DType.openLengthNote(in: target).map { "\n  " + $0 } ?? ""))
  }

  /// More than one extent was left open.
  package static func severalOpenExtents(_ target: [Int]) -> ArrayError {
    ArrayError("reshape: only one extent may be -1; got \(DType.shapeText(target))")
  }

  /// An axis to be dropped is longer than one.
  package static func cannotSqueeze(axis: Int, extent: Int) -> ArrayError {
    ArrayError("squeeze: axis \(axis) must have length 1; it has \(extent)")
  }
}

// MARK: - Files

extension ArrayError {
  /// The system does not let the file be read.
  static func cannotRead(_ path: String, reason: String) -> ArrayError {
    ArrayError("\(path): cannot be read; \(reason)")
  }

  /// The system does not let the file be written.
  static func cannotWrite(_ path: String, reason: String) -> ArrayError {
    ArrayError("\(path): cannot be written; \(reason)")
  }

  /// The path leads to a folder or a device.
  static func notAFile(_ path: String) -> ArrayError {
    ArrayError("\(path): only regular files are read; this is a folder, a device or a pipe")
  }

  /// The file became shorter while it was read.
  static func shortened(_ path: String, expected: Int, found: Int) -> ArrayError {
    ArrayError("\(path): the file has \(counted(expected, "byte")); reading ended after \(found)")
  }

  /// The first bytes are not those of a `.npy` file.
  static func notNumPyFile(_ name: String) -> ArrayError {
    ArrayError("\(name): a .npy file begins with the bytes 93 4E 55 4D 50 59; this one does not")
  }

  /// The format is newer than we know.
  static func unknownVersion(_ name: String, major: Int, minor: Int) -> ArrayError {
    ArrayError(
      "\(name): format versions read are 1.0, 2.0 and 3.0; the file has version \(major).\(minor)")
  }

  /// The file ends before the length of its header.
  static func endsInHeader(_ name: String, byteCount: Int) -> ArrayError {
    ArrayError("\(name): the file ends within its header, after \(counted(byteCount, "byte"))")
  }

  /// The file ends within its header.
  static func truncatedHeader(_ name: String, length: Int, available: Int) -> ArrayError {
    ArrayError(
      "\(name): the header takes \(counted(length, "byte")); the file has \(available) left")
  }

  /// The header is longer than any that stands for an array.
  static func headerTooLong(_ name: String, length: Int, limit: Int) -> ArrayError {
    ArrayError("\(name): headers of up to \(limit) bytes are read; this one takes \(length)")
  }

  /// The header is not a dictionary of literals.
  static func notADictionary(_ name: String, _ text: String) -> ArrayError {
    ArrayError("\(name): the header must be a Python dictionary; it is \(quoted(text))")
  }

  /// The header says other things than it should.
  static func wrongKeys(_ name: String, _ keys: [String]) -> ArrayError {
    let found = keys.isEmpty ? "none" : keys.map(quoted).joined(separator: ", ")
    return ArrayError(
      "\(name): the header's keys must be 'descr', 'fortran_order' and 'shape'; they are \(found)")
  }

  /// An entry of the header is of the wrong sort.
  static func wrongHeaderValue(_ name: String, key: String, rule: String) -> ArrayError {
    ArrayError("\(name): header's '\(key)' must be \(rule)")
  }

  /// The elements are records or objects.
  static func structuredDType(_ name: String) -> ArrayError {
    ArrayError("\(name): header's 'descr' must be one dtype; arrays of records are not read")
  }

  /// The elements are of a dtype that arrays do not have.
  static func unknownDescriptor(_ name: String, _ descriptor: String) -> ArrayError {
    ArrayError(
      """
      \(name): header says dtype \(quoted(descriptor)); dtypes read are bool, int8 to int64, uint8 to \
      uint64, float32 and float64
      """)
  }

  /// The file has more or fewer bytes than its header says.
  static func wrongDataSize(
    _ name: String, _ dtype: DType, _ shape: [Int], byteCount: UInt128, available: Int
  ) -> ArrayError {
    ArrayError(
      "\(name): header says \(dtype.typeText(shape)), which takes \(byteCount) bytes; the file has "
        + "\(available) after it")
  }

  /// No array of an archive has the name.
  static func notInArchive(_ path: String, _ name: String, known: [String]) -> ArrayError {
    let list = known.map(quoted).joined(separator: ", ")
    return ArrayError(
      """
      \(path): there is no array \(quoted(name))
        \(known.isEmpty ? "it holds none" : "its arrays are \(list)")
      """)
  }

  /// Two arrays of an archive would have one name.
  static func doubledName(_ path: String, _ name: String) -> ArrayError {
    ArrayError("\(path): names must differ; \(quoted(name)) is given twice")
  }

  /// A name does not fit into an archive's directory.
  static func nameTooLong(_ path: String, _ name: String) -> ArrayError {
    ArrayError("\(path): names take at most 65535 bytes; \(quoted(name)) takes \(name.utf8.count)")
  }

  /// The end of an archive, where its directory is found, is not there.
  static func notAnArchive(_ path: String) -> ArrayError {
    ArrayError("\(path): a .npz file ends with a zip directory; this one does not")
  }

  /// The directory of an archive points to places outside it.
  static func brokenDirectory(_ path: String) -> ArrayError {
    ArrayError("\(path): the zip directory is damaged; it points outside the file")
  }

  /// An entry is compressed or encrypted in a way that is not read.
  static func unknownCompression(_ name: String, method: Int) -> ArrayError {
    ArrayError("\(name): entries read are stored or deflated; this one has method \(method)")
  }

  /// An entry needs a password.
  static func encrypted(_ name: String) -> ArrayError {
    ArrayError("\(name): encrypted entries are not read")
  }

  /// An entry does not decompress to what the directory says.
  static func damagedEntry(_ name: String, byteCount: Int) -> ArrayError {
    ArrayError(
      "\(name): the compressed data is damaged; it does not give \(counted(byteCount, "byte"))")
  }

  /// An entry's bytes are not those that were written.
  static func wrongCheckSum(_ name: String, expected: UInt32, found: UInt32) -> ArrayError {
    let (expected, found) = (String(expected, radix: 16), String(found, radix: 16))
    return ArrayError("\(name): the check sum must be \(expected); it is \(found)")
  }
}

// MARK: - Words

extension ArrayError {
  private static func counted(_ count: Int, _ noun: String) -> String {
    let plural = noun == "index" ? "indices" : noun + "s"
    return "\(count) \(count == 1 ? noun : plural)"
  }

  /// What a file says, cut short; a file may say anything.
  private static func quoted(_ text: String) -> String {
    let limit = 60
    let shown = text.prefix(limit).map { $0.isNewline ? " " : $0 }
    return "'" + String(shown) + (text.count > limit ? "…" : "") + "'"
  }
}

/// Amounts of memory in words.
package enum ByteCount {
  /// Returns the amount in the largest unit it fills, with one decimal where it is not whole.
  package static func text(_ byteCount: UInt128) -> String {
    let units: [(String, UInt128)] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
    guard let (name, size) = units.first(where: { byteCount >= $0.1 }) else {
      return byteCount == 1 ? "1 byte" : "\(byteCount) bytes"
    }
    let (whole, tenth) = (byteCount / size, byteCount % size * 10 / size)
    return tenth == 0 ? "\(whole) \(name)" : "\(whole).\(tenth) \(name)"
  }
}
