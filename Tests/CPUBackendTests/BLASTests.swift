import CProcessor
import Glibc
import Testing

@testable import CPUBackend

@Suite("BLAS")
struct BLASTests {
  /// Extents that meet the library's edges, our cuts and one.
  static let shapes: [(m: Int, n: Int, k: Int)] = [
    (1, 1, 1), (1, 7, 5), (7, 1, 5), (5, 7, 1), (2, 3, 4), (17, 19, 23), (64, 64, 64),
    (101, 99, 103), (129, 131, 127), (200, 150, 333), (97, 2100, 50), (3, 3000, 700),
    (300, 2, 5000), (20, 21, 20_011), (1, 3000, 1000), (3000, 1, 1000), (1, 1, 300_001),
  ]

  @Test("A product equals the sums written out", arguments: BLASType.allCases, [false, true])
  func product(type: BLASType, transposeA: Bool) throws {
    for shape in Self.shapes {
      for (transposeB, alpha, beta) in [(false, 1.0, 0.0), (true, -0.5, 2.0), (false, 2, 1)] {
        var product = Product(type, shape, transposeA, transposeB, alpha, beta, seed: 1)
        try product.compute(threads: 2)
        #expect(product.largestError < 1, "\(shape) \(transposeA) \(transposeB) \(alpha) \(beta)")
      }
    }
  }

  @Test("A product has the same bits at any number of threads", arguments: BLASType.allCases)
  func productBits(type: BLASType) throws {
    var numbers = Numbers(seed: 7)
    for trial in 0..<24 {
      var shape = (m: numbers.extent(500), n: numbers.extent(500), k: numbers.extent(500))
      if trial % 6 == 0 { shape = (numbers.extent(40), numbers.extent(5000), numbers.extent(600)) }
      if trial % 6 == 1 { shape = (numbers.extent(6000), numbers.extent(90), numbers.extent(90)) }
      if trial % 6 == 2 { shape = (numbers.extent(40), numbers.extent(40), numbers.extent(50_000)) }
      let (a, b) = (trial % 2 == 0, trial % 3 == 0)
      let scaled = trial % 4 == 0
      let start = Product(
        type, shape, a, b, scaled ? 0.7 : 1, scaled ? -1.3 : 0, seed: UInt64(trial))
      var results: [[UInt8]] = []
      for threads in [1, 2, 3, 7] {
        var product = start
        try product.compute(threads: threads)
        results.append(product.c)
      }
      #expect(results.allSatisfy { $0 == results[0] }, "\(shape) transposed \(a) \(b)")
    }
  }

  @Test(
    "A matrix times a vector has the same bits at any number of threads",
    arguments: BLASType.allCases)
  func vectorBits(type: BLASType) throws {
    for (rows, columns) in [(513, 700), (3, 200_003), (200_003, 3), (9000, 41), (41, 9000)] {
      for transpose in [false, true] {
        let a = type.elements(rows * columns, seed: 1)
        let x = type.elements(transpose ? rows : columns, seed: 2)
        var results: [[UInt8]] = []
        for threads in [1, 2, 3, 7] {
          var y = type.elements(transpose ? columns : rows, seed: 3)
          try BLAS.gemv(
            type, transpose: transpose, rows: rows, columns: columns, alpha: 0.3, a: a,
            lda: columns, x: x, beta: 0.5, y: &y, threads: threads)
          results.append(y)
        }
        #expect(results.allSatisfy { $0 == results[0] }, "\(rows)×\(columns) \(transpose)")
      }
    }
  }

  @Test("An inner product is right and has the same bits at any number of threads")
  func dot() {
    for type in BLASType.allCases {
      for count in [0, 1, 2, 1000, 16_384, 16_385, 1_000_003] {
        let x = type.elements(count, seed: 1)
        let y = type.elements(count, seed: 2)
        let results = [1, 2, 3, 7].map { threads in
          var result = type.elements(1, seed: 3)
          BLAS.dot(type, count: count, x: x, y: y, into: &result, threads: threads)
          return result
        }
        #expect(results.allSatisfy { $0 == results[0] })
        let expected = zip(type.values(x), type.values(y)).reduce(0) { $0 + $1.0 * $1.1 }
        let bound = type.epsilon * Double(count + 16)
        #expect(abs(type.values(results[0])[0] - expected) <= bound, "\(type) \(count)")
      }
    }
  }

