internal import Arrays
internal import Scalars

extension ScalarEmitter {
  /// The value in another dtype, as `Instruction.convert` says.
  func converted(_ x: IRValue, from source: DType, to dtype: DType) -> IRValue {
    let type = IRType(dtype, lanes: x.type.lanes)
    switch (source.kind, dtype.kind) {
    case (.floating, .bool): return writer.compare("fcmp une", x, zero(like: x, source))
    case (.bool, .bool): return x
    case (_, .bool): return writer.compare("icmp ne", x, zero(like: x, source))
    case (.floating, .floating):
      return writer.convert(source == .float64 ? "fptrunc" : "fpext", x, to: type)
    case (.floating, .signed), (.floating, .unsigned):
      return saturated(x, from: source, to: dtype)
    case (.signed, .floating): return writer.convert("sitofp", x, to: type)
    case (_, .floating): return writer.convert("uitofp", x, to: type)
    case (_, .signed), (_, .unsigned):
      let isNarrower = dtype.bitWidth < source.bitWidth && source != .bool
      return writer.convert(
        isNarrower ? "trunc" : source.kind == .signed ? "sext" : "zext", x, to: type)
    }
  }

  /// Truncates towards zero into the range of `dtype`; NaN gives 0.
  ///
  /// The intrinsics that do this become scalar code. Both bounds are exact in every floating dtype,
  /// which the greatest integer is not.
  private func saturated(_ x: IRValue, from source: DType, to dtype: DType) -> IRValue {
    let bounds = dtype.integerBounds ?? (0, 1)
    func bound(_ value: Double) -> IRValue {
      IRValue(Scalar.float(value, .float64).cast(to: source), lanes: x.type.lanes)
    }
    let low = bound(Double(bounds.least))
    let high = bound(Double(sign: .plus, exponent: dtype.bitWidth - (dtype.isSigned ? 1 : 0), significand: 1))
    let isAbove = compare("ge", [x, high], source)
    // Out of range or NaN, the conversion itself would be undefined.
    let isInside = writer.binary("and", compare("ge", [x, low], source), compare("lt", [x, high], source))
    let inside = writer.select(isInside, x, zero(like: x, source))
    let type = IRType(dtype, lanes: x.type.lanes)
    let whole = writer.convert(dtype.isSigned ? "fptosi" : "fptoui", inside, to: type)
    let greatest = Scalar.uint(bounds.greatest, .uint64).cast(to: dtype)
    let capped = writer.select(isAbove, IRValue(greatest, lanes: x.type.lanes), whole)
    guard dtype.isSigned else { return capped }
    let least = Scalar.int(bounds.least, .int64).cast(to: dtype)
    return writer.select(
      compare("lt", [x, low], source), IRValue(least, lanes: x.type.lanes), capped)
  }

  /// The table's elements at the indices `index`.
  func lookup(_ table: Table, _ index: IRValue, _ dtype: DType) -> IRValue {
    let type = IRType(dtype, lanes: index.type.lanes)
    let base = IRValue(tables.name(of: table), .pointer)
    guard type.lanes > 1 else {
      return writer.load(type, writer.address(base, plus: index, of: type), align: 8)
    }
    let pointers = IRType(.pointer, lanes: type.lanes)
    let addresses = writer.assign(
      pointers, "getelementptr \(type.with(lanes: 1).text), \(base.typed), \(index.typed)")
    let everywhere = IRValue(.bool(true), lanes: type.lanes)
    return writer.call(
      "llvm.masked.gather.\(type.suffix).\(pointers.suffix)",
      [addresses, .i32(8), everywhere, IRValue("poison", type)], type)
  }
}

/// The constant tables of a module, each written once.
final class ConstantTables {
  private var names: [Table: String] = [:]
  private var definitions: [String] = []

  /// The name of the constant that holds `table`.
  func name(of table: Table) -> String {
    if let name = names[table] { return name }
    let name = "@table\(names.count)"
    names[table] = name
    let words = table.words.map { "i64 \(Int64(bitPattern: $0))" }.joined(separator: ", ")
    definitions.append(
      "\(name) = private unnamed_addr constant [\(table.words.count) x i64] [\(words)], align 64")
    return name
  }

  /// The definitions of all tables so far.
  var text: String { definitions.map { $0 + "\n" }.joined() }
}
