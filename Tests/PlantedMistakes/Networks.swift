import Martlet

/// Layers as people write them.
private enum Layer {
  static func normalized(_ x: Tensor, gain: Tensor, bias: Tensor) -> Tensor {
    let centred = x - x.mean(axes: [-1], keepDims: true)
    let spread = sqrt(square(centred).mean(axes: [-1], keepDims: true) + 1e-5)
    let scaled = centred / spread
    return scaled * gain + bias  // <- mistake normalized
  }

  static func dense(_ x: Tensor, _ weights: Tensor, _ bias: Tensor) -> Tensor {
    let product = matmul(x, weights)  // <- mistake dense
    return relu(product + bias)
  }

  static func attention(_ scores: Tensor, _ mask: Tensor) -> Tensor {
    let scaled = scores * 0.125
    let masked = `where`(mask .> 0.5, scaled, -1e9)  // <- mistake attention
    let e = exp(masked - masked.max(axes: [-1], keepDims: true))
    return e / e.sum(axes: [-1], keepDims: true)
  }

  static func residual(_ x: Tensor, _ scale: Tensor) -> Tensor {
    let inner = tanh(x * scale) + 1
    let turned = inner * 0.5 + x.transpose()  // <- mistake residual
    return turned * scale
  }

  static func crossEntropy(_ logits: Tensor, _ labels: Tensor, classes: Tensor) -> Tensor {
    let isTrue = labels.expandDims(1) .== classes
    let picked = `where`(isTrue, logSoftmax(logits), 0)  // <- mistake crossEntropy
    return -picked.sum(axes: [1]).mean()
  }
}

extension PlantedMistake {
  static let networks = [
    PlantedMistake(
      name: "normalized",
      function: { session in
        let x = Tensor.matrix("x", .float32), gain = Tensor.vector("gain", .float32)
        let bias = Tensor.vector("bias", .float32)
        let y = Layer.normalized(x, gain: gain, bias: bias)  // <- caller normalized
        return try session.function([x, gain, bias], y)
      },
      good: { [numbers(512, 1024), numbers(1024), numbers(1024)] },
      bad: { [numbers(512, 1024), numbers(1024), numbers(512)] }),
    PlantedMistake(
      name: "dense",
      function: { session in
        let x = Tensor.matrix("x", .float32), weights = Tensor.matrix("weights", .float32)
        let bias = Tensor.vector("bias", .float32)
        let y = Layer.dense(x, weights, bias)  // <- caller dense
        return try session.function([x, weights, bias], y)
      },
      good: { [numbers(512, 256), numbers(256, 512), numbers(512)] },
      bad: { [numbers(512, 256), numbers(128, 256), numbers(512)] }),
    PlantedMistake(
      name: "attention",
      function: { session in
        let scores = Tensor.tensor("scores", .float32, rank: 3)
        let mask = Tensor.matrix("mask", .float32)
        let y = Layer.attention(scores, mask)  // <- caller attention
        return try session.function([scores, mask], y)
      },
      good: { [numbers(8, 256, 256), numbers(256, 256)] },
      bad: { [numbers(8, 256, 256), numbers(8, 256)] }),
    PlantedMistake(
      name: "residual",
      function: { session in
        let x = Tensor.matrix("x", .float32), scale = Tensor.scalar("scale", .float32)
        return try session.function([x, scale], Layer.residual(x, scale))  // <- caller residual
      },
      good: { [numbers(512, 512), numbers()] },
      bad: { [numbers(512, 1024), numbers()] }),
    PlantedMistake(
      name: "crossEntropy",
      function: { session in
        let logits = Tensor.matrix("logits", .float32), labels = Tensor.vector("labels", .float32)
        let classes = Tensor.vector("classes", .float32)
        let loss = Layer.crossEntropy(logits, labels, classes: classes)  // <- caller crossEntropy
        return try session.function([logits, labels, classes], loss)
      },
      good: { [numbers(4096, 64), numbers(4096), numbers(64)] },
      bad: { [numbers(4096, 64), numbers(4095), numbers(64)] }),
    PlantedMistake(
      name: "images",
      function: { session in
        let pixels = Tensor.vector("pixels", .float32)
        let images = (pixels * 2 - 1).reshape([-1, 28 * 28])  // <- mistake images
        return try session.function([pixels], square(images).mean(axes: [1]))
      },
      good: { [numbers(512 * 28 * 28)] }, bad: { [numbers(512 * 28 * 28 - 1)] }),
    PlantedMistake(
      name: "heads",
      function: { session in
        let x = Tensor.matrix("x", .float32)
        let heads = exp(-x).reshape([1024, 8, 64])  // <- mistake heads
        return try session.function([x], heads.sum(axes: [0]))
      },
      good: { [numbers(1024, 512)] }, bad: { [numbers(1024, 500)] }),
    PlantedMistake(
      name: "layers",
      function: { session in
        let x = Tensor.matrix("x", .float32)
        let biases = ["first", "second", "third"].map { Tensor.vector($0, .float32) }
        let y = biases.reduce(x) { value, bias in  // <- caller layers
          tanh(value) + bias  // <- mistake layers
        }
        return try session.function([x] + biases, y.sum(axes: [1]))
      },
      good: { [numbers(512, 1024), numbers(1024), numbers(1024), numbers(1024)] },
      bad: { [numbers(512, 1024), numbers(1024), numbers(1024), numbers(1023)] }),
  ]
}
