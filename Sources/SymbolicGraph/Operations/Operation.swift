package import Arrays
package import Scalars

/// What a node computes: its meaning, its type and its text. How it runs is the lowering it names.
package protocol Operation: Sendable {
  /// The name in texts and errors.
  var name: String { get }
  /// What distinguishes this operation from others of the name, as texts show it.
  var attributes: [Attribute] { get }
  /// How it runs.
  var lowering: Lowering { get }
  /// Returns the type of the result, or says which rule the operands break. With known lengths it
  /// gives known lengths, so that it is also the shape rule at the call.
  func resultType(_ operands: [TensorType]) throws(GraphError) -> TensorType
}

extension Operation {
  package var attributes: [Attribute] { [] }
}

/// A labelled property of an operation, `axes: [1]`.
package struct Attribute: Hashable, Sendable {
  /// The name of the property; empty where the value speaks for itself.
  package let label: String
  /// The value as text.
  package let text: String

  init(_ label: String, _ text: String) {
    self.label = label
    self.text = text
  }

  init(_ label: String, _ numbers: [Int]) {
    self.init(label, "[" + numbers.map(String.init).joined(separator: ", ") + "]")
  }

  package var description: String { label.isEmpty ? text : "\(label): \(text)" }
}

/// How an operation runs; every stage after the graph knows these and no others.
package enum Lowering: Sendable {
  /// The value is fed at the call.
  case input
  /// The value is part of the graph.
  case constant(NDArray)
  /// The value is the length of an axis of the operand, whose elements are not needed.
  case extent(axis: Int)
  /// The operation is applied at every index, operands broadcast.
  case elementwise(ScalarOp)
  /// The axes are reduced in the dtype of the accumulator.
  case reduce(Reduction, axes: [Int], keepDims: Bool, accumulator: DType)
  /// The same elements, walked through otherwise.
  case view(View)
  /// The operands one after the other along an axis.
  case concatenate(axis: Int)
  /// A product of matrices and vectors, without batches.
  case matmul
}

/// The same elements, walked through otherwise.
package enum View: Hashable, Sendable {
  case transpose([Int])
  case reshape
  case expandDims([Int])
  case squeeze([Int])
  case broadcast
  case slice([SliceRange])
  case first([Int])
}
