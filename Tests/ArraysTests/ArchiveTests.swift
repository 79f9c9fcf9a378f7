import Arrays
import Testing

@Suite("NumPy archives")
struct ArchiveTests {
  let names = ["ramp", "few", "noise", "zeros", "größe"]

  @Test("Stored and deflated entries are read as NumPy wrote them")
  func read() throws {
    let stored = try NDArray.load(npz: TestFiles.fixture("stored.npz"))
    #expect(stored.map(\.name) == names)
    #expect(stored[0].array == ramp(.int64, [300]))
    #expect(stored[1].array == ramp(.uint8, [3]))
    #expect(stored[2].array.typeText == "u8[3000]")
    #expect(stored[3].array == .zeros(shape: [20, 20]))
    #expect(stored[4].array == NDArray(7 as Float))
    for name in ["compressed.npz", "mixed.npz"] {
      let arrays = try NDArray.load(npz: TestFiles.fixture(name))
      #expect(arrays.map(\.name) == names)
      #expect(arrays.map(\.array) == stored.map(\.array))
    }
  }

  @Test("One array is read by its name, whatever is wrong with the others")
  func named() throws {
    let path = TestFiles.fixture("with-text.npz")
    #expect(try NDArray.names(npz: path) == ["label", "ramp"])
    #expect(try NDArray.load(npz: path, named: "ramp") == ramp(.int64, [3]))
    expectError(
      "\(path)/label.npy: header says dtype '<U1'; dtypes read are bool, int8 to int64, uint8 to uint64, "
        + "float32 and float64"
    ) { _ = try NDArray.load(npz: path, named: "label") }
    let mixed = TestFiles.fixture("mixed.npz")
    for (name, array) in try NDArray.load(npz: mixed) {
      #expect(try NDArray.load(npz: mixed, named: name) == array)
    }
    try TestFiles.withFolder { folder in
      let damaged = folder + "/damaged.npz"
      var bytes = try TestFiles.bytes(path)
      bytes[60] ^= 1
      try TestFiles.write(bytes, to: damaged)
      #expect(try NDArray.load(npz: damaged, named: "ramp") == ramp(.int64, [3]))
    }
  }

  @Test("A name that no array has is told of with those that there are")
  func unknownName() throws {
    let path = TestFiles.fixture("with-text.npz")
    for name in ["ramps", "ramp.npy", ""] {
      expectError("\(path): there is no array '\(name)'\n  its arrays are 'label', 'ramp'") {
        _ = try NDArray.load(npz: path, named: name)
      }
    }
    try TestFiles.withFolder { folder in
      let path = folder + "/none.npz"
      try NDArray.save(npz: path, [])
      expectError("\(path): there is no array 'w'\n  it holds none") {
        _ = try NDArray.load(npz: path, named: "w")
      }
    }
  }

  @Test("Archives are written byte for byte as NumPy writes them")
  func write() throws {
    let path = TestFiles.fixture("stored.npz")
    try TestFiles.withFolder { folder in
      let copy = folder + "/copy.npz"
      try NDArray.save(npz: copy, try NDArray.load(npz: path))
      #expect(try TestFiles.bytes(copy) == TestFiles.bytes(path))
      try NDArray.save(npz: copy, ["w": [1, 2], "b": [0.5]])
      let arrays = try NDArray.load(npz: copy)
      #expect(arrays.map(\.name) == ["w", "b"])
      #expect(arrays.map(\.array) == [NDArray([1, 2]), NDArray([0.5])])
      try NDArray.save(npz: copy, [])
      #expect(try NDArray.load(npz: copy).isEmpty)
    }
  }

  @Test("Names that cannot stand beside each other leave the old archive as it was")
  func badNames() throws {
    try TestFiles.withFolder { folder in
      let path = folder + "/a.npz"
      try NDArray.save(npz: path, ["w": 1])
      expectError("\(path): names must differ; 'w' is given twice") {
        try NDArray.save(npz: path, ["w": 1, "w": 2])
      }
      let long = String(repeating: "x", count: 70_000)
      expectError(
        "\(path): names take at most 65535 bytes; '\(long.prefix(60))…' takes 70004"
      ) { try NDArray.save(npz: path, [(name: long, array: 1)]) }
      #expect(try NDArray.load(npz: path).map(\.name) == ["w"])
      #expect(TestFiles.names(in: folder) == ["a.npz"])
    }
  }

  @Test("Whatever is wrong with an archive is named")
  func damage() throws {
    let stored = try TestFiles.bytes(TestFiles.fixture("stored.npz"))
    let compressed = try TestFiles.bytes(TestFiles.fixture("compressed.npz"))
    let directory = try #require(place(of: [0x50, 0x4B, 1, 2], in: stored))
    let deflated = try #require(place(of: [0x50, 0x4B, 1, 2], in: compressed))
    func changed(_ bytes: [UInt8], _ place: Int, _ values: [UInt8]) -> [UInt8] {
      bytes[..<place] + values + bytes[(place + values.count)...]
    }
    let rows: [(bytes: [UInt8], error: String)] = [
      (Array("no archive".utf8), ": a .npz file ends with a zip directory; this one does not"),
      (Array(stored.dropLast(30)), ": a .npz file ends with a zip directory; this one does not"),
      (Array(stored.dropFirst(9)), ": the zip directory is damaged; it points outside the file"),
      (
        changed(stored, directory + 42, [0xFF, 0xFF, 0xFF, 0x7F]),
        ": the zip directory is damaged; it points outside the file"
      ),
      (changed(stored, 200, [0x55]), "/ramp.npy: the check sum must be 75343058; it is 11b5d7fb"),
      (changed(stored, directory + 8, [1]), "/ramp.npy: encrypted entries are not read"),
      (
        changed(stored, directory + 10, [12]),
        "/ramp.npy: entries read are stored or deflated; this one has method 12"
      ),
      (
        changed(compressed, 60, [0xFF, 0xFF, 0xFF]),
        "/ramp.npy: the compressed data is damaged; it does not give 2528 bytes"
      ),
      (
        changed(compressed, deflated + 24, [0xFF, 0xFF, 0xFF, 0x7F]),
        "/ramp.npy: the compressed data is damaged; it does not give 2147483647 bytes"
      ),
    ]
    try TestFiles.withFolder { folder in
      let path = folder + "/model.npz"
      for (bytes, error) in rows {
        try TestFiles.write(bytes, to: path)
        expectError(path + error) { _ = try NDArray.load(npz: path) }
      }
    }
  }

  @Test("Archives cut short anywhere, or with any byte changed, give arrays or an error")
  func mutations() throws {
    let bytes = try TestFiles.bytes(TestFiles.fixture("compressed.npz"))
    try TestFiles.withFolder { folder in
      let path = folder + "/a.npz"
      var random = Steps(1)
      for _ in 0..<150 {
        var changed = bytes
        for _ in 0...random.below(3) {
          changed[random.below(bytes.count)] = UInt8(random.below(256))
        }
        if random.below(4) == 0 { changed.removeLast(random.below(bytes.count)) }
        try TestFiles.write(changed, to: path)
        _ = try? NDArray.load(npz: path)
      }
    }
  }

  private func place(of pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    bytes.indices.first { bytes[$0...].starts(with: pattern) }
  }
}
