internal import Arrays
internal import Scalars

/// `a * 2^b`, as `Instruction.scale` says.
extension ScalarEmitter {
  func scaled(_ a: IRValue, by b: IRValue, _ dtype: DType) -> IRValue {
    let byteCount = a.type.lanes * dtype.byteCount
    guard target.hasMaskRegisters, byteCount >= 16 else { return multiplied(a, byTwoTo: b, dtype) }
    if byteCount > 64 {
      let half = a.type.lanes / 2
      let parts = [0..<half, half..<2 * half].map {
        scaled(writer.lanes($0, of: a), by: writer.lanes($0, of: b), dtype)
      }
      return writer.joined(parts[0], parts[1])
    }
    // One instruction of AVX-512, with all lanes on and the usual way of rounding.
    let name = "llvm.x86.avx512.mask.scalef.\(dtype == .float32 ? "ps" : "pd").\(byteCount * 8)"
    let mask = IRValue("-1", IRType(.integer(max(8, a.type.lanes))))
    let rounding = byteCount == 64 ? [IRValue.i32(4)] : []
    return writer.call(name, [a, b, a, mask] + rounding, a.type)
  }

  /// The product with two powers, of which the first leaves `a` a normal number: so only the second
  /// rounds.
  private func multiplied(_ a: IRValue, byTwoTo b: IRValue, _ dtype: DType) -> IRValue {
    let bits = dtype == .float32 ? 23 : 52, bias = dtype == .float32 ? 127 : 1023
    let integer: DType = dtype == .float32 ? .int32 : .int64
    func constant(_ value: Int) -> IRValue {
      IRValue(Scalar.int(Int64(value), .int64).cast(to: integer), lanes: a.type.lanes)
    }
    // Added to this number, b stands in the low bits, and can be shifted into the place of an exponent.
    let shifter = 1.5 * Double(sign: .plus, exponent: bits, significand: 1) + Double(bias - 1)
    let shifted = writer.binary(
      "fadd", b, IRValue(Scalar.float(shifter, .float64).cast(to: dtype), lanes: a.type.lanes))
    let whole = writer.convert("bitcast", shifted, to: constant(0).type)
    let exponent = writer.binary("shl", whole, constant(bits))
    let first = intrinsic("smax", [exponent, constant(32 << bits)])
    let beyond = writer.binary("sub", exponent, first)
    let rest = writer.binary("add", beyond, constant((bias + 1) << bits))
    return [first, rest].reduce(a) {
      writer.binary("fmul", $0, writer.convert("bitcast", $1, to: a.type))
    }
  }
}
