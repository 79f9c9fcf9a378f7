import Martlet

/// What `--json` prints of an evaluation.
struct EvalReport: Encodable {
  struct Output: Encodable {
    let expression: String
    let dtype: String
    let shape: [Int]
    /// The elements in C order; those that are no numbers as text.
    let values: [Element]?
    let file: String?
  }

  let outputs: [Output]
  let kernels: Int
  let compileSeconds: Double
  /// What `--print` asks for.
  let picture: String?

  init(
    _ evaluation: Evaluation, _ results: [NDArray], files: [String], picture: String?
  ) throws {
    outputs = try zip(evaluation.texts, results).enumerated().map { position, pair in
      let (text, array) = pair
      return Output(
        expression: text, dtype: array.dtype.rawValue, shape: array.shape,
        values: files.isEmpty ? try Element.list(array) : nil,
        file: files.isEmpty ? nil : files[position])
    }
    kernels = evaluation.function.kernelCount
    compileSeconds = evaluation.compileSeconds
    self.picture = picture
  }

  /// An element of any dtype.
  enum Element: Encodable {
    case flag(Bool)
    case integer(Int64)
    case natural(UInt64)
    case single(Float)
    case real(Double)

    static func list(_ array: NDArray) throws -> [Element] {
      switch array.dtype {
      case .bool: try array.elements(as: Bool.self).map { .flag($0) }
      case .int8, .int16, .int32, .int64: try array.elements(as: Int64.self).map { .integer($0) }
      case .uint8, .uint16, .uint32, .uint64:
        try array.elements(as: UInt64.self).map { .natural($0) }
      case .float32: try array.elements(as: Float.self).map { .single($0) }
      case .float64: try array.elements(as: Double.self).map { .real($0) }
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .flag(let value): try container.encode(value)
      case .integer(let value): try container.encode(value)
      case .natural(let value): try container.encode(value)
      case .single(let value): try Self.encode(value, in: &container)
      case .real(let value): try Self.encode(value, in: &container)
      }
    }

    /// Writes a number; JSON has none for NaN and the infinities.
    private static func encode<Value: BinaryFloatingPoint & Encodable & CustomStringConvertible>(
      _ value: Value, in container: inout any SingleValueEncodingContainer
    ) throws {
      if value.isFinite { try container.encode(value) } else { try container.encode("\(value)") }
    }
  }
}
