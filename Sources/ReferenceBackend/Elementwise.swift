import Arrays
import Scalars

/// Applies `op` at every index of `shape`, to which the operands broadcast.
///
/// The values are those of `ScalarOp.evaluate`; the loops here only save it from being asked once
/// for each element.
func elementwise(
  _ op: ScalarOp, _ operands: [NDArray], _ dtype: DType, _ shape: [Int]
) throws -> NDArray {
  let x = try operands.map { try $0.broadcast(to: shape) }
  if op == .cast { return x[0].cast(to: dtype) }
  switch op.definition.evaluation {
  case .float1(let f):
    return try NDArray(x[0].reals.map(f), dtype, shape)
  case .unary(let f, let g, let unsigned):
    if dtype.isFloating { return try NDArray(x[0].reals.map(f), dtype, shape) }
    if dtype.isUnsigned, let h = unsigned {
      return try NDArray(x[0].naturals.map(h), dtype, shape)
    }
    return try NDArray(x[0].integers.map(g), dtype, shape)
  case .binary(let f, let g, let unsigned):
    if dtype.isFloating { return try NDArray(zip(x[0].reals, x[1].reals, f), dtype, shape) }
    if dtype.isUnsigned, let h = unsigned {
      return try NDArray(zip(x[0].naturals, x[1].naturals, h), dtype, shape)
    }
    return try NDArray(zip(x[0].integers, x[1].integers, g), dtype, shape)
  case .compare(let f, let g, let h):
    let operand = x[0].dtype
    if operand.isFloating { return try NDArray(zip(x[0].reals, x[1].reals, f), dtype, shape) }
    if operand.isUnsigned { return try NDArray(zip(x[0].naturals, x[1].naturals, h), dtype, shape) }
    return try NDArray(zip(x[0].integers, x[1].integers, g), dtype, shape)
  case .scalars(let f):
    return try scalarwise(f, x, dtype, shape)
  }
}

/// Applies an operation that has no form for plain numbers.
private func scalarwise(
  _ f: ([Scalar], DType) -> Scalar, _ operands: [NDArray], _ dtype: DType, _ shape: [Int]
) throws -> NDArray {
  let x = try operands.map { try $0.scalars }
  var lane = [Scalar](repeating: .bool(false), count: x.count)
  let values = x[0].indices.map { place in
    for number in lane.indices { lane[number] = x[number][place] }
    return f(lane, dtype)
  }
  return try NDArray(scalars: values, dtype, shape)
}

private func zip<T, U>(_ a: [T], _ b: [T], _ f: (T, T) -> U) -> [U] {
  a.indices.map { f(a[$0], b[$0]) }
}
