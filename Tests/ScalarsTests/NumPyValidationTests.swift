import Arrays
import Foundation
import Scalars
import Testing

/// NumPy's tables of arguments and exact results, which come with the installed package.
@Suite struct NumPyValidationTests {
  private static let functions: [ScalarOp] = [.exp, .expm1, .log, .log1p, .sin, .cos, .tan, .tanh]

  @Test(
    "results lie within NumPy's own allowance on NumPy's own tables",
    .enabled(if: folder != nil, "the tables are part of NumPy, which python3 cannot import here"),
    arguments: functions)
  func table(_ op: ScalarOp) throws {
    let folder = try #require(Self.folder)
    let path = "\(folder)/umath-validation-set-\(op.rawValue).csv"
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    let rows = lines.compactMap(Row.init)
    #expect(rows.count == lines.count { $0.hasPrefix("np.") })
    for dtype in [DType.float32, .float64] {
      #expect(rows.count { $0.dtype == dtype } > 100, "\(dtype)")
    }
    var evaluators: [DType: LaneEvaluator] = [:]
    for row in rows {
      var evaluator =
        evaluators[row.dtype] ?? LaneEvaluator(op.composite(row.dtype).lowered())
      let result = Scalar(bitPattern: evaluator(row.argument), row.dtype)
      let expected = Scalar(bitPattern: row.result, row.dtype)
      let error = ulps(result, from: expected.asDouble)
      #expect(
        error <= row.ulps, "\(op) at \(Scalar(bitPattern: row.argument, row.dtype)): \(result)")
      evaluators[row.dtype] = evaluator
    }
  }

  @Test(
    "every function that has such a table is compared with it",
    .enabled(if: folder != nil, "the tables are part of NumPy, which python3 cannot import here"))
  func everyTable() throws {
    let folder = try #require(Self.folder)
    let tables = try FileManager.default.contentsOfDirectory(atPath: folder)
    let compared = ScalarOp.allCases.filter {
      tables.contains("umath-validation-set-\($0.rawValue).csv")
    }
    #expect(compared == Self.functions)
  }

  /// A line `np.float32,0x3f800000,0x402df854,2`: argument, result and allowance in units in the
  /// last place.
  private struct Row {
    let dtype: DType
    let argument, result: UInt64
    let ulps: Double

    init?(_ line: Substring) {
      let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count == 4, fields[0].hasPrefix("np."),
        let dtype = DType(rawValue: String(fields[0].dropFirst(3))),
        let argument = UInt64(fields[1].dropFirst(2), radix: 16),
        let result = UInt64(fields[2].dropFirst(2), radix: 16), let ulps = Double(fields[3])
      else { return nil }
      (self.dtype, self.argument, self.result, self.ulps) = (dtype, argument, result, ulps)
    }
  }

  /// Where the tables are, or nil without python3 or NumPy.
  private static let folder: String? = {
    let process = Process(), pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", "-c",
      "import numpy, os; print(os.path.join(os.path.dirname(numpy.__file__), '_core/tests/data'))",
    ]
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let path = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    let table = "\(path)/umath-validation-set-exp.csv"
    return process.terminationStatus == 0 && FileManager.default.fileExists(atPath: table)
      ? path : nil
  }()
}
