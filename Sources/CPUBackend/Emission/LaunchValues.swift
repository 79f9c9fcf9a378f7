internal import KernelIR

/// The words of a launch, read once at the beginning of a function.
struct LaunchValues {
  /// The address that each access begins at.
  let pointers: [IRValue]
  /// The extent of each axis.
  let extents: [IRValue]
  /// The stride of each access along each axis.
  var strides: [[IRValue]]
  /// The launch scalars.
  let scalars: [IRValue]

  /// Reads the words of `kernel` from the function's parameter `%args`.
  init(of kernel: Kernel, with writer: IRWriter) {
    let block = LaunchBlock(kernel)
    func word(_ number: Int, _ type: IRType) -> IRValue {
      let address = writer.address(
        IRValue("%args", .pointer), plus: .i64(number), of: .i64)
      return writer.load(type, address, align: 8)
    }
    pointers = kernel.accesses.indices.map { word(block.pointer($0), .pointer) }
    extents = kernel.axes.indices.map { word(block.extent($0), .i64) }
    strides = kernel.accesses.indices.map { access in
      kernel.axes.indices.map { axis in
        switch kernel.accesses[access].steps[axis] {
        case .broadcast: .i64(0)
        case .contiguous: .i64(1)
        case .strided: word(block.stride(access, axis), .i64)
        }
      }
    }
    scalars = kernel.scalars.indices.map { word(block.scalar($0), .i64) }
  }
}
