public import Arrays

/// A plan for one set of input layouts: what to allocate, and which kernels and library calls to run
/// on which bytes.
///
/// It names no operation and no graph. A back end needs nothing else.
public struct LaunchPlan: Sendable {
  /// The steps, in an order in which everything is computed before it is read.
  public var steps: [Step] = []
  /// The arrays that are part of the program.
  public var constants: [NDArray] = []
  /// The arrays to allocate for results.
  package var outputs: [Output] = []
  /// The bytes that intermediates share, reused as they die.
  public var workspaceByteCount = 0
  /// How each result of the call looks at its bytes.
  public var results: [ResultView] = []
  /// The number of what each step was made for among the steps of what was bound, which may be that of
  /// several; nil for copies of results.
  package var sources: [Int?] = []
  /// What the steps write.
  package var buffers: [Buffer] = []

  /// Creates an empty plan.
  public init() {}

  /// One thing to run.
  public enum Step: Sendable {
    case kernel(KernelLaunch)
    case matmul(MatmulLaunch)
  }

  /// Whose bytes something lies in.
  public enum Place: Hashable, Sendable {
    case input(Int)
    case constant(Int)
    case output(Int)
    case workspace
  }

  /// The address of an element.
  public struct Address: Hashable, Sendable {
    public var place: Place
    /// Counted from the first element of an input or constant, and the first byte of the others.
    public var byteOffset: Int

    public init(_ place: Place, byteOffset: Int = 0) {
      self.place = place
      self.byteOffset = byteOffset
    }

    /// The address so many bytes on.
    package func advanced(by byteCount: Int) -> Address {
      Address(place, byteOffset: byteOffset + byteCount)
    }
  }

  /// An array to allocate for a result, in C order.
  package struct Output: Sendable {
    package let layout: ArrayLayout
    /// The input whose bytes it may take instead, if the call may overwrite that: an array in C order of
    /// as many bytes. No step that comes after the first to write the result reads the input; that one
    /// may, if it is a kernel that walks through both alike.
    package let donor: Int?

    package init(_ layout: ArrayLayout, donor: Int? = nil) {
      (self.layout, self.donor) = (layout, donor)
    }
  }

  /// An array that the steps write, whole.
  package struct Buffer: Sendable {
    /// The number of the value in the graph; nil for what is none, such as copies.
    package let value: Int?
    /// What texts call it where it is no value.
    package let label: String
    package let address: Address
    package let dtype: DType
    package let shape: [Int]
    package let byteCount: Int
    /// Whether it takes the bytes of a buffer that the kernel which writes it is the last to read.
    package let isInPlace: Bool
    /// The first step that needs it, and the last before another takes its bytes: nil for what is
    /// returned.
    package var first: Int
    package var last: Int?

    package init(
      value: Int?, label: String, _ address: Address, _ dtype: DType, _ shape: [Int],
      byteCount: Int, isInPlace: Bool, first: Int
    ) {
      self.label = label
      (self.value, self.address, self.dtype, self.shape) = (value, address, dtype, shape)
      (self.byteCount, self.isInPlace, self.first) = (byteCount, isInPlace, first)
    }
  }

  /// A result of the call.
  public struct ResultView: Sendable {
    public let address: Address
    package let layout: ArrayLayout

    package init(_ address: Address, _ layout: ArrayLayout) {
      self.address = address
      self.layout = layout
    }
  }
}

/// One run of a kernel over its whole iteration space.
public struct KernelLaunch: Sendable {
  /// What texts call it.
  public var name: String
  /// The kernel, specialized for `layout`.
  public var kernel: Kernel
  public var layout: Layout
  /// Where each access begins.
  public var addresses: [LaunchPlan.Address]
  /// The values of the kernel's scalars.
  public var scalars: [Int64]
  /// How many points of the kernel's range, from the first on, leave their results in the caches though
  /// those of the others go past them. A back end sets it.
  package var cachedPointCount = 0

  public init(
    name: String, kernel: Kernel, layout: Layout, addresses: [LaunchPlan.Address],
    scalars: [Int64]
  ) {
    self.name = name
    self.kernel = kernel
    self.layout = layout
    self.addresses = addresses
    self.scalars = scalars
  }
}

/// One product of matrices; a vector is a matrix with one row or column.
public struct MatmulLaunch: Sendable {
  /// An operand as the library sees it.
  public struct Matrix: Hashable, Sendable {
    public var address: LaunchPlan.Address
    /// Whether its rows lie in memory as columns.
    public var isTransposed: Bool
    /// The distance between its rows, or its columns where transposed, in elements.
    public var leadingStride: Int

    public init(_ address: LaunchPlan.Address, isTransposed: Bool, leadingStride: Int) {
      self.address = address
      self.isTransposed = isTransposed
      self.leadingStride = leadingStride
    }
  }

  /// What texts call it.
  public var name: String
  public var dtype: DType
  /// The rows of `a`, the columns of `b`, and the length that both share.
  public var m: Int, n: Int, k: Int
  public var a: Matrix, b: Matrix
  /// Where the result begins; its rows lie one after the other.
  public var c: LaunchPlan.Address

  public init(
    name: String, dtype: DType, m: Int, n: Int, k: Int, a: Matrix, b: Matrix,
    c: LaunchPlan.Address
  ) {
    (self.name, self.dtype) = (name, dtype)
    (self.m, self.n, self.k) = (m, n, k)
    (self.a, self.b, self.c) = (a, b, c)
  }
}

extension LaunchPlan {
  /// Every address that a step reads or writes.
  public var addresses: [Address] {
    steps.flatMap { step in
      switch step {
      case .kernel(let launch): launch.addresses
      case .matmul(let launch): [launch.a.address, launch.b.address, launch.c]
      }
    }
  }
}
