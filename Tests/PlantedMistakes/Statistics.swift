import Martlet

/// Loss functions that are called from several places.
private enum Loss {
  static func squared(_ estimate: Tensor, _ truth: Tensor) -> Tensor {
    let difference = estimate - truth  // <- mistake squared
    return square(difference).mean()
  }

  /// The weighted sum of three losses.
  static func joint(_ x: Tensor, _ a: Tensor, _ b: Tensor, _ c: Tensor) -> Tensor {
    let (near, far) = (squared(exp(x), a), squared(exp(-x), b))
    let rest = squared(tanh(x), c)  // <- caller squared
    return near + 2 * far + 0.5 * rest
  }
}

extension PlantedMistake {
  static let statistics = [
    PlantedMistake(
      name: "squared",
      function: { session in
        let x = Tensor.vector("x", .float32), a = Tensor.vector("a", .float32)
        let b = Tensor.vector("b", .float32), c = Tensor.vector("c", .float32)
        return try session.function([x, a, b, c], Loss.joint(x, a, b, c))  // <- caller joint
      },
      good: { [numbers(1 << 19), numbers(1 << 19), numbers(1 << 19), numbers(1 << 19)] },
      bad: { [numbers(1 << 19), numbers(1 << 19), numbers(1 << 19), numbers(1 << 18)] }),
    PlantedMistake(
      name: "shifted",
      function: { session in
        let x = Tensor.vector("x", .float32)
        let weights = exp(x)
        let peak = weights.max()  // <- mistake shifted
        return try session.function([x], weights / peak)
      },
      good: { [numbers(1 << 19)] }, bad: { [numbers(0)] }),
    PlantedMistake(
      name: "nearest",
      function: { session in
        let points = Tensor.vector("points", .float32), centres = Tensor.vector("centres", .float32)
        let distances = square(points.expandDims(1) - centres)
        return try session.function(
          [points, centres],
          distances.argmin(axes: [1]))  // <- mistake nearest
      },
      good: { [numbers(1 << 15), numbers(16)] }, bad: { [numbers(1 << 15), numbers(0)] }),
    PlantedMistake(
      name: "batches",
      function: { session in
        let x = Tensor("x", .float32, shape: ["batch", 64])  // <- mistake batches
        let weights = Tensor("weights", .float32, shape: ["batch"])  // <- caller batches
        let total = (exp(x) * weights.expandDims(1)).sum(axes: [0])
        return try session.function([x, weights], total)
      },
      good: { [numbers(8192, 64), numbers(8192)] }, bad: { [numbers(8192, 64), numbers(8191)] }),
    PlantedMistake(
      name: "table",
      function: { session in
        let left = Tensor.matrix("left", .float32), right = Tensor.matrix("right", .float32)
        let table = concatenate([left * 2, right + 1], axis: 1)  // <- mistake table
        return try session.function([left, right], log1p(table))
      },
      good: { [numbers(4096, 64), numbers(4096, 64)] },
      bad: { [numbers(4096, 64), numbers(2048, 64)] }),
    PlantedMistake(
      name: "bounds",
      function: { session in
        let x = Tensor.matrix("x", .float32), low = Tensor.vector("low", .float32)
        let scaled = x * 3 - 1
        let kept = clip(scaled, low, low + 1)  // <- mistake bounds
        return try session.function([x, low], kept.sum(axes: [1]))
      },
      good: { [numbers(1024, 512), numbers(512)] }, bad: { [numbers(1024, 512), numbers(1024)] }),
    PlantedMistake(
      name: "pairs",
      function: { session in
        let x = Tensor.vector("x", .float32), y = Tensor.vector("y", .float32)
        let distances = square(x.expandDims(1) - y)
        return try session.function([x, y], exp(-distances))  // <- mistake pairs
      },
      good: { [numbers(1024), numbers(512)] },
      bad: {
        let one = numbers(1)
        let many = (try? one.broadcast(to: [1 << 23])) ?? one
        return [many, many]
      }),
  ]
}
