import Testing

@testable import Martlet

@Suite("What MARTLET_PROFILE takes")
struct ProcessProfileTests {
  @Test(
    "Nothing, and words for it", arguments: [nil, "", "0", "off", "no", "false", "OFF", "False"])
  func off(text: String?) {
    #expect(ProcessProfile.parse(text) == nil)
  }

  @Test("Words for standard error", arguments: ["1", "on", "yes", "true", "Yes"])
  func on(text: String) {
    #expect(ProcessProfile.parse(text) == .standardError)
  }

  @Test("Files", arguments: ["run.txt", "Run.json", "./off", "2"])
  func files(text: String) {
    #expect(ProcessProfile.parse(text) == .file(text))
  }
}
