import Dispatch
import Martlet
import Synchronization

/// A model that is put together by asynchronous functions, such as those that wait for its weights.
/// Their callers are told of only where they are inlined, so these are not.
private struct Arriving {
  let input, shift: Tensor

  /// What follows a wait runs on a stack of its own.
  @inline(never)
  func delayed() async -> Tensor {
    await Task.yield()
    return input + shift  // <- mistake delayed
  }

  @inline(never)
  func scaled() async -> Tensor {
    let delayed = await delayed()
    return delayed * 0.5
  }
}

extension PlantedMistake {
  static let tasks = [
    PlantedMistake(
      name: "delayed",
      function: { session in
        let input = Tensor.matrix("input", .float32), shift = Tensor.vector("shift", .float32)
        let scaled = try waiting { await Arriving(input: input, shift: shift).scaled() }
        return try session.function([input, shift], scaled)
      },
      good: { [numbers(512, 1024), numbers(1024)] }, bad: { [numbers(512, 1024), numbers(512)] })
  ]
}

/// Waits on this thread for what `body` returns on another.
private func waiting<Result: Sendable>(
  _ body: @escaping @Sendable () async -> Result
) throws -> Result {
  let outcome = Outcome<Result>()
  Task.detached {
    let result = await body()
    outcome.value.withLock { $0 = result }
    outcome.arrival.signal()
  }
  outcome.arrival.wait()
  guard let result = outcome.value.withLock({ $0 }) else { throw CancellationError() }
  return result
}

private final class Outcome<Value: Sendable>: Sendable {
  let value = Mutex<Value?>(nil)
  let arrival = DispatchSemaphore(value: 0)
}
