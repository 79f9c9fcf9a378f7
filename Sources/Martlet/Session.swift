public import Arrays
import CPUBackend
import Synchronization
public import SymbolicGraph

/// The thread budget that functions are compiled under, and the functions that were compiled under it
/// to run single expressions, as in TensorFlow.
public final class Session: Sendable {
  private let threads: Int?
  private let group: ProfileGroup?
  private let compiled = Mutex<[[Tensor]: Compiled]>([:])

  /// A program with the inputs that it takes, in the order of the expression.
  private struct Compiled {
    let program: Program
    let inputs: [Tensor]
  }

  /// What functions use that name no session.
  static let standard = Session()

  /// How many expressions stay compiled.
  private static let most = 256

  /// Creates a session.
  ///
  /// - Parameters:
  ///   - threads: How many threads may work on one call. Unless given, `MARTLET_NUM_THREADS`, then
  ///     `OMP_NUM_THREADS`, then the cores that the process may use.
  ///   - profile: Whether the calls of all functions are counted, which `profile` then tells of.
  public init(threads: Int? = nil, profile: Bool = false) {
    self.threads = threads
    group = profile ? ProfileGroup() : nil
  }

  /// What the functions of the session did, if it was asked to count: each by itself, and their sum.
  public var profile: Profile? { group.map { Profile($0) } }

  /// Who wants to know about the calls of a function that is compiled under this session.
  func request(_ isAsked: Bool) -> ProfileRequest { ProfileRequest(isAsked: isAsked, group: group) }

  /// The number of threads, or the error for one that is less than 1.
  func budget() throws(FunctionError) -> Int {
    if let threads, threads < 1 { throw .badThreads(threads) }
    return threads.map { ThreadBudget(threads: $0).threads } ?? ThreadBudget.standard.threads
  }

  /// Compiles an expression under this session; see `Function`.
  public func function(
    _ inputs: [Tensor], _ output: Tensor, name: String = "function", profile: Bool = false
  ) throws -> Function<NDArray> {
    try Function(inputs, output, name: name, profile: profile, session: self)
  }

  /// Compiles several expressions under this session; see `Function`.
  public func function(
    _ inputs: [Tensor], _ outputs: [Tensor], name: String = "function", profile: Bool = false
  ) throws -> Function<[NDArray]> {
    try Function(inputs, outputs, name: name, profile: profile, session: self)
  }

  /// Computes one expression. It is compiled the first time.
  ///
  /// - Parameter feeding: The value of every input that the expression needs.
  /// - Throws: As `Function`'s initializer and calls do.
  public func run(
    _ output: Tensor, feeding: [Tensor: any ArrayConvertible] = [:]
  ) throws -> NDArray {
    try run([output], feeding: feeding)[0]
  }

  /// Computes several expressions together.
  public func run(
    _ outputs: [Tensor], feeding: [Tensor: any ArrayConvertible] = [:]
  ) throws -> [NDArray] {
    let compiled = try compiled(outputs)
    for tensor in feeding.keys where !(tensor.node.operation is Input) {
      throw FunctionError.notFeedable("session", tensor.node.operation.name)
    }
    return try compiled.program.run(
      try zip(compiled.inputs, compiled.program.inputs).map { tensor, input in
        guard let value = feeding[tensor] else {
          throw FunctionError.missingInput("session", input)
        }
        return try value.ndArray()
      })
  }

  private func compiled(_ outputs: [Tensor]) throws -> Compiled {
    if let known = compiled.withLock({ $0[outputs] }) { return known }
    let order = Node.topologicalOrder(of: outputs.map(\.node))
    let inputs = order.filter { $0.operation is Input }.map(Tensor.init)
    let program = try Program(
      name: "session", inputs: inputs, outputs: outputs, threads: try budget(),
      profile: request(false))
    let made = Compiled(program: program, inputs: inputs)
    compiled.withLock { table in
      if table.count >= Self.most { table.removeAll() }
      table[outputs] = made
    }
    return made
  }
}

extension Tensor {
  /// Computes the expression, for a quick look.
  ///
  /// - Parameter feeding: The value of every input that the expression needs.
  public func evaluate(feeding: [Tensor: any ArrayConvertible] = [:]) throws -> NDArray {
    try Session().run(self, feeding: feeding)
  }
}
