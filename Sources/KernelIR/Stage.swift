public import Arrays
public import Scalars

/// One evaluation of a composite for each point of the inner axes, or once.
public struct Stage: Hashable, Sendable {
  /// Whether the stage visits every point of the inner axes. A stage that does not must not use
  /// accesses that move along them.
  public var loops: Bool
  /// Where the inputs of the composite come from, in order.
  public var sources: [Source]
  /// What is computed at each point.
  public var composite: Composite
  /// The results of the composite that are written.
  public var stores: [Store]
  /// The results of the composite that are accumulated; only in a stage that loops.
  public var accumulators: [Accumulator]

  /// Creates a stage.
  public init(
    loops: Bool, sources: [Source], composite: Composite, stores: [Store],
    accumulators: [Accumulator]
  ) {
    self.loops = loops
    self.sources = sources
    self.composite = composite
    self.stores = stores
    self.accumulators = accumulators
  }
}

extension Stage {
  /// The numbers of the accesses that are read.
  public var loads: [Int] {
    sources.compactMap { if case .load(let access) = $0 { access } else { nil } }
  }

  /// The numbers of the accumulators of earlier stages that are read.
  public var readAccumulators: [Int] {
    sources.compactMap { if case .accumulator(let number) = $0 { number } else { nil } }
  }

  /// The numbers of the accesses that are read or written.
  public var accesses: [Int] { loads + stores.map(\.access) }
}

/// Where a stage finds an input of its composite.
public enum Source: Hashable, Sendable {
  /// The element that an access stands at.
  case load(access: Int)
  /// The final value of an accumulator of an earlier stage, counted through the whole kernel.
  /// Its dtype is the accumulator's; `int64` for a position.
  case accumulator(Int)
  /// A launch scalar, `int64`.
  case scalar(Int)
}

/// A result of a stage's composite that is written through an access.
public struct Store: Hashable, Sendable {
  /// The number of the access.
  public var access: Int
  /// The number of the result.
  public var result: Int

  /// Creates a store.
  public init(access: Int, result: Int) {
    self.access = access
    self.result = result
  }
}

/// A running reduction over the inner axes of a stage's result.
public struct Accumulator: Hashable, Sendable {
  /// How values combine.
  public var reduction: Reduction
  /// The dtype in which they do; the composite's result has it already. For `argmin` and `argmax`
  /// the dtype of the compared values, while the accumulator's value is an `int64` position in the
  /// inner space, counted in row-major order.
  public var dtype: DType
  /// The number of the composite's result that is accumulated.
  public var result: Int

  /// Creates an accumulator.
  public init(_ reduction: Reduction, _ dtype: DType, result: Int) {
    self.reduction = reduction
    self.dtype = dtype
    self.result = result
  }

  /// The dtype of the value that later stages read.
  public var valueDType: DType { reduction.isPosition ? .int64 : dtype }
}
