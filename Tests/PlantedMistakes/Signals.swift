import Martlet

/// Windows and filters on a signal of unknown length.
private struct Filter {
  let signal: Tensor

  /// What each sample differs from the one before by.
  func differences(in window: Range<Int>) -> Tensor {
    let later = signal[window]  // <- mistake differences
    let earlier = signal[(window.lowerBound - 1)..<(window.upperBound - 1)]
    return later - earlier
  }

  func faded(by gain: Tensor) -> Tensor {
    let spread = gain.broadcast(to: [1 << 18])  // <- mistake faded
    return signal[..<(1 << 18)] * spread
  }
}

extension PlantedMistake {
  static let signals = [
    PlantedMistake(
      name: "differences",
      function: { session in
        let signal = Tensor.vector("signal", .float32)
        let change = Filter(signal: signal).differences(in: 1..<(1 << 18))  // <- caller differences
        return try session.function([signal], square(change).sum())
      },
      good: { [numbers(1 << 18)] }, bad: { [numbers(1 << 17)] }),
    PlantedMistake(
      name: "faded",
      function: { session in
        let signal = Tensor.vector("signal", .float32), gain = Tensor.vector("gain", .float32)
        let quiet = Filter(signal: signal).faded(by: gain)  // <- caller faded
        return try session.function([signal, gain], tanh(quiet))
      },
      good: { [numbers(1 << 18), numbers(1)] }, bad: { [numbers(1 << 18), numbers(2)] }),
    PlantedMistake(
      name: "last",
      function: { session in
        let signal = Tensor.vector("signal", .float32)
        let loud = exp(signal)
        let end = loud[262_143]  // <- mistake last
        return try session.function([signal], loud / end)
      },
      good: { [numbers(1 << 18)] }, bad: { [numbers(1000)] }),
    PlantedMistake(
      name: "column",
      function: { session in
        let table = Tensor.matrix("table", .float32)
        let column = (table + 1).squeeze([1])  // <- mistake column
        return try session.function([table], log(column))
      },
      good: { [numbers(1 << 18, 1)] }, bad: { [numbers(1 << 17, 2)] }),
    PlantedMistake(
      name: "energy",
      function: { session in
        let x = Tensor.vector("x"), y = Tensor.vector("y")
        let scaled = x * 0.5
        let energy = dot(scaled, y)  // <- mistake energy
        return try session.function([x, y], sqrt(abs(energy)) + x.sum())
      },
      good: { [numbers(1 << 18).cast(to: .float64), numbers(1 << 18).cast(to: .float64)] },
      bad: { [numbers(1 << 18).cast(to: .float64), numbers(1 << 17).cast(to: .float64)] }),
    PlantedMistake(
      name: "stereo",
      function: { session in
        let left = Tensor.vector("left", .float32), right = Tensor.vector("right", .float32)
        let side = left[.stride(by: 2)] - right  // <- mistake stereo
        return try session.function([left, right], sqrt(abs(side)).mean())
      },
      good: { [numbers(1 << 19), numbers(1 << 18)] },
      bad: { [numbers(1 << 19), numbers(1 << 19)] }),
  ]
}
