import Arrays
import Martlet
import Testing

/// Results that take the memory of inputs which the caller gives away.
@Suite("Updates in place")
struct UpdateTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y"), m = Tensor.matrix("m")

  /// The numbers 0, 1, 2 and so on.
  private func ramp(_ count: Int) -> NDArray { NDArray((0..<count).map { Double($0) }) }

  private func address(_ array: NDArray) -> UnsafeMutableRawPointer { array.start }

  @Test("take the memory of the state", arguments: [1, 5, 1000, 100_000])
  func state(count: Int) throws {
    let step = try Function([x, y], 0.5 * x + y)
    var state = ramp(count)
    let place = address(state), increment = NDArray.ones(shape: [count])
    for _ in 0..<3 { try step.update(&state, increment) }
    #expect(address(state) == place)
    let expected = (0..<count).map { Double($0) / 8 + 1.75 }
    #expect(state == NDArray(expected))
  }

  @Test("leave arrays alone that share the elements")
  func shared() throws {
    let step = try Function([x], x * 2)
    var state = ramp(10)
    let before = state
    try step.update(&state)
    #expect(before == ramp(10))
    #expect(state == NDArray((0..<10).map { Double($0) * 2 }))
    var list = [ramp(10)]
    let view = try list[0][2..<4]
    list = [try step.call(donating: list)]
    #expect(view == [2.0, 3])
    let sum = try Function([x, y], x + y).call(donating: [state, state])
    #expect(sum == NDArray((0..<10).map { Double($0) * 4 }))
    #expect(state == NDArray((0..<10).map { Double($0) * 2 }))
  }

  @Test("read everything before it is overwritten")
  func order() throws {
    // The sum, the neighbours and the transpose of the state need all of it.
    for f in [
      try Function([x], x - x.sum()), try Function([x], x + x[.stride(by: -1)]),
      try Function([x], softmax(x)),
    ] {
      let expected = try f(ramp(5000))
      #expect(try f.call(donating: [ramp(5000)]) == expected)
    }
    let square = try ramp(90_000).reshaped([300, 300])
    for f in [try Function([m], m + transpose(m)), try Function([m], softmax(m, axis: 0))] {
      let expected = try f(square)
      #expect(try f.call(donating: [try ramp(90_000).reshaped([300, 300])]) == expected)
    }
    // One kernel, which reads each row again after it has computed the first result.
    let both = try Function([m], [exp(-m), m - m.max(axes: [1], keepDims: true)])
    let expected = try both.call(with: [square])
    #expect(try both.call(donating: [try ramp(90_000).reshaped([300, 300])]) == expected)
  }

  @Test("take memory that nobody reads any more, whatever is computed there")
  func later() throws {
    let w = Tensor.matrix("w"), f = try Function([m, w], matmul(matmul(m, w), w))
    var state = NDArray.ones(shape: [20, 20])
    let place = address(state)
    try f.update(&state, NDArray.ones(shape: [20, 20]))
    #expect(address(state) == place)
    #expect(state == NDArray.full(400.0, shape: [20, 20]))
  }

  @Test("put several outputs into several states")
  func several() throws {
    let f = try Function([x, y], [x + y, x - y])
    var states = [ramp(100), NDArray.ones(shape: [100])]
    let places = states.map(address)
    for _ in 0..<2 { try f.update(&states) }
    #expect(Set(states.map(address)) == Set(places))
    #expect(states[0] == NDArray((0..<100).map { Double($0) * 2 }))
    #expect(states[1] == NDArray.full(2.0, shape: [100]))
  }

  @Test("keep the states when a call fails")
  func failures() throws {
    let step = try Function([x, y], x + y, name: "step")
    var state = ramp(10)
    for _ in 0..<2 {
      #expect(throws: (any Error).self) { try step.update(&state, ramp(3)) }
      #expect(throws: FunctionError.self) { try step.update(&state) }
      #expect(state == ramp(10))
    }
    var states = [ramp(4)]
    let error = #expect(throws: FunctionError.self) {
      try Function([x], [x, x * 2], name: "pair").update(&states)
    }
    #expect(error?.description == "pair: update takes a state for each of 2 outputs; got 1")
    #expect(states == [ramp(4)])
  }

  @Test("leave what the input takes, or say what they would leave")
  func otherTypes() throws {
    let w = Tensor.vector("w", .float32), fixed = Tensor("v", .float32, shape: [3])
    let ones = NDArray.ones(.float32, shape: [3])
    let cases: [(Tensor, Tensor, String)] = [
      (w, w - w.sum() / w.dim(0), "'w' takes, f32[?]; its output is f64[?]"),
      (w, w .> 0, "'w' takes, f32[?]; its output is bool[?]"),
      (w, w.sum(), "'w' takes, f32[?]; its output is f32[]"),
      (fixed, fixed[1...], "'v' takes, f32[3]; its output is f32[2]"),
    ]
    for (input, output, types) in cases {
      var state = ones
      let f = try Function([input], output, name: "step")
      let error = #expect(throws: FunctionError.self) { try f.update(&state) }
      let lines = error?.description.split(separator: "\n") ?? []
      #expect(lines.first == "step: update must leave what \(types)")
      let hint = "  cast(to: .float32) of the output converts it"
      let isOther = try input.dtype != output.dtype
      #expect(lines.contains { $0 == hint } == isOther)
      #expect(state == ones)
    }
    var states = [ones, ones]
    let pair = try Function([w, fixed], [fixed * 2, w * 3])
    try pair.update(&states)
    #expect(states == [2, 3].map { NDArray([Float](repeating: $0, count: 3)) })
  }

  @Test("keep a literal a literal when memory is missing")
  func literal() throws {
    // Four petabytes.
    let wide = x.reshape([-1, 1]).broadcast(to: [2, 1 << 47])
    let f = try Function([x], concatenate([wide, wide * 2], axis: 1).reshape([-1]))
    var state: NDArray = [1, 2]
    for _ in 0..<2 {
      #expect(throws: GraphError.self) { try f.update(&state) }
      #expect(state == [1, 2])
      #expect(state.isWeak)
    }
  }

  @Test("work when calls are counted, and with literals")
  func recorded() throws {
    let step = try Function([x, y], x + y, profile: true)
    var state = ramp(10)
    let place = address(state)
    for _ in 0..<2 { try step.update(&state, ramp(10)) }
    #expect(address(state) == place)
    #expect(state == NDArray((0..<10).map { Double($0) * 3 }))
    var literal: NDArray = [1, 2, 3]
    try step.update(&literal, [1.0, 1, 1])
    #expect(literal == [2.0, 3, 4])
  }
}
