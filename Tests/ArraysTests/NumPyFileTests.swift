import Arrays
import Glibc
import Testing

@Suite("NumPy files")
struct NumPyFileTests {
  @Test(
    "Every dtype is read as NumPy wrote it, in both byte orders, and written back byte for byte")
  func dtypes() throws {
    for dtype in DType.allCases {
      let path = TestFiles.fixture("\(dtype).npy")
      let array = try NDArray(contentsOf: path)
      #expect(array == ramp(dtype, [2, 3]))
      try TestFiles.withFolder { folder in
        try array.write(to: folder + "/copy.npy")
        #expect(try TestFiles.bytes(folder + "/copy.npy") == TestFiles.bytes(path))
      }
      if dtype.byteCount > 1 {
        let swapped = try NDArray(contentsOf: TestFiles.fixture("\(dtype)-big-endian.npy"))
        #expect(swapped == array)
      }
    }
  }

  @Test("Fortran order is read as a transposed view, and written back as it lies")
  func fortranOrder() throws {
    for (name, array) in [
      ("fortran-2", ramp(.int32, [2, 3])), ("fortran-3", ramp(.float64, [2, 3, 4])),
    ] {
      let path = TestFiles.fixture(name + ".npy")
      let read = try NDArray(contentsOf: path)
      #expect(read == array)
      #expect(!read.isContiguous && read.strides.first == 1)
      try TestFiles.withFolder { folder in
        try read.write(to: folder + "/copy.npy")
        #expect(try TestFiles.bytes(folder + "/copy.npy") == TestFiles.bytes(path))
      }
    }
  }

  @Test("Views are written in C order")
  func views() throws {
    try TestFiles.withFolder { folder in
      let view = try ramp(.int32, [4, 3]).slice(axis: 0, 0..<4, step: -2).slice(axis: 1, 1..<3)
      try view.write(to: folder + "/view.npy")
      #expect(try NDArray(contentsOf: folder + "/view.npy") == view)
    }
  }

  @Test("Rank 0, empty arrays, all versions of the format and old headers are read")
  func others() throws {
    func read(_ name: String) throws -> NDArray {
      try NDArray(contentsOf: TestFiles.fixture(name + ".npy"))
    }
    #expect(try read("rank-0") == NDArray(2.5))
    #expect(try read("empty") == .zeros(.float32, shape: [0, 3]))
    for version in 1...3 {
      #expect(try read("version-\(version)") == ramp(.int16, [4]))
    }
    #expect(try read("python-2") == ramp(.int32, [2, 3]))
    #expect(try read("wide-bool") == ramp(.bool, [2, 3]))
  }

  @Test("Elements lie at a multiple of 64 bytes, however the header is aligned")
  func alignment() throws {
    for name in ["float64", "python-2"] {
      let array = try NDArray(contentsOf: TestFiles.fixture(name + ".npy"))
      #expect(Int(bitPattern: array.start) % 64 == 0)
    }
  }

  @Test("A large file is mapped, and changes to the array stay in memory")
  func mapping() throws {
    try TestFiles.withFolder { folder in
      let path = folder + "/large.npy"
      let original = NDArray.arange(300_000)
      try original.write(to: path)
      var array = try NDArray(contentsOf: path)
      #expect(array == original)
      try array.setElement(at: [5], to: -1)
      #expect(try NDArray(contentsOf: path) == original)
      // Replacing the file leaves those who have mapped it their old one.
      let kept = try NDArray(contentsOf: path)
      try array.write(to: path)
      #expect(kept == original)
      #expect(try NDArray(contentsOf: path) == array)
    }
  }

  @Test("A failed write leaves the old file and nothing beside it")
  func failedWrite() throws {
    try TestFiles.withFolder { folder in
      let path = folder + "/a.npy"
      try ramp(.int8, [3]).write(to: path)
      expectError("\(path)/b.npy: cannot be written; not a directory") {
        try ramp(.int8, [4]).write(to: path + "/b.npy")
      }
      expectError(
        "array literal: elements must have equal shapes; element 0 has [2], element 1 has [1]"
      ) { try ([[1, 2], [3]] as NDArray).write(to: path) }
      #expect(try NDArray(contentsOf: path) == ramp(.int8, [3]))
      #expect(TestFiles.names(in: folder) == ["a.npy"])
    }
    expectError("/dev/full: cannot be written; no space left on device") {
      try ramp(.int8, [3]).write(to: "/dev/full")
    }
  }

