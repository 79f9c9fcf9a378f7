import Arrays
import Scalars
import Testing

@Suite struct ProgramTests {
  @Test("lines used once are written inline, lines used several times have a name")
  func expressions() {
    var program = Composite(inputs: [.float64, .float64])
    let (x, y) = (Composite.Operand.input(0), Composite.Operand.input(1))
    let square = program.append(.mul, [y, y], .float64)
    let sum = program.append(.fma, [x, x, square], .float64)
    let one = Composite.Operand.constant(.float(1, .float64))
    program.results = [program.append(.le, [sum, one], .bool)]
    var temporaries = 0
    let text = program.text(inputs: ["x", "y"], temporaries: &temporaries)
    #expect(text.results == ["le(fma(x, x, mul(y, y)), 1)"])

    program.results.append(program.append(.add, [sum, sum], .float64))
    let longer = program.text(inputs: ["x", "y"], temporaries: &temporaries)
    #expect(longer.definitions == ["t0 = fma(x, x, mul(y, y))"])
    #expect(longer.results == ["le(t0, 1)", "add(t0, t0)"])
  }

  @Test("lines that no result needs are left out")
  func pruning() {
    var program = Composite(inputs: [.float32])
    _ = program.append(.exp, [.input(0)], .float32)
    let needed = program.append(.neg, [.input(0)], .float32)
    _ = program.append(.sin, [needed], .float32)
    program.results = [program.append(.abs, [needed], .float32)]
    let pruned = program.pruned()
    #expect(pruned.lines.map(\.operation) == [.neg, .abs])
    #expect(pruned.lines[1].operands == [.line(0)])
    #expect(pruned.results == [.line(1)])
    #expect(pruned.pruned() == pruned)
  }

  @Test(
    "The instructions of a program are counted without lowering it", arguments: ScalarOp.allCases)
  func instructionCounts(op: ScalarOp) {
    // A cast to the same dtype is none.
    for dtype in op.operandDTypes where dtype.isFloating && op != .cast {
      let program = op.composite(dtype)
      #expect(program.instructionCount == program.lowered().lines.count, "\(dtype)")
      // Of a result of the same dtype once more, which has in common with the first what is done to other operands.
      var twice = program
      guard twice.dtype(of: twice.results[0]) == dtype else { continue }
      let operands = twice.inputs.indices.map { Composite.Operand.input($0) }
      twice.results = [twice.append(op, operands.dropLast() + [twice.results[0]], dtype)]
      #expect(twice.instructionCount == 2 * program.instructionCount)
      let difference = twice.instructionCount - twice.lowered().lines.count
      #expect((0..<program.instructionCount).contains(difference), "\(dtype): \(difference)")
    }
  }

  @Test("Divisions and roots take as long as many sums, those of integers by constants as few")
  func instructionTimes() {
    func time(_ op: ScalarOp, _ dtype: DType, by constant: Double? = nil) -> Int {
      var program = op.composite(dtype)
      if let constant {
        let divisor = Composite.Operand.constant(Scalar(constant).cast(to: dtype))
        program.results = [program.append(op, [.input(0), divisor], dtype)]
        program = program.pruned()
      }
      return program.instructionTime
    }
    for dtype in [DType.float32, .float64, .int32, .uint8] {
      #expect(time(.add, dtype) == 1 && time(.add, dtype, by: 3) == 1)
    }
    #expect(time(.div, .float32) == 16 && time(.sqrt, .float64) == 32)
    #expect(time(.div, .float32, by: 3) == 16)
    #expect(time(.floorDiv, .int64) > 128)
    // An expansion takes what its instructions do.
    let sigmoid = ScalarOp.sigmoid.composite(.float32)
    #expect(sigmoid.instructionTime == sigmoid.instructionCount + 15)
  }

  @Test("What calls spare is the instructions of what is called, less the calls")
  func sparedByCalls() {
    var program = Composite(inputs: [.float64, .float32, .float32])
    let sine = program.append(.sin, [.input(0)], .float64)
    let power = program.append(.pow, [.input(1), .input(2)], .float32)
    let wide = program.append(.cast, [power], .float64)
    program.results = [program.append(.add, [sine, wide], .float64)]
    let (apart, calling) = (program.lowered(), program.lowered(calling: true))
    #expect(calling.lines.count == 4)
    #expect(program.instructionCount == apart.lines.count)
    #expect(program.instructionsSparedByCalls == apart.lines.count - calling.lines.count)
  }
}