  @Test("Vectors may be strided, reversed or of one repeated element")
  func strides() throws {
    let a: [Double] = [1, 2, 3, 4, 5, 6]
    let x: [Double] = [1, 9, 10, 9, 100]
    var y = [0.0, -1, 0, -1]
    func gemv(_ first: Int, _ stride: Int) throws {
      let elements = UnsafeMutablePointer<Double>.allocate(capacity: x.count)
      defer { elements.deallocate() }
      elements.initialize(from: x, count: x.count)
      try BLAS.gemv(
        .float64, rows: 2, columns: 3, a: a, lda: 3, x: elements + first, incx: stride, y: &y,
        incy: 2, threads: 1)
    }
    try gemv(0, 2)
    #expect(y == [321, -1, 654, -1])
    try gemv(4, -2)
    #expect(y == [123, -1, 456, -1])
    try gemv(2, 0)
    #expect(y == [60, -1, 150, -1])
    var result = 0.0
    BLAS.dot(.float64, count: 3, x: x, incx: 2, y: a, incy: 2, into: &result, threads: 1)
    #expect(result == 531)
  }

  @Test(
    "A beta of zero overwrites what is no number; a missing inner axis leaves beta times the result"
  )
  func beta() throws {
    let a: [Float] = [1, 2, 3, 4]
    for (m, n) in [(2, 2), (2, 1), (1, 2)] {
      var c = [Float](repeating: .nan, count: m * n)
      try BLAS.gemm(
        .float32, m: m, n: n, k: 2, a: a, lda: 2, b: a, ldb: n, c: &c, ldc: n, threads: 1)
      #expect(c.allSatisfy { !$0.isNaN })
      c = [Float](repeating: 3, count: m * n)
      try BLAS.gemm(
        .float32, m: m, n: n, k: 0, a: a, lda: 0, b: a, ldb: n, beta: 2, c: &c, ldc: n, threads: 1)
      #expect(c.allSatisfy { $0 == 6 })
      c = [Float](repeating: .nan, count: m * n)
      try BLAS.gemm(
        .float32, m: m, n: n, k: 0, a: a, lda: 0, b: a, ldb: n, c: &c, ldc: n, threads: 1)
      #expect(c.allSatisfy { $0 == 0 })
    }
  }

  @Test("Extents of zero compute nothing and touch nothing")
  func empty() throws {
    var c: [Double] = [5]
    try BLAS.gemm(.float64, m: 0, n: 3, k: 3, a: c, lda: 3, b: c, ldb: 3, c: &c, ldc: 3, threads: 2)
    try BLAS.gemm(.float64, m: 3, n: 0, k: 3, a: c, lda: 3, b: c, ldb: 0, c: &c, ldc: 0, threads: 2)
    try BLAS.gemv(.float64, rows: 0, columns: 3, a: c, lda: 3, x: c, y: &c, threads: 2)
    #expect(c == [5])
    try BLAS.gemv(.float64, rows: 1, columns: 0, a: c, lda: 0, x: c, y: &c, threads: 2)
    #expect(c == [0])
  }

  @Test("Rows further apart than 32 bits can say are refused in words")
  func farApart() {
    var c = [0.0]
    var message = ""
    do {
      try BLAS.gemm(
        .float64, m: 2, n: 2, k: 2, a: c, lda: 3_000_000_000, b: c, ldb: 2, c: &c, ldc: 2,
        threads: 1)
    } catch { message = error.description }
    #expect(
      message
        == "gemm: rows of a matrix may start at most 2147483647 elements apart; got 3000000000")
  }

  /// It has a process of its own: what others compute meanwhile would be shared out by the library.
  @Test("Others may change the library's number of threads")
  func foreignThreads() async {
    await #expect(processExitsWith: .success) {
      BLAS.setLibraryThreads(2)
      var results: [[UInt8]] = []
      for threads in [1, 2] {
        var product = Product(.float32, (257, 300, 400), false, false, 1, 0, seed: 5)
        try product.compute(threads: threads)
        results.append(product.c)
      }
      #expect(results[0] == results[1])
    }
  }
}

