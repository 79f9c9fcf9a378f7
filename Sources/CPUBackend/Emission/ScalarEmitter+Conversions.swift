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
  /// The intrinsics that do this become scalar code. Out of range or of NaN, the plain conversion is
  /// undefined, so it is given values within.
  private func saturated(_ x: IRValue, from source: DType, to dtype: DType) -> IRValue {
    let lanes = x.type.lanes
    let bounds = dtype.integerBounds ?? (0, 1)
    let low = IRValue(Scalar.int(bounds.least, .int64).cast(to: source), lanes: lanes)
    let high = IRValue(Scalar.uint(bounds.greatest, .uint64).cast(to: source), lanes: lanes)
    let raised = writer.select(compare("gt", [x, low], source), x, low)
    let isExact = dtype.bitWidth <= (source == .float32 ? 16 : 32)
    // The greatest integer, rounded up to a float, is out of range.
    let isBelow = compare("lt", [raised, high], source)
    let inside = writer.select(isBelow, raised, isExact ? high : zero(like: x, source))
    let whole = writer.convert(
      dtype.isSigned ? "fptosi" : "fptoui", inside, to: IRType(dtype, lanes: lanes))
    let greatest = IRValue(Scalar.uint(bounds.greatest, .uint64).cast(to: dtype), lanes: lanes)
    let capped = isExact ? whole : writer.select(isBelow, whole, greatest)
    return writer.select(writer.compare("fcmp ord", x, x), capped, zero(like: whole, dtype))
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
