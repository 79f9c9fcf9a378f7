import Arrays
import ReferenceBackend
import SymbolicGraph

/// Returns the value of `output` when its inputs, in this order, are fed.
func run(_ output: Tensor, _ feeds: (Tensor, NDArray)...) throws -> NDArray {
  let graph = try Graph(inputs: feeds.map(\.0), outputs: [output])
  return try ReferenceBackend.run(graph, feeds.map(\.1))[0]
}

/// Returns the value of an expression of constants.
func run(_ output: (Tensor) -> Tensor, _ array: NDArray) throws -> NDArray {
  try run(output(.constant(array)))
}

/// The whole numbers from 0 in the given shape, as tests of shapes like them.
func counting(_ shape: [Int], _ dtype: DType = .int64) throws -> NDArray {
  try NDArray.arange(shape.reduce(1, *), dtype).reshaped(shape)
}
