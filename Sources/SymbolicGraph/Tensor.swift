public import Arrays

/// A symbolic value: what an expression stands for before it is computed.
///
/// Building an expression neither throws nor traps. A mistake is kept where it was made, and the
/// first call that needs the value (`Function`, `evaluate`, `type`) throws it.
public struct Tensor: Sendable {
  package let node: Node

  package init(_ node: Node) { self.node = node }

  /// Creates an input of the given type, fed at the call.
  ///
  /// - Parameters:
  ///   - name: What errors and plans call it, and what it can be fed by.
  ///   - dtype: The type of its elements.
  ///   - shape: The length of each axis: a number, a name such as `"batch"`, or `.unknown`.
  public init(_ name: String?, _ dtype: DType = .float64, shape: [Extent]) {
    self.init(
      Node(Input(label: name, type: TensorType(dtype, shape)), origin: .capture()))
  }

  /// An input without axes.
  public static func scalar(_ name: String? = nil, _ dtype: DType = .float64) -> Tensor {
    Tensor(name, dtype, shape: [])
  }

  /// An input with one axis of any length.
  public static func vector(_ name: String? = nil, _ dtype: DType = .float64) -> Tensor {
    tensor(name, dtype, rank: 1)
  }

  /// An input with two axes of any length.
  public static func matrix(_ name: String? = nil, _ dtype: DType = .float64) -> Tensor {
    tensor(name, dtype, rank: 2)
  }

  /// An input with `rank` axes of any length.
  public static func tensor(
    _ name: String? = nil, _ dtype: DType = .float64, rank: Int
  ) -> Tensor {
    guard rank <= NDArray.maximumRank else {
      return .broken(.tooManyAxes(name ?? "input", rank), [])
    }
    guard rank >= 0 else { return .broken(.negativeRank(name ?? "input", rank), []) }
    return Tensor(name, dtype, shape: Array(repeating: .unknown, count: rank))
  }

  /// An array as part of an expression.
  public static func constant(_ array: NDArray) -> Tensor {
    Tensor(Node(Constant(array), origin: .capture()))
  }

  /// A Swift value as part of an expression. It is weak: with another operand it takes that
  /// operand's dtype.
  public init(_ value: some ArrayElement) { self.init(weak: Scalar(value)) }

  init(weak scalar: Scalar) { self.init(Node(Constant(scalar), isWeak: true)) }

  /// The dtype and shape.
  ///
  /// - Throws: `GraphErrors` with every mistake in the expression.
  public var type: TensorType {
    get throws(GraphErrors) {
      if let type = node.type { return type }
      throw GraphErrors(Node.topologicalOrder(of: [node]).compactMap(\.error))
    }
  }

  /// The length of each axis.
  public var shape: [Extent] { get throws(GraphErrors) { try type.shape } }

  /// The type of the elements.
  public var dtype: DType { get throws(GraphErrors) { try type.dtype } }

  /// The number of axes.
  public var rank: Int { get throws(GraphErrors) { try type.rank } }
}

/// Creates an input, as `Tensor(_:_:shape:)` does, under the name that TensorFlow programs use.
public func placeholder(
  _ dtype: DType = .float64, shape: [Extent], name: String? = nil
) -> Tensor {
  Tensor(name, dtype, shape: shape)
}

/// Two tensors are equal when they are the same expression, not when they have the same value.
extension Tensor: Hashable {
  public static func == (a: Tensor, b: Tensor) -> Bool { a.node === b.node }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(node)) }
}

extension Tensor: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral
{
  public init(integerLiteral value: Int) { self.init(weak: Scalar(value)) }
  public init(floatLiteral value: Double) { self.init(weak: Scalar(value)) }
  public init(booleanLiteral value: Bool) { self.init(weak: Scalar(value)) }
}

extension Tensor: CustomStringConvertible {
  /// The graph of the expression, or its mistakes.
  public var description: String {
    do { return try Graph(inputs: [], outputs: [self]).description } catch { return "\(error)" }
  }
}
