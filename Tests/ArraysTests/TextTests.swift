import Arrays
import Testing

@Suite("Printed arrays")
struct TextTests {
  @Test("Arrays print as NumPy prints them")
  func numPy() throws {
    let arrays = try NDArray.load(npz: TestFiles.fixture("printed.npz"))
    let text = String(
      decoding: try TestFiles.bytes(TestFiles.fixture("printed.txt")), as: UTF8.self)
    let expected = text.components(separatedBy: "\n-----\n")
    #expect(arrays.count == expected.count)
    for (array, text) in zip(arrays, expected) {
      #expect(array.array.description == text, "\(array.name) \(array.array.dtype)")
    }
  }

  @Test("The sum of squares in the README prints as it says")
  func example() {
    #expect(NDArray([9, 17, 29] as [Float]).description == "[ 9. 17. 29.]")
  }
}

extension String {
  /// The parts between the places where `separator` stands.
  fileprivate func components(separatedBy separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
