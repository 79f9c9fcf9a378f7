import Testing

@testable import Martlet

/// Measuring, by a clock that only moves when work is done.
@Suite struct MeasureTests {
  /// A clock that the work moves on.
  private final class Clock {
    var time = Duration.zero
    var calls = 0

    /// Measures calls whose durations a closure gives by their number.
    func measure(
      _ options: MeasuringOptions = .init(), _ duration: (Int) -> Duration
    ) throws -> Measurement {
      try Measurer(options: options) { self.time }.measure("work") {
        time += duration(calls)
        calls += 1
      }
    }
  }

  @Test("Calls of a microsecond are batched, so that the clock is read seldom")
  func batches() throws {
    let clock = Clock()
    let measurement = try clock.measure { _ in .microseconds(1) }
    // Batches double until they take 200 µs.
    #expect(measurement.calls == measurement.batches * 200)
    #expect(measurement.batches == 2500)
    #expect(measurement.warmUpCalls >= 50_000)
    #expect(measurement.calls + measurement.warmUpCalls == clock.calls)
    let figures = [measurement.fastest, measurement.median, measurement.mean, measurement.slowest]
    #expect(figures.allSatisfy { abs($0 - 1e-6) < 1e-15 })
    #expect(measurement.spread < 1e-9)
    #expect(abs(measurement.total - 0.5) < 1e-9)
  }

  @Test("Calls of a second are made as often as must be, and no more")
  func slow() throws {
    let options = MeasuringOptions(budget: .milliseconds(10), warmUp: .zero, leastBatches: 3)
    let clock = Clock()
    let measurement = try clock.measure(options) { .seconds($0) + .seconds(1) }
    #expect(clock.calls == 4 && measurement.calls == 3 && measurement.warmUpCalls == 1)
    #expect([measurement.fastest, measurement.median, measurement.slowest] == [2, 3, 4])
    #expect(measurement.mean == 3 && measurement.standardDeviation == 1 && measurement.total == 9)
    #expect(
      measurement.description == """
        work: 3 calls in 3 batches, after 1 to warm up
          fastest  2.0 s
          median   3.0 s
          mean     3.0 s ± 33.3 %
          slowest  4.0 s
          total    9.0 s
        """)
  }

  @Test("A large budget makes batches longer, not more than there may be")
  func manyBatches() throws {
    let options = MeasuringOptions(budget: .seconds(100), batch: .microseconds(1))
    let measurement = try Clock().measure(options) { _ in .milliseconds(1) }
    #expect(measurement.batches == MeasuringOptions.mostBatches)
    #expect(measurement.calls == 10 * measurement.batches)
  }

  @Test("A single batch has a median and no spread")
  func single() {
    let measurement = Measurement("f", batches: [4e-5], callsPerBatch: 2, warmUpCalls: 0)
    #expect(measurement.median == 2e-5 && measurement.spread == 0)
    #expect(
      measurement.description == """
        f: 2 calls in 1 batch, after 0 to warm up
          fastest  20.0 µs
          median   20.0 µs
          mean     20.0 µs ± 0.0 %
          slowest  20.0 µs
          total    40.0 µs
        """)
    let even = Measurement("f", batches: [4, 1, 3, 2], callsPerBatch: 1, warmUpCalls: 0)
    #expect(even.median == 2.5 && even.fastest == 1 && even.slowest == 4)
  }

  @Test("Options that cannot be meant are refused in words")
  func badOptions() {
    func message(_ options: MeasuringOptions) -> String {
      #expect(throws: MeasuringError.self) { try Clock().measure(options) { _ in .seconds(1) } }?
        .description ?? ""
    }
    #expect(
      message(MeasuringOptions(budget: .zero))
        == "measure: budget must be more than 0 and no more than a day; got 0.0 seconds")
    #expect(
      message(MeasuringOptions(budget: .seconds(90_000)))
        == "measure: budget must be more than 0 and no more than a day; got 90000.0 seconds")
    #expect(
      message(MeasuringOptions(warmUp: .seconds(-1)))
        == "measure: warmUp must be at least 0 and no more than a day; got -1.0 seconds")
    #expect(
      message(MeasuringOptions(batch: .nanoseconds(1)))
        == "measure: batch must be at least 1 µs and no more than a day; got 1e-09 seconds")
    #expect(
      message(MeasuringOptions(leastBatches: 0))
        == "measure: leastBatches must be from 1 to 10000; got 0")
  }

  private static let short = MeasuringOptions(
    budget: .milliseconds(2), warmUp: .zero, batch: .microseconds(10), leastBatches: 1)

  @Test("A function is called with its inputs, whichever way is the shortest")
  func functions() throws {
    let (x, y, z) = (Tensor.vector("x"), Tensor.vector("y"), Tensor.vector("z"))
    let xs = NDArray([1.0, 2, 3])
    let measurements = [
      try measure(try Function([x], x * 2, name: "one"), xs, options: Self.short),
      try measure(try Function([x, y], x + y, name: "two"), xs, [4.0, 5, 6], options: Self.short),
      try measure(
        try Function([x, y, z], x + y * z, name: "three"), with: [xs, xs, xs], options: Self.short),
      try measure(try Function([x], [x * 2, x + 1], name: "list"), xs, options: Self.short),
    ]
    #expect(measurements.map(\.name) == ["one", "two", "three", "list"])
    for measurement in measurements {
      #expect(measurement.calls >= measurement.batches && measurement.batches >= 1)
      #expect(measurement.fastest > 0 && measurement.fastest <= measurement.median)
      #expect(measurement.median <= measurement.slowest)
    }
  }

  @Test("What a call throws is thrown")
  func badInputs() throws {
    let x = Tensor.vector("x")
    let function = try Function([x], x * 2, name: "double")
    let error = #expect(throws: FunctionError.self) { try measure(function, options: Self.short) }
    #expect(error?.description.hasPrefix("double: takes 1 input; got 0\n  'x' was made at") == true)
    #expect(throws: (any Error).self) { try measure(function, NDArray.zeros(shape: [2, 2])) }
  }
}