  @Test("Where files may not grow so large, the old one is left and nothing beside it")
  func smallFiles() async throws {
    await #expect(processExitsWith: .success) {
      try TestFiles.withFolder { folder in
        let path = folder + "/a.npy"
        try ramp(.int8, [3]).write(to: path)
        try withFileSizeLimit(200) {
          try ramp(.int8, [72]).write(to: path)
          expectError("\(path): cannot be written; file too large") {
            try ramp(.int8, [73]).write(to: path)
          }
          let log = open(folder + "/log.npy", O_WRONLY | O_CREAT | O_APPEND, 0o600)
          try ramp(.int8, [3]).write(to: "/dev/fd/\(log)")
          lseek(log, 0, SEEK_SET)
          expectError("/dev/fd/\(log): cannot be written; file too large") {
            try ramp(.int8, [3]).write(to: "/dev/fd/\(log)")
          }
        }
        #expect(try NDArray(contentsOf: path) == ramp(.int8, [72]))
        #expect(TestFiles.names(in: folder) == ["a.npy", "log.npy"])
      }
    }
  }

  @Test("A file keeps its permissions when it is written again, and may have the longest of names")
  func permissions() throws {
    try TestFiles.withFolder { folder in
      let path = folder + "/" + String(repeating: "a", count: 251) + ".npy"
      try ramp(.int8, [3]).write(to: path)
      for permissions: mode_t in [0o666, 0o600] {
        try #require(chmod(path, permissions) == 0)
        try ramp(.int8, [4]).write(to: path)
        var status = stat()
        try #require(stat(path, &status) == 0)
        #expect(status.st_mode & 0o777 == permissions)
      }
      #expect(try NDArray(contentsOf: path) == ramp(.int8, [4]))
    }
  }

  @Test("A pipe is refused, not waited for", .timeLimit(.minutes(30)))
  func pipe() throws {
    try TestFiles.withFolder { folder in
      let path = folder + "/pipe"
      try #require(mkfifo(path, 0o600) == 0)
      expectError("\(path): only regular files are read; this is a folder, a device or a pipe") {
        _ = try NDArray(contentsOf: path)
      }
    }
  }

  @Test("Whatever is wrong with a header is named")
  func headers() throws {
    let good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"
    func changed(_ old: String, _ new: String) -> String { good.replacing(old, with: new) }
    let rows: [(header: String, error: String)] = [
      (
        changed("(2, 3)", "(-2, 3)"), "extents must not be negative; axis 0 of [-2,3] has length -2"
      ),
      (
        changed("2, 3", "4294967296, 4294967296"),
        "shape [4294967296,4294967296] has more elements than can be counted"
      ),
      (
        changed("2, 3", "99999999999999999999,"),
        "header says f32[9223372036854775807], which takes 36893488147419103228 bytes; the file has 24 "
          + "after it"
      ),
      (
        changed("(2, 3)", "(2, 4)"),
        "header says f32[2,4], which takes 32 bytes; the file has 24 after it"
      ),
      (
        changed("(2, 3)", "(2,)"),
        "header says f32[2], which takes 8 bytes; the file has 24 after it"
      ),
      (
        changed("<f4", "<f2"),
        "header says dtype '<f2'; dtypes read are bool, int8 to int64, uint8 to uint64, float32 and float64"
      ),
      (
        changed("'<f4'", "[('x', '<f4'), ('y', '<i4')]"),
        "header's 'descr' must be one dtype; arrays of records are not read"
      ),
      (changed("False", "0"), "header's 'fortran_order' must be True or False"),
      (changed("(2, 3)", "(6)"), "header's 'shape' must be a tuple of integers"),
      (changed("(2, 3)", "[2, 3]"), "header's 'shape' must be a tuple of integers"),
      (changed("(2, 3)", "(2.0, 3)"), "header's 'shape' must be a tuple of integers"),
      (
        changed("'shape'", "'form'"),
        "the header's keys must be 'descr', 'fortran_order' and 'shape'; they are 'descr', 'fortran_order', "
          + "'form'"
      ),
      (
        changed("'shape'", "'descr': '<f4', 'shape'"),
        "the header's keys must be 'descr', 'fortran_order' and 'shape'; they are 'descr', 'fortran_order', "
          + "'descr', 'shape'"
      ),
      ("{}", "the header's keys must be 'descr', 'fortran_order' and 'shape'; they are none"),
      ("__import__('os')", "the header must be a Python dictionary; it is '__import__('os')'"),
      (good + "; x", "the header must be a Python dictionary; it is '\(good);…'"),
      (
        changed("'shape'", "shape"),
        "the header must be a Python dictionary; it is '\(changed("'shape'", "shape"))'"
      ),
      ("", "the header must be a Python dictionary; it is ''"),
    ]
    try TestFiles.withFolder { folder in
      let path = folder + "/weights.npy"
      try TestFiles.writeNumPy(good, data: 24, to: path)
      #expect(try NDArray(contentsOf: path) == .zeros(.float32, shape: [2, 3]))
      for (header, error) in rows {
        try TestFiles.writeNumPy(header, data: 24, to: path)
        expectError("\(path): \(error)") { _ = try NDArray(contentsOf: path) }
      }
    }
  }

  @Test("Files that are cut short, foreign or not files are named")
  func foreign() throws {
    try TestFiles.withFolder { folder in
      let path = folder + "/weights.npy"
      expectError("\(path): cannot be read; no such file or directory") {
        _ = try NDArray(contentsOf: path)
      }
      expectError("\(folder): only regular files are read; this is a folder, a device or a pipe") {
        _ = try NDArray(contentsOf: folder)
      }
      let magic = "\(path): a .npy file begins with the bytes 93 4E 55 4D 50 59; this one does not"
      for start in [[], [0x93], Array("PK\u{3}\u{4} and so on".utf8)] as [[UInt8]] {
        try TestFiles.write(start, to: path)
        expectError(magic) { _ = try NDArray(contentsOf: path) }
      }
      let start: [UInt8] = [0x93] + Array("NUMPY".utf8)
      try TestFiles.write(start + [4, 0, 10, 0], to: path)
      expectError("\(path): format versions read are 1.0, 2.0 and 3.0; the file has version 4.0") {
        _ = try NDArray(contentsOf: path)
      }
      for cut in [start + [1, 0], start + [1, 0, 0], start + [3, 0, 1, 0, 0]] {
        try TestFiles.write(cut, to: path)
        expectError("\(path): the file ends within its header, after \(cut.count) bytes") {
          _ = try NDArray(contentsOf: path)
        }
      }
      try TestFiles.write(start + [2, 0, 0xFF, 0xFF, 0xFF, 0xFF, 1], to: path)
      expectError("\(path): the header takes 4294967295 bytes; the file has 1 left") {
        _ = try NDArray(contentsOf: path)
      }
      try TestFiles.writeNumPy(String(repeating: " ", count: 1 << 21), version: 2, to: path)
      expectError("\(path): headers of up to 1048576 bytes are read; this one takes 2097152") {
        _ = try NDArray(contentsOf: path)
      }
    }
  }

  @Test(
    "Every file cut short anywhere, and every byte of a header changed, gives an array or an error")
  func mutations() throws {
    let bytes = try TestFiles.bytes(TestFiles.fixture("fortran-2.npy"))
    try TestFiles.withFolder { folder in
      let path = folder + "/a.npy"
      for count in 0..<bytes.count {
        try TestFiles.write(Array(bytes[..<count]), to: path)
        #expect(throws: ArrayError.self) { try NDArray(contentsOf: path) }
      }
      for place in 0..<128 {
        for value: UInt8 in [0x20, 0x27, 0x39, 0xFF] {
          var changed = bytes
          changed[place] = value
          try TestFiles.write(changed, to: path)
          if let array = try? NDArray(contentsOf: path) { #expect(array.count <= 24) }
        }
      }
    }
  }
}

/// Returns 0, 1, 2, … in C order; for `bool` every second one is true.
func ramp(_ dtype: DType, _ shape: [Int]) -> NDArray {
  let count = shape.reduce(1, *)
  let values = dtype == .bool ? NDArray((0..<count).map { $0 % 2 }) : NDArray.arange(count)
  return NDArray.orPoison { () throws(ArrayError) in try values.cast(to: dtype).reshaped(shape) }
}