@Suite("BLAS cores")
struct BLASCoreTests {
  private func processor(
    _ vendor: processor_vendor_t, family: UInt32, avx512: Bool
  ) -> processor_identity_t {
    processor_identity_t(vendor: vendor, family: family, model: 0, avx2: true, avx512: avx512)
  }

  @Test("A processor with AVX-512 gets kernels with AVX-512")
  func newerProcessors() {
    let zen5 = processor(processor_vendor_amd, family: 0x1a, avx512: true)
    #expect(BLASCore.replacement(for: "Haswell", on: zen5) == "SkylakeX")
    #expect(BLASCore.replacement(for: "Cooperlake", on: zen5) == nil)
    let intel = processor(processor_vendor_intel, family: 6, avx512: true)
    #expect(BLASCore.replacement(for: "Haswell", on: intel) == "SkylakeX")
    #expect(BLASCore.replacement(for: "SapphireRapids", on: intel) == nil)
  }

  @Test("A measured processor gets what the table says, any other keeps what it has")
  func preferences() {
    let zen4 = processor(processor_vendor_amd, family: 0x19, avx512: true)
    #expect(BLASCore.replacement(for: "Cooperlake", on: zen4) == "SkylakeX")
    #expect(BLASCore.replacement(for: "SkylakeX", on: zen4) == nil)
    let zen3 = processor(processor_vendor_amd, family: 0x19, avx512: false)
    #expect(BLASCore.replacement(for: "Zen", on: zen3) == nil)
  }

  @Test("The core in use is not worth replacing")
  func inUse() {
    #expect(!BLAS.core.isEmpty && BLAS.configuration.hasPrefix("OpenBLAS"))
    if getenv("OPENBLAS_CORETYPE") == nil, dlsym(nil, "gotoblas_dynamic_init") != nil {
      #expect(BLASCore.replacement(for: BLAS.core, on: processor_identify()) == nil)
    }
  }
}

@Suite("Cuts of products")
struct PartitionTests {
  @Test("The pieces of a matrix product cover it once", arguments: [1, 2, 16], [1, 2, 3, 7, 64])
  func gemm(processors: Int, threads: Int) {
    for (m, n, k) in [
      (1, 1, 1), (5000, 5000, 5000), (4033, 64, 64), (100, 4000, 100), (40, 300, 900_000),
    ]
      as [(Int, Int, Int)]
    {
      let partition = GemmPartition(m: m, n: n, k: k, threads: threads, processors: processors)
      var volume = 0
      for index in 0..<partition.pieces {
        let piece = partition.piece(index)
        #expect(!piece.rows.isEmpty && !piece.columns.isEmpty && !piece.inner.isEmpty)
        volume += piece.rows.count * piece.columns.count * piece.inner.count
        for other in 0..<index {
          let other = partition.piece(other)
          #expect(
            !piece.rows.overlaps(other.rows) || !piece.columns.overlaps(other.columns)
              || !piece.inner.overlaps(other.inner))
        }
      }
      #expect(volume == m * n * k)
    }
  }

  @Test("Long sums of a few rows are computed in parts")
  func sums() {
    for (m, n, k, parts) in [
      (72, 200, 1_000_000, 32), (95, 100, 40_000, 9), (96, 100, 40_000, 1), (40, 500, 40_000, 1),
    ] {
      let partition = GemmPartition(m: m, n: n, k: k, threads: 2, processors: 2)
      #expect(partition.innerPanels == parts, "\(m), \(n), \(k)")
    }
  }

  @Test("Two threads get parts of the rows that are nearly equal")
  func balance() {
    for (m, most) in [(512, 264), (1024, 520), (2048, 1032)] {
      let partition = GemmPartition(m: m, n: m, k: m, threads: 2, processors: 2)
      let rows = (0..<partition.pieces).map { partition.piece($0).rows.count }
      #expect(rows.max() == most, "\(m): \(rows)")
    }
  }

  @Test("Threads change only where rows are cut, at multiples of 24 in a panel")
  func threads() {
    for (m, n, k) in [
      (5000, 5000, 5000), (700, 700, 700), (96, 8000, 300), (9000, 100, 100), (8065, 262, 2),
    ] {
      let one = GemmPartition(m: m, n: n, k: k, threads: 1, processors: 2)
      for threads in [2, 3, 7] {
        let many = GemmPartition(m: m, n: n, k: k, threads: threads, processors: 2)
        #expect(many.columnPanels == one.columnPanels && many.innerPanels == one.innerPanels)
        #expect(many.rowPanel == one.rowPanel && one.rowCuts == 1)
        for index in 0..<many.pieces {
          let piece = many.piece(index)
          #expect(piece.rows.lowerBound % many.rowPanel % GemmPartition.rowUnit == 0)
          let work = piece.rows.count * piece.columns.count * piece.inner.count
          #expect(many.rowCuts == 1 || work >= GemmPartition.leastWork)
        }
      }
    }
  }
}

