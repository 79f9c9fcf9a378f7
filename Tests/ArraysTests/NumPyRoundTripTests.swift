import Arrays
import Foundation
import Testing

@Suite(
  "NumPy itself",
  .enabled(if: NumPy.isThere, "python3 with numpy is not on the path"))
struct NumPyRoundTripTests {
  @Test("NumPy reads what we write and we read what NumPy writes, in every dtype and order")
  func roundTrip() throws {
    try TestFiles.withFolder { folder in
      var arrays: [(name: String, array: NDArray)] = []
      for dtype in DType.allCases {
        let whole = ramp(dtype, [3, 4, 5])
        arrays.append(("\(dtype)", whole))
        arrays.append(("\(dtype)-f", try whole.transposed()))
        arrays.append(("\(dtype)-view", try whole.slice(axis: 1, 0..<4, step: -2)))
        arrays.append(("\(dtype)-none", .zeros(dtype, shape: [2, 0])))
      }
      try NDArray.save(npz: folder + "/ours.npz", arrays)
      try NumPy.run(
        """
        import numpy as np
        arrays = np.load('ours.npz')
        for name, array in arrays.items():
            dtype = name.split('-')[0]
            assert array.dtype == dtype, name
            whole = np.arange(60).reshape(3, 4, 5)
            whole = (whole % 2 if dtype == 'bool' else whole).astype(dtype)
            same = {'f': whole.T, 'view': whole[:, ::-1][:, ::2], 'none': np.zeros((2, 0))}
            expected = same.get(name.split('-')[-1], whole)
            assert array.shape == expected.shape and (array == expected).all(), name
        np.savez_compressed('theirs.npz', **arrays)
        for name, array in arrays.items():
            np.save(name + '.npy', array.astype(array.dtype.newbyteorder('>')))
        """, in: folder)
      let theirs = try NDArray.load(npz: folder + "/theirs.npz")
      #expect(theirs.map(\.name) == arrays.map(\.name))
      for ((name, ours), (_, theirs)) in zip(arrays, theirs) {
        #expect(ours == theirs, "\(name)")
        #expect(try NDArray(contentsOf: "\(folder)/\(name).npy") == ours, "\(name)")
      }
    }
  }

  @Test("Random arrays print as NumPy prints them")
  func printing() throws {
    try TestFiles.withFolder { folder in
      try NumPy.run(
        """
        import numpy as np
        random = np.random.default_rng(5)
        arrays, texts = {}, []
        for i in range(500):
            shape = tuple(random.integers(1, 7, size=random.integers(0, 4)))
            scale = 10.0 ** random.integers(-12, 12, size=shape if i % 2 else ())
            array = random.normal(size=shape) * scale
            array = np.round(array, random.integers(0, 12)) if i % 3 == 0 else array
            array = np.asarray(array).astype(['float64', 'float32', 'int32', 'float64'][i % 4])
            arrays[str(i)] = array
            texts.append(str(array))
        np.savez('arrays.npz', **arrays)
        open('texts.txt', 'w').write('\\n---\\n'.join(texts))
        """, in: folder)
      let arrays = try NDArray.load(npz: folder + "/arrays.npz")
      let texts = String(decoding: try TestFiles.bytes(folder + "/texts.txt"), as: UTF8.self)
        .components(separatedBy: "\n---\n")
      #expect(arrays.count == texts.count)
      for ((_, array), text) in zip(arrays, texts) { #expect(array.description == text) }
    }
  }
}

/// Python with NumPy, where the machine has it.
enum NumPy {
  static let isThere = (try? run("import numpy", in: "/")) != nil

  /// Runs a program in a folder.
  static func run(_ program: String, in folder: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-W", "ignore", "-c", program]
    process.currentDirectoryURL = URL(filePath: folder)
    let output = Pipe()
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus != 0 { throw Failure(description: text) }
  }

  private struct Failure: Error, CustomStringConvertible {
    let description: String
  }
}
