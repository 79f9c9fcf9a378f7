import Testing

@testable import Martlet

@Suite("What MARTLET_DEBUG takes")
struct DebuggingTests {
  @Test("Levels from 0 to 5", arguments: 0...5)
  func levels(level: Int) {
    #expect(Debugging.parse("\(level)") == (level, nil))
  }

  @Test("Nothing", arguments: [nil, ""])
  func nothing(text: String?) {
    #expect(Debugging.parse(text) == (0, nil))
  }

  @Test("No other value", arguments: ["abc", "6", "-1", "2.5", "99999999999999999999", "1 "])
  func others(text: String) {
    let (level, complaint) = Debugging.parse(text)
    #expect(level == 0)
    #expect(
      complaint
        == "martlet: MARTLET_DEBUG takes a level from 0 to 5; got '\(text)', which is ignored")
  }
}
