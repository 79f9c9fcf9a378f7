import Dispatch
import Martlet
import TestSupport
import Testing

@Suite("What is counted") struct CountTests {
  let x = Tensor.vector("x"), y = Tensor.vector("y")

  @Test("Nothing is, unless somebody asks")
  func off() throws {
    let function = try Function([x], x * 2)
    #expect(function.profile == nil && Session().profile == nil)
  }

  @Test("Every call and every step of the seed's program is, in tables that the parser reads")
  func seed() throws {
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    let function = try Function([x, y], 4 * hits / x.dim(0), name: "pi", profile: true)
    let xs = NDArray.uniform(-1...1, shape: [30_000], seed: 1)
    let ys = NDArray.uniform(-1...1, shape: [30_000], seed: 2)
    for _ in 0..<100 { _ = try function(xs, ys) }
    let profile = try #require(function.profile)
    let parsed = try TheanoProfile(profile.summary())
    #expect(parsed.message == "pi" && parsed.calls == 100)
    let step = try #require(profile.report.functions[0].steps.first)
    #expect(step.calls == 100 && step.kind == .kernel)
    #expect(step.bytesRead == 100 * 2 * 8 * 30_000 && step.bytesWritten == 100 * 8)
    #expect(step.places.allSatisfy { $0.hasPrefix("CountTests.swift:") } && step.places.count == 2)
    if step.opName.hasPrefix("Sum") {
      #expect(parsed.ops.map(\.name) == [step.opName])
      #expect(parsed.ops[0].calls == 100 && parsed.ops[0].type == "C")
      // A fused multiply-add and a product for each point.
      #expect(abs(step.flops / 100 / 30_000 - 3) < 0.01)
    }
    #expect(abs(step.operations.reduce(0) { $0 + $1.share } - 1) < 1e-9)
  }

