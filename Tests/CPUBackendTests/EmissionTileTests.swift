import Arrays
import KernelIR
import Scalars
import Testing

@Suite("Maps whose operands lie across")
struct EmissionTileTests {
  @Test("Tiles and what is left beside them hold the right elements", arguments: DType.allCases)
  func tiles(dtype: DType) throws {
    for (rows, columns) in [(1, 5), (31, 70), (32, 64), (33, 129), (70, 257), (150, 620)] {
      try Self.addition(dtype, [rows, columns], order: [1, 0])
        .check("\(dtype)[\(rows),\(columns)]", cuts: [1, 2])
    }
    // Lines that a tile has to itself, of which some units take two.
    for cuts in [[], [1, 5]] {
      try Self.addition(dtype, [192, 130], order: [1, 0]).check("\(dtype)[192,130]", cuts: cuts)
    }
  }

  @Test("An axis of its own before, between or behind the two that change places")
  func threeAxes() throws {
    for order in [[0, 2, 1], [2, 0, 1], [2, 1, 0], [1, 2, 0], [1, 0, 2]] {
      for extents in [[3, 34, 65], [33, 2, 66], [2, 3, 4], [0, 40, 70]] {
        try Self.addition(.float32, extents, order: order)
          .check("\(extents), \(order)", cuts: [1, 3])
      }
    }
  }

  @Test("Results go past the caches only where they are aligned")
  func pastCaches() throws {
    for columns in [64, 129] {
      var test = Self.addition(.float32, [64, columns], order: [1, 0])
      test.kernel.storesPastCaches = true
      try test.check("[64,\(columns)]", cuts: [1])
    }
  }

  @Test("Only reads along one other axis are tiled")
  func kinds() {
    #expect(Self.specialized([64, 64], order: [1, 0]).tiling?.axis == 0)
    #expect(Self.specialized([3, 64, 64], order: [0, 2, 1]).tiling?.axis == 1)
    #expect(Self.specialized([64, 64], order: [0, 1]).tiling == nil)
    // Every second element: contiguous along no axis.
    var sparse = Self.addition(.float32, [8, 8], order: [0, 1])
    sparse.layout.strides[0] = [16, 2]
    #expect(sparse.kernel.specialized(for: sparse.layout).kernel.tiling == nil)
  }

  @Test("Of many operands that lie across there are no tiles, which wait on the stack")
  func manyOperands() throws {
    for count in [8, 9, 40] {
      let test = Self.addition(.float32, [40, 70], order: [1, 0], across: count)
      let tiling = test.kernel.specialized(for: test.layout).kernel.tiling
      #expect((tiling != nil) == (count <= 8), "\(count)")
      try test.check("\(count)", cuts: [1, 3])
    }
  }

  private static func specialized(_ extents: [Int], order: [Int]) -> Kernel {
    let test = addition(.float32, extents, order: order)
    return test.kernel.specialized(for: test.layout).kernel
  }

  /// The sum of some operands, whose axes lie in memory in `order`, and of `y`, whose lie as the result's.
  private static func addition(
    _ dtype: DType, _ extents: [Int], order: [Int], across operands: Int = 1
  ) -> KernelCase {
    var sum = Composite(inputs: [DType](repeating: dtype, count: operands + 1))
    let op: ScalarOp = dtype == .bool ? .xor : .add
    sum.results = [
      (0..<operands).reduce(.input(operands)) { sum.append(op, [.input($1), $0], dtype) }
    ]
    let count = extents.reduce(1, *)
    let own = Shape.contiguousStrides(extents)
    var across = own
    for (axis, stride) in zip(order, Shape.contiguousStrides(order.map { extents[$0] })) {
      across[axis] = stride
    }
    let steps = [Access.Step](repeating: .strided, count: extents.count)
    let values = { (factor: Int) in
      (0..<count).map { Scalar(Int64($0 * factor % 101)).cast(to: dtype) }
    }
    let kernel = Kernel(
      axes: extents.indices.map { Axis("i\($0)", extent: "n\($0)") }, outerCount: extents.count,
      arguments: (0...operands).map { Argument("x\($0)", dtype, isOutput: false) }
        + [Argument("out", dtype, isOutput: true)],
      accesses: (0..<operands + 2).map { Access(argument: $0, steps: steps) }, scalars: [],
      stages: [
        Stage(
          loops: false, sources: (0...operands).map { .load(access: $0) }, composite: sum,
          stores: [Store(access: operands + 1, result: 0)], accumulators: [])
      ])
    return KernelCase(
      kernel: kernel,
      layout: Layout(
        extents: extents, strides: (0..<operands + 2).map { $0 < operands ? across : own }),
      arrays: (0...operands).map { values(7 + 6 * $0) } + [values(0)],
      offsets: [Int](repeating: 0, count: operands + 2))
  }
}
