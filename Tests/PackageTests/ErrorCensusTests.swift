import Foundation
import Testing

/// Every message has a name, in the file of its module's errors, and a test of its text.
@Suite struct ErrorCensusTests {
  @Test("The words of every error stand in a test")
  func words() throws {
    let (messages, tests) = (try ErrorCensus().messages, try ErrorCensus.tests())
    #expect(messages.count > 150)
    for message in messages where !tests.contains(message.words) {
      Issue.record(
        "\(message.file): no test expects the words of \(message.name): \(message.words)")
    }
  }

  @Test("No error is worded where it is thrown")
  func places() throws {
    // Programs word what is wrong with their arguments where they take them.
    let exception = "ValidationError"
    for file in try Repository.files(in: "Sources") {
      let text = try Repository.text(file)
      if text.contains(": Error") { continue }
      let pattern = /(?:throw )?([A-Z]\w*(?:Error|Mismatch|Graph))\((?:\w+:)?\s*"/
      for match in text.contains("Error(") ? text.matches(of: pattern) : []
      where match.1 != exception && !text.contains("extension \(match.1) {") {
        Issue.record("\(file): \(match.0) belongs into the file of the module's errors")
      }
    }
  }
}
