import Arrays
import ReferenceBackend
import SymbolicGraph

extension Recipe {
  /// Returns a smaller recipe that still fails: outputs dropped, subexpressions replaced by inputs or
  /// by their operands, lengths and values made simple.
  ///
  /// - Parameter attempts: How many smaller recipes are tried at most.
  package func shrunk(attempts: Int = 1_000, stillFails: (Recipe) -> Bool) -> Recipe {
    var best = self
    var left = attempts
    var hasShrunk = true
    while hasShrunk, left > 0 {
      hasShrunk = false
      for candidate in best.smallerOnes {
        left -= 1
        if left < 0 { break }
        if stillFails(candidate) {
          (best, hasShrunk) = (candidate, true)
          break
        }
      }
    }
    return best
  }

  /// Recipes a little simpler than this one, those that leave out most first.
  private var smallerOnes: [Recipe] {
    let values = stepValues
    var candidates = fewerOutputs
    for number in steps.indices.reversed() where !steps[number].form.isSource {
      candidates += bypassing(number, values)
      if let array = values?[number] { candidates.append(replacing(number, byInput: array)) }
    }
    candidates += shorterAxes + openReshapes
    for number in steps.indices { candidates += simplerSources(number) }
    return candidates.map { $0.pruned() }
  }

  /// What every step computes, where the recipe runs at all.
  private var stepValues: [NDArray]? {
    guard let built = try? built(),
      let graph = try? Graph(inputs: built.inputs, outputs: built.values)
    else { return nil }
    return try? ReferenceBackend.run(graph, built.arrays)
  }

  private var fewerOutputs: [Recipe] {
    if outputs.count == 1 { return [] }
    return outputs.map { output in
      var result = self
      result.outputs = [output]
      return result
    }
  }

  /// Uses an operand of the step in its place, where that has the same type.
  private func bypassing(_ number: Int, _ values: [NDArray]?) -> [Recipe] {
    guard let values else { return [] }
    let twins = steps[number].values.filter {
      values[$0].dtype == values[number].dtype && values[$0].shape == values[number].shape
    }
    return twins.map { twin in
      var result = self
      for later in steps.indices where later > number {
        result.steps[later].operands = steps[later].operands.map {
          $0 == .value(number) ? .value(twin) : $0
        }
      }
      result.outputs = outputs.map { $0 == number ? twin : $0 }
      return result
    }
  }

  private func replacing(_ number: Int, byInput array: NDArray) -> Recipe {
    var result = self
    let sample = SampleArray(array.contiguous())
    result.steps[number] = Step(.input(sample, array.shape.map { .fixed($0) }))
    return result
  }

  /// Shortens every axis of one length alike, wherever the recipe speaks of that length.
  private var shorterAxes: [Recipe] {
    var lengths: Set<Int> = []
    for step in steps {
      if let sample = step.form.sample { lengths.formUnion(sample.elements.shape) }
    }
    return lengths.filter { $0 > 1 }.sorted(by: >).flatMap { length in
      let shorter = Set([1, 2, 3, length / 2, length - 2, length - 1])
      return shorter.filter { $0 > 0 && $0 < length }.sorted()
        .compactMap { replacing(length: length, by: $0) }
    }
  }

  private func replacing(length: Int, by shorter: Int) -> Recipe? {
    func replaced(_ shape: [Int]) -> [Int] { shape.map { $0 == length ? shorter : $0 } }
    var result = self
    for (number, step) in steps.enumerated() {
      switch step.form {
      case .input(let sample, let extents):
        guard let cut = sample.cut(to: replaced(sample.elements.shape)) else { return nil }
        result.steps[number].form = .input(
          cut, extents.map { $0 == .fixed(length) ? .fixed(shorter) : $0 })
      case .constant(let sample):
        guard let cut = sample.cut(to: replaced(sample.elements.shape)) else { return nil }
        result.steps[number].form = .constant(cut)
      case .reshape(let shape): result.steps[number].form = .reshape(replaced(shape))
      case .broadcast(let shape): result.steps[number].form = .broadcast(replaced(shape))
      default: break
      }
    }
    return result
  }

  /// Reshapes that take any number of elements, so that lengths can shrink.
  private var openReshapes: [Recipe] {
    steps.indices.compactMap { number in
      guard case .reshape(let shape) = steps[number].form, !shape.contains(-1),
        let longest = shape.indices.max(by: { shape[$0] < shape[$1] })
      else { return nil }
      var open = shape
      open[longest] = -1
      var result = self
      result.steps[number].form = .reshape(open)
      return result
    }
  }

  /// Inputs and constants with plainer lengths, layouts and values.
  private func simplerSources(_ number: Int) -> [Recipe] {
    guard let sample = steps[number].form.sample else { return [] }
    var candidates: [Form] = []
    if case .input(_, let extents) = steps[number].form {
      let fixed = sample.elements.shape.map { Extent.fixed($0) }
      if extents != fixed { candidates.append(.input(sample, fixed)) }
      candidates += sample.simpler.map { .input($0, extents) }
    } else {
      candidates += sample.simpler.map { .constant($0) }
    }
    return candidates.map { form in
      var result = self
      result.steps[number].form = form
      return result
    }
  }
}

extension Form {
  /// The array of a source.
  fileprivate var sample: SampleArray? {
    switch self {
    case .input(let sample, _), .constant(let sample): sample
    default: nil
    }
  }
}

extension SampleArray {
  /// Returns the first elements of every axis.
  fileprivate func cut(to shape: [Int]) -> SampleArray? {
    if shape == elements.shape { return self }
    let view = try? shape.indices.reduce(elements) { try $0.slice(axis: $1, 0..<shape[$1]) }
    return view.map { SampleArray($0.copied(as: $0.dtype), layout: layout) }
  }

  /// The array with an ordinary layout, with ones only, and with each element in turn made 1.
  fileprivate var simpler: [SampleArray] {
    var result: [SampleArray] = []
    if layout != .contiguous { result.append(SampleArray(elements, fill: fill)) }
    let ones = NDArray.ones(elements.dtype, shape: elements.shape)
    if elements != ones, elements.count > 0 {
      result.append(SampleArray(ones, layout: layout))
      if elements.count <= 8 {
        for place in 0..<elements.count where elements.scalar(at: place) != .one(elements.dtype) {
          result.append(SampleArray(elements.withOne(at: place), layout: layout))
        }
      }
    }
    return result
  }
}

extension NDArray {
  fileprivate func withOne(at place: Int) -> NDArray {
    let mask = NDArray((0..<count).map { $0 == place })
    guard let shaped = try? mask.reshaped(shape) else { return self }
    let choice = `where`(.constant(shaped), .constant(.ones(dtype, shape: shape)), .constant(self))
    guard let graph = try? Graph(inputs: [], outputs: [choice]) else { return self }
    return (try? ReferenceBackend.run(graph, []))?.first ?? self
  }
}
