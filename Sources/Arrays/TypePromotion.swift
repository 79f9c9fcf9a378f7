/// The dtype of a result whose operands differ in dtype.
///
/// The table is the Array API's lattice, which covers operands of one kind; `bool` is neutral. Where
/// the Array API is silent the table says what NumPy 2 says: an integer beside a float gives a
/// float wide enough for most of its values, and `uint64` beside a signed integer gives `float64`.
public enum TypePromotion {
  /// Returns the dtype that `a` and `b` meet in, whichever comes first.
  public static func promote(_ a: DType, _ b: DType) -> DType { table[a.index][b.index] }

  /// Returns the dtype that all of `dtypes` meet in, from left to right; `nil` for none.
  public static func promote(_ dtypes: some Sequence<DType>) -> DType? {
    dtypes.reduce(nil) { result, next in result.map { promote($0, next) } ?? next }
  }

  // swift-format-ignore
  /// A row and a column for each dtype, in the order of `DType.allCases`.
  private static let table: [[DType]] = {
    let (b1, f4, f8) = (DType.bool, DType.float32, DType.float64)
    let (i1, i2, i4, i8) = (DType.int8, DType.int16, DType.int32, DType.int64)
    let (u1, u2, u4, u8) = (DType.uint8, DType.uint16, DType.uint32, DType.uint64)
    return [
      // b1  i1  i2  i4  i8  u1  u2  u4  u8  f4  f8
        [b1, i1, i2, i4, i8, u1, u2, u4, u8, f4, f8],  // bool
        [i1, i1, i2, i4, i8, i2, i4, i8, f8, f4, f8],  // int8
        [i2, i2, i2, i4, i8, i2, i4, i8, f8, f4, f8],  // int16
        [i4, i4, i4, i4, i8, i4, i4, i8, f8, f8, f8],  // int32
        [i8, i8, i8, i8, i8, i8, i8, i8, f8, f8, f8],  // int64
        [u1, i2, i2, i4, i8, u1, u2, u4, u8, f4, f8],  // uint8
        [u2, i4, i4, i4, i8, u2, u2, u4, u8, f4, f8],  // uint16
        [u4, i8, i8, i8, i8, u4, u4, u4, u8, f8, f8],  // uint32
        [u8, f8, f8, f8, f8, u8, u8, u8, u8, f8, f8],  // uint64
        [f4, f4, f4, f8, f8, f4, f4, f8, f8, f4, f8],  // float32
        [f8, f8, f8, f8, f8, f8, f8, f8, f8, f8, f8],  // float64
    ]
  }()
}

extension DType {
  /// The place of the dtype in `allCases`, for tables.
  package var index: Int {
    switch self {
    case .bool: 0
    case .int8: 1
    case .int16: 2
    case .int32: 3
    case .int64: 4
    case .uint8: 5
    case .uint16: 6
    case .uint32: 7
    case .uint64: 8
    case .float32: 9
    case .float64: 10
    }
  }
}
