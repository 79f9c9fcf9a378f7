import Testing

@testable import MartletCommand

/// Numbers and tables.
@Suite struct TextTests {
  @Test("Times, sizes and shares have the unit that suits them")
  func units() {
    #expect(
      [3.2e-9, 2.014e-6, 4.5e-3, 1.5].map(Units.time) == [
        "3.2 ns", "2.01 µs", "4.50 ms", "1.500 s",
      ])
    #expect(
      [0, 1000, 49_152, 1 << 20, 1_572_864, 256 << 20, 5 << 40].map(Units.bytes) == [
        "0 B", "1000 B", "48 KiB", "1 MiB", "1.5 MiB", "256 MiB", "5 TiB",
      ])
    #expect(Units.billions(123.456e9) == "123.5")
    #expect(Units.percent(0.974) == "97 %")
    #expect([0, 1, 2].map { Units.count($0, "file") } == ["0 files", "1 file", "2 files"])
  }

  @Test("Columns are as wide as their titles or wider; only the first is aligned to the left")
  func table() {
    let table = Table([
      Table.Column("name", width: 6), Table.Column("n"), Table.Column("time", width: 7),
    ])
    #expect(table.heading == "name    n     time")
    #expect(table.row(["a", "1", "2 s"]) == "a       1      2 s")
    #expect(table.row(["longer name", "12", ""]) == "longer name  12")
  }
}