/// A product with its operands in memory, and what it should give.
private struct Product {
  let type: BLASType, m: Int, n: Int, k: Int
  let transposeA: Bool, transposeB: Bool, alpha: Double, beta: Double
  let a: [UInt8], b: [UInt8], before: [UInt8]
  var c: [UInt8]

  init(
    _ type: BLASType, _ shape: (m: Int, n: Int, k: Int), _ transposeA: Bool, _ transposeB: Bool,
    _ alpha: Double, _ beta: Double, seed: UInt64
  ) {
    (self.type, m, n, k) = (type, shape.m, shape.n, shape.k)
    (self.transposeA, self.transposeB, self.alpha, self.beta) = (
      transposeA, transposeB, alpha, beta
    )
    a = type.elements(m * k, seed: seed)
    b = type.elements(k * n, seed: seed + 1)
    before = type.elements(m * n, seed: seed + 2)
    c = before
  }

  mutating func compute(threads: Int) throws {
    try BLAS.gemm(
      type, transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a,
      lda: transposeA ? m : k, b: b, ldb: transposeB ? k : n, beta: beta, c: &c, ldc: n,
      threads: threads)
  }

  /// The largest difference from the sums written out, in units of a bound for what rounding costs.
  /// Looks at some elements only when there are many.
  var largestError: Double {
    let (a, b, before, c) = (
      type.values(a), type.values(b), type.values(before), type.values(c)
    )
    let step = max(1, m * n * k / 100_000)
    return stride(from: 0, to: m * n, by: step).reduce(0) { worst, index in
      let (i, j) = (index / n, index % n)
      var sum = 0.0
      for p in 0..<k {
        sum += a[transposeA ? p * m + i : i * k + p] * b[transposeB ? j * k + p : p * n + j]
      }
      let bound = type.epsilon * (Double(k) + 16) * (abs(alpha) + abs(beta))
      return max(worst, abs(c[index] - (alpha * sum + beta * before[index])) / bound)
    }
  }
}

extension BLASType {
  fileprivate var epsilon: Double { self == .float32 ? Double(Float.ulpOfOne) : .ulpOfOne }

  /// Random elements between -1 and 1, as bytes.
  fileprivate func elements(_ count: Int, seed: UInt64) -> [UInt8] {
    var numbers = Numbers(seed: seed)
    return [UInt8](unsafeUninitializedCapacity: count * stride) { bytes, initialized in
      initialized = count * stride
      switch self {
      case .float32:
        let values = UnsafeMutableRawBufferPointer(bytes).bindMemory(to: Float.self)
        for index in 0..<count { values[index] = Float(numbers.next()) }
      case .float64:
        let values = UnsafeMutableRawBufferPointer(bytes).bindMemory(to: Double.self)
        for index in 0..<count { values[index] = numbers.next() }
      }
    }
  }

  fileprivate func values(_ bytes: [UInt8]) -> [Double] {
    bytes.withUnsafeBytes { bytes in
      switch self {
      case .float32: bytes.bindMemory(to: Float.self).map(Double.init)
      case .float64: Array(bytes.bindMemory(to: Double.self))
      }
    }
  }
}

/// A stream of random numbers that is the same on every run.
private struct Numbers {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9e37_79b9_7f4a_7c15 | 1 }

  mutating func next() -> Double {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Double(Int64(bitPattern: state)) / 0x1p63
  }

  mutating func extent(_ limit: Int) -> Int { 1 + Int(abs(next()) * Double(limit - 1)) }
}
