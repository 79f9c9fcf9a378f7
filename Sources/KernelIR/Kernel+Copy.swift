public import Arrays
import Scalars

extension Kernel {
  /// The kernel that copies an array of `rank` axes to one of the same shape.
  public static func copy(_ dtype: DType, rank: Int) -> Kernel {
    let steps = Array(repeating: Access.Step.strided, count: rank)
    var composite = Composite()
    composite.results = [composite.addInput(dtype)]
    return Kernel(
      axes: (0..<rank).map { Axis("i\($0)", extent: "n\($0)") }, outerCount: rank,
      arguments: [
        Argument("x", dtype, isOutput: false), Argument("y", dtype, isOutput: true),
      ],
      accesses: [Access(argument: 0, steps: steps), Access(argument: 1, steps: steps)],
      scalars: [],
      stages: [
        Stage(
          loops: false, sources: [.load(access: 0)], composite: composite,
          stores: [Store(access: 1, result: 0)], accumulators: [])
      ])
  }
}
