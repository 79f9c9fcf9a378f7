import Arrays
import Scalars
import Testing

@Suite struct ProgramVerifyTests {
  private func text(_ composite: Composite) -> String? {
    do { try composite.verify() } catch { return error.description }
    return nil
  }

  private func text(_ program: LaneProgram) -> String? {
    do { try program.verify() } catch { return error.description }
    return nil
  }

  @Test("operands have to exist before they are read")
  func missingOperands() {
    var composite = Composite(inputs: [.float32])
    composite.results = [composite.append(.exp, [.input(1)], .float32)]
    #expect(text(composite) == "scalar program: line 0, exp, reads input 1; there are 1 before it")

    var later = Composite(inputs: [.float32])
    later.results = [later.append(.exp, [.line(0)], .float32)]
    #expect(text(later) == "scalar program: line 0, exp, reads line 0; there are 0 before it")
  }

  @Test("results have to exist")
  func missingResults() {
    var composite = Composite(inputs: [.float32])
    #expect(text(composite) == "scalar program: a program yields at least one result")
    composite.results = [.line(0)]
    #expect(text(composite) == "scalar program: result 0 reads line 0; there are 0 before it")
  }

  @Test("operations take operands of one dtype that they know")
  func operands() {
    var mixed = Composite(inputs: [.float32, .float64])
    mixed.results = [mixed.append(.add, [.input(0), .input(1)], .float64)]
    #expect(
      text(mixed) == "scalar program: line 0, add, takes numbers of one dtype; got f32, f64")

    var few = Composite(inputs: [.float32])
    few.results = [few.append(.add, [.input(0)], .float32)]
    #expect(text(few) == "scalar program: line 0, add, takes 2 operands; got 1")

    var whole = Composite(inputs: [.int32])
    whole.results = [whole.append(.exp, [.input(0)], .int32)]
    #expect(text(whole) == "scalar program: line 0, exp, takes floats of one dtype; got i32")
  }

  @Test("lines have the dtype that the operation gives")
  func results() {
    var composite = Composite(inputs: [.float32])
    composite.results = [composite.append(.lt, [.input(0), .input(0)], .float32)]
    #expect(text(composite) == "scalar program: line 0, lt, gives bool; the line says f32")
  }

  @Test("instructions are held to the same")
  func instructions() {
    var program = LaneProgram(inputs: [.float64, .int32])
    program.results = [program.append(.bitcast, [.input(0)], .int32)]
    #expect(
      text(program)
        == "scalar program: line 0, bitcast, takes an operand as wide as the result; got f64")

    var shift = LaneProgram(inputs: [.float64])
    shift.results = [shift.append(.shiftLeft, [.input(0), .input(0)], .float64)]
    #expect(
      text(shift)
        == "scalar program: line 0, shiftLeft, takes integers of one dtype; got f64, f64")

    var choice = LaneProgram(inputs: [.bool, .int32])
    choice.results = [choice.append(.select, [.input(0), .input(1), .input(1)], .int32)]
    #expect(text(choice) == nil)
  }
}
