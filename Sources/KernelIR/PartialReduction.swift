package import Arrays
internal import Scalars

/// A reduction in two kernels: one reduces parts of the range, the other what comes of them.
package struct PartialReduction {
  /// Reduces each part. Its first axis counts the parts; the others are those of the kernel.
  package let parts: Kernel
  /// Which accesses of the kernel are those of `parts`, in order; one for each partial result follows.
  package let partAccesses: [Int]
  /// Reduces the partial results, which its inner axis counts, and does what follows.
  package let whole: Kernel
  /// Which accesses of the kernel are those of `whole`, in order, after one for each partial result.
  package let wholeAccesses: [Int]
  /// The dtypes of the partial results.
  package let dtypes: [DType]

  /// Returns nil for kernels that do not begin with the one reduction that they are, or ask for positions.
  package init?(_ kernel: Kernel) {
    guard kernel.outerCount > 0, kernel.innerCount == 1, let first = kernel.stages.first,
      first.loops, first.stores.isEmpty, !first.accumulators.isEmpty,
      first.accumulators.allSatisfy({ !$0.reduction.isPosition }),
      kernel.stages.dropFirst().allSatisfy({ !$0.loops })
    else { return nil }
    let rest = Array(kernel.stages.dropFirst())
    let dtypes = first.accumulators.map(\.valueDType)
    let partAccesses = Set(first.accesses).sorted()
    let wholeAccesses = Set(rest.flatMap(\.accesses)).sorted()

    var values = Composite(inputs: dtypes)
    values.results = dtypes.indices.map { .input($0) }
    let outerAxes = Array(kernel.axes[..<kernel.outerCount])
    let partAxis = Axis("p", extent: "np")

    var parts = Kernel(
      axes: [partAxis] + kernel.axes, outerCount: kernel.outerCount + 1, arguments: [],
      accesses: [], scalars: kernel.scalars, stages: [])
    parts.add(partAccesses, of: kernel) { [.strided] + $0 }
    parts.add(
      dtypes, isOutput: true, steps: [.strided] + outerAxes.map { _ in .strided } + [.broadcast])
    parts.stages = [
      first.accessing(partAccesses, offset: 0),
      Stage(
        loops: false, sources: dtypes.indices.map { .accumulator($0) }, composite: values,
        stores: dtypes.indices.map { Store(access: partAccesses.count + $0, result: $0) },
        accumulators: []),
    ]
    var whole = Kernel(
      axes: outerAxes + [partAxis], outerCount: kernel.outerCount, arguments: [], accesses: [],
      scalars: kernel.scalars, stages: [])
    whole.add(dtypes, isOutput: false, steps: whole.axes.map { _ in .strided })
    whole.add(wholeAccesses, of: kernel) { $0.dropLast() + [.broadcast] }
    whole.stages = [
      Stage(
        loops: true, sources: dtypes.indices.map { .load(access: $0) }, composite: values,
        stores: [],
        accumulators: first.accumulators.enumerated().map {
          Accumulator($1.reduction, $1.dtype, result: $0)
        })
    ]
    whole.stages += rest.map { $0.accessing(wholeAccesses, offset: dtypes.count) }
    (self.parts, self.whole, self.dtypes) = (parts, whole, dtypes)
    (self.partAccesses, self.wholeAccesses) = (partAccesses, wholeAccesses)
  }
}

extension Kernel {
  /// Adds some accesses of another kernel with their arguments; `steps` tells how they go from how they
  /// went there.
  fileprivate mutating func add(
    _ others: [Int], of kernel: Kernel, steps: ([Access.Step]) -> [Access.Step]
  ) {
    var numbers: [Int: Int] = [:]
    for access in others {
      let argument = kernel.accesses[access].argument
      let number = numbers[argument] ?? arguments.count
      if number == arguments.count { arguments.append(kernel.arguments[argument]) }
      numbers[argument] = number
      accesses.append(Access(argument: number, steps: steps(kernel.accesses[access].steps)))
    }
  }

  /// Adds an argument with an access for each partial result.
  fileprivate mutating func add(_ dtypes: [DType], isOutput: Bool, steps: [Access.Step]) {
    for (number, dtype) in dtypes.enumerated() {
      accesses.append(Access(argument: arguments.count, steps: steps))
      arguments.append(Argument("p\(number)", dtype, isOutput: isOutput))
    }
  }
}

extension Stage {
  /// The stage where accesses have other numbers: their places in `accesses`, counted from `offset`.
  fileprivate func accessing(_ accesses: [Int], offset: Int) -> Stage {
    let numbers = Dictionary(
      uniqueKeysWithValues: accesses.enumerated().map { ($1, $0 + offset) })
    var stage = self
    stage.sources = sources.map { source in
      if case .load(let access) = source {
        .load(access: numbers[access] ?? access)
      } else {
        source
      }
    }
    stage.stores = stores.map {
      Store(access: numbers[$0.access] ?? $0.access, result: $0.result)
    }
    return stage
  }
}
