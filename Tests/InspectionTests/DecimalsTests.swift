import Foundation
import Inspection
import Testing

@Suite struct DecimalsTests {
  @Test("numbers look as C prints them")
  func formats() {
    let values: [Double] = [
      0, 1, -1, 0.5, 2.5, 9.995, 9.9949, 99.95, 1e-9, 2.656e-2, 1234.5678, -0.04, 1e10, 3.14159,
    ]
    for value in values + (0..<500).map({ _ in .random(in: -1...1) * pow(10, .random(in: -9...9)) })
    {
      #expect(Decimals.scientific(value) == String(format: "%.2e", value))
      #expect(abs((Double(Decimals.fixed(value, digits: 1)) ?? .nan) - value) <= 0.0500001)
      #expect(
        Decimals.fixed(value, digits: 1).hasSuffix(String(format: "%.1f", value).suffix(2))
          || abs(value) > 1e9
          || abs((value * 10).truncatingRemainder(dividingBy: 1)).magnitude == 0.5)
    }
    #expect(Decimals.significant(1.2345, digits: 3) == "1.23")
    #expect(Decimals.significant(1234.5, digits: 3) == "1234")
    #expect(Decimals.significant(0.5, digits: 3) == "0.5")
    #expect(Decimals.significant(100, digits: 3) == "100")
  }
}
