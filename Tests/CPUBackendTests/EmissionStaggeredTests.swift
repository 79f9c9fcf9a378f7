import Arrays
import KernelIR
import Scalars
import Testing

@testable import CPUBackend

@Suite("Loops of several rows side by side")
struct EmissionStaggeredTests {
  @Test(
    "Rows come out as if each were alone", arguments: RowProgram.allCases,
    [DType.float32, .float64])
  func rows(program: RowProgram, dtype: DType) throws {
    for rows in [1, 2, 3, 5] {
      for count in [0, 1, 16, 33, 100, 131] {
        try check(program.test(dtype, [rows, count], padding: 0), "\(rows) of \(count)")
      }
    }
  }

  @Test("Rows along two axes do, and long ones", arguments: RowProgram.allCases)
  func axes(program: RowProgram) throws {
    for extents in [[2, 3, 40], [3, 1, 65], [4, 2, 0], [1, 2, 8200]] {
      try check(program.test(.float64, extents, padding: 3), "\(extents)")
    }
  }

  @Test(
    "What comes once for a row does, for as many rows as lanes and for fewer",
    arguments: [RowProgram.oneLoop, .longEnds], [DType.float32, .float64])
  func ends(program: RowProgram, dtype: DType) throws {
    for extents in [[3, 7], [16, 50], [17, 40], [40, 33], [3, 20, 9], [2, 33, 70]] {
      let test = program.test(dtype, extents, padding: 2)
      try check(test, "\(extents)")
      try test.check("\(extents), cut", cuts: [7, 16, 24, 31])
    }
  }

  @Test("Sums have the same bits, whichever loops run side by side", arguments: RowProgram.allCases)
  func bits(program: RowProgram) throws {
    for count in [100, 259, 1000, 17_000] {
      var test = program.test(.float64, [5, count], padding: 0)
      if program != .bytes {
        test.arrays[0] = test.arrays[0].indices.map { Scalar(Double($0 * 7919 % 1000) / 997) }
      }
      (test.kernel, test.layout) = test.kernel.specialized(for: test.layout)
      for target in TestTarget.available {
        let wanted = try test.run(on: target)
        for (staggers, pastCaches, cuts) in [
          (true, false, []), (true, true, [2]), (false, true, [1]), (true, true, [1, 4]),
        ] {
          var other = test
          other.kernel.staggersRows = staggers
          other.kernel.storesPastCaches = pastCaches
          let found = try other.run(on: target, cuts: cuts)
          #expect(
            zip(wanted, found).allSatisfy { $0.elementsEqual($1, by: { $0.isSame(as: $1) }) },
            "\(count), \(target), \(staggers), \(pastCaches), \(cuts)")
        }
      }
    }
  }

  private func check(_ test: KernelCase, _ label: String) throws {
    for (staggers, pastCaches, readsAhead) in [
      (true, false, false), (true, true, true), (false, true, false), (true, false, true),
    ] {
      var test = test
      test.kernel.staggersRows = staggers
      test.kernel.storesPastCaches = pastCaches
      test.kernel.readsAhead = readsAhead
      try test.check("\(label), \(staggers), \(pastCaches), \(readsAhead)", cuts: [1, 2, 5])
    }
  }

  @Test("Only where a loop does much, and registers are many")
  func eligible() {
    func isStaggered(
      _ program: RowProgram, isLong: Bool = true, registers: Int = 32, pastCaches: Bool = false
    ) -> Bool {
      var target = VectorTarget(vectorByteCount: 64, hasMaskRegisters: true)
      target.registerCount = registers
      let test = program.test(.float32, [8, 64], padding: 0, isLong: isLong)
      var kernel = test.kernel.specialized(for: test.layout).kernel
      kernel.storesPastCaches = pastCaches
      let texts = [false, true].map { staggers in
        kernel.staggersRows = staggers
        return KernelEmitter.emit(kernel, named: "kernel", for: target).ir
      }
      return texts[0] != texts[1]
    }
    for program in RowProgram.allCases {
      // Of values that are kept in one other row's place there is room for those of one row.
      #expect(isStaggered(program) == (program != .fourLoops && program != .oneLoop))
      #expect(!isStaggered(program, isLong: false))
      #expect(!isStaggered(program, registers: 16))
    }
    #expect(isStaggered(.keptValues, pastCaches: true))
  }
}
