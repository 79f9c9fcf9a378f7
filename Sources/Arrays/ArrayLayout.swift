/// What the bytes of an array mean: the type of its elements, its shape and its strides.
///
/// Arrays of one layout share it. Copying an array then copies two references, and the call of a
/// compiled function recognises the layouts it was bound to by their addresses.
@usableFromInline
package final class ArrayLayout: Sendable {
  /// The type of the elements.
  @usableFromInline package let dtype: DType
  /// The extent of each axis; empty for a single value.
  package let shape: [Int]
  /// How many elements apart neighbours on each axis are.
  package let strides: [Int]

  package init(_ dtype: DType, shape: [Int], strides: [Int]) {
    self.dtype = dtype
    self.shape = shape
    self.strides = strides
  }

  /// Makes the layout of an array in C order.
  package convenience init(_ dtype: DType, _ shape: [Int]) {
    self.init(dtype, shape: shape, strides: Shape.contiguousStrides(shape))
  }

  /// Whether the elements lie in C order without gaps.
  package var isContiguous: Bool { Shape.isContiguous(shape, strides: strides) }

  /// Whether two layouts are the same; quick when they are one object.
  @inlinable
  package func matches(_ other: ArrayLayout) -> Bool {
    self === other || hasContents(of: other)
  }

  @usableFromInline
  func hasContents(of other: ArrayLayout) -> Bool {
    dtype == other.dtype && shape == other.shape && strides == other.strides
  }
}