  @Test("Operators that a function is named by stand in its tables")
  func names() throws {
    let hits = (x ** 2 + y ** 2 .<= 1).sum()
    let function = try Function([x, y], 4 * hits / x.dim(0), profile: true)
    _ = try function(NDArray.ones(shape: [10]), NDArray.ones(shape: [10]))
    let parsed = try TheanoProfile(try #require(function.profile).summary())
    #expect(parsed.message.hasPrefix("CountTests.swift:"))
    #expect(parsed.ops[0].name.contains("Composite{LE((sqr(i0) + sqr(i1)), i2)}"))
  }

  @Test("Calls of several threads at once are all counted")
  func threads() throws {
    let function = try Function([x], [x * 2, (x + 1).sum()], profile: true)
    let arrays = (1...4).map { NDArray.ones(shape: [$0 * 1000]) }
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      for call in 0..<250 { _ = try? function(arrays[(thread + call) % 4]) }
    }
    let counted = try #require(function.profile).report.functions[0]
    #expect(counted.calls.count == 2000 && counted.calls.failures == 0)
    for step in counted.steps { #expect(step.calls == 2000) }
    // Two calls of each of four sizes in eight have read so many elements.
    #expect(counted.steps[0].bytesRead == 2000 * 2500 * 8)
  }

  @Test("Calls that fail are counted by themselves, and change no other figure")
  func failures() throws {
    let function = try Function([x, y], x + y, profile: true)
    let xs = NDArray.ones(shape: [1000])
    for call in 0..<30 {
      if call % 3 == 0 {
        #expect(throws: (any Error).self) { try function(xs, NDArray.ones(shape: [7])) }
        #expect(throws: (any Error).self) { try function(xs) }
      } else {
        _ = try function(xs, xs)
      }
    }
    let counted = try #require(function.profile).report.functions[0]
    #expect(counted.calls.count == 20 && counted.calls.failures == 20)
    #expect(counted.steps.map(\.calls) == [20])
    #expect(counted.calls.failureSeconds > 0)
  }

  @Test("Sizes that are met once and never again stay counted")
  func manySizes() throws {
    let function = try Function([x], (x * 2).sum(), profile: true)
    for size in 1...200 { _ = try function(NDArray.ones(shape: [size])) }
    let counted = try #require(function.profile).report.functions[0]
    #expect(counted.calls.count == 200 && counted.calls.bindings == 200)
    #expect(counted.steps.map(\.calls) == [200])
    #expect(counted.steps[0].bytesRead == 8 * Double(200 * 201 / 2))
  }

  @Test("A step that repeats an array after all has a row of its own")
  func general() throws {
    let function = try Function([x, y], x + y, profile: true)
    _ = try function(NDArray.ones(shape: [8]), NDArray.ones(shape: [8]))
    _ = try function(NDArray.ones(shape: [8]), NDArray.ones(shape: [1]))
    let counted = try #require(function.profile).report.functions[0]
    #expect(counted.steps.map(\.calls) == [1, 1])
  }

  @Test("Products, copies and concatenations have rows")
  func kinds() throws {
    let m = Tensor.matrix("m"), n = Tensor.matrix("n")
    let function = try Function(
      [m, n], [matmul(m, n), concatenate([m, n], axis: 0)], profile: true)
    let square = NDArray.ones(shape: [16, 16])
    let strided = try NDArray.ones(shape: [32, 32])[.stride(by: 2), .stride(by: 2)]
    for _ in 0..<3 { _ = try function(square, strided) }
    let counted = try #require(function.profile).report.functions[0]
    let product = try #require(counted.steps.first { $0.kind == .matmul })
    #expect(product.calls == 3 && product.flops == 3 * 2 * 16 * 16 * 16)
    #expect(product.bytesRead == 3 * 2 * 256 * 8 && product.bytesWritten == 3 * 256 * 8)
    #expect(counted.steps.contains { $0.kind == .copy })
    _ = try TheanoProfile(try #require(function.profile).summary())
  }

  @Test("A session counts its functions together, and shows their sum")
  func session() throws {
    let session = Session(threads: 1, profile: true)
    let a = placeholder(.float32, shape: [3])
    let double = a * 2
    for _ in 0..<3 { _ = try session.run(double, feeding: [a: [0, 1, 2]]) }
    let function = try session.function([x], x + 1, name: "plus")
    _ = try function(NDArray.ones(shape: [4]))
    let profile = try #require(session.profile)
    #expect(profile.report.functions.map(\.calls.count) == [3, 1])
    let sum = profile.summary().ranges(of: "Sum of all(2) printed profiles at exit")
    #expect(sum.count == 1)
    #expect(function.profile?.report.functions.count == 1)
  }

  @Test("Counting begins anew after a reset")
  func reset() throws {
    let function = try Function([x], x + 1, profile: true)
    let xs = NDArray.ones(shape: [4])
    _ = try function(xs)
    let profile = try #require(function.profile)
    profile.reset()
    #expect(profile.report.functions[0].calls.count == 0)
    for _ in 0..<5 { _ = try function(xs) }
    let counted = profile.report.functions[0]
    #expect(counted.calls.count == 5 && counted.steps.map(\.calls) == [5])
    #expect(counted.traceEvents > 0 && counted.compile.passes.count > 0)
  }

  @Test("Rules that fired and kernels that were compiled are told")
  func compile() throws {
    let function = try Function([x], (x ** 2).sum(), profile: true)
    let compile = try #require(function.profile).report.functions[0].compile
    #expect(compile.passes.flatMap(\.rules).contains { $0.name == "powers/power-two" })
    let rules = compile.passes.filter { !$0.rules.isEmpty }
    for pass in rules {
      let seconds = pass.rules.reduce(0) { $0 + ($1.seconds ?? 0) }
      #expect(seconds > 0 && seconds <= pass.seconds + 1e-12)
    }
    #expect(compile.optimizerSeconds > 0 && compile.seconds > compile.optimizerSeconds)
    #expect(try #require(function.profile).summary().contains("powers/power-two 1"))
  }
}
