import TestSupport
import Testing

@Suite("What Theano prints is read by the parser") struct TheanoTextTests {
  @Test("the profile of the seed's program")
  func pi() throws {
    let profile = try TheanoProfile(try Fixture.text("theano-pi"))
    #expect(profile.message == "pi.py:4" && profile.calls == 3000 && profile.nodes == 4)
    #expect(profile.made.count == 4 && profile.made[3].name == "Shape_i{0}(x)")
    #expect(profile.classes.map(\.calls) == [3000, 6000, 3000])
    #expect(profile.classes[1].name == "theano.tensor.elemwise.Elemwise")
    #expect(profile.ops[0].name == "Sum{acc_dtype=int64}" && profile.ops[0].type == "C")
    #expect(profile.applies.map(\.id) == [2, 1, 0, 3])
    #expect(profile.applies[2].name == "Shape_i{0}(x)")
    #expect(abs(profile.applies.reduce(0) { $0 + $1.percent } - 100) < 0.3)
    #expect(profile.memory == nil)
  }

  @Test("a profile with memory and operations")
  func train() throws {
    let profile = try TheanoProfile(try Fixture.text("theano-train-memory"))
    #expect(profile.message == "train" && profile.calls == 500 && profile.applies.count == 17)
    #expect(profile.applies[0].megaflops == nil)
    #expect(profile.applies[0].name.hasPrefix("CGemv{inplace}(w, TensorConstant{-0.1}, X.T,"))
    let memory = try #require(profile.memory)
    #expect(memory.peaks.first?.kilobytes == 9 && memory.peaks.first?.inBrackets == 13)
    #expect(memory.applies.first?.bytes == 2_508_800)
    #expect(memory.applies.first?.shapes == "[(784, 400)]")
    #expect(memory.applies.first?.codes == ["v"])
    let remaining = try #require(memory.remaining)
    #expect(remaining == (8, 456, 2_537_928))
  }

  @Test("a profile with what the rewriting took")
  func optimizer() throws {
    let profile = try TheanoProfile(try Fixture.text("theano-train-optimizer"))
    #expect(profile.ops.count == 14 && profile.gradSeconds > 0)
  }

  @Test("a text that is no profile is refused")
  func foreign() throws {
    let text = try Fixture.text("theano-pi")
    #expect(throws: TheanoProfile.Unreadable.self) { try TheanoProfile("") }
    #expect(throws: TheanoProfile.Unreadable.self) {
      try TheanoProfile(text.replacing("<#apply> <Op name>", with: "<Op name>"))
    }
    #expect(throws: TheanoProfile.Unreadable.self) {
      try TheanoProfile(text.replacing("0.053s", with: "0.053"))
    }
  }
}
