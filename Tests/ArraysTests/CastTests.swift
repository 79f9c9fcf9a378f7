import Arrays
import Testing

@Suite("Casts")
struct CastTests {
  @Test("Arrays are cast as their elements are, from every dtype to every dtype")
  func allPairs() throws {
    let values: [Double] = [
      0, 1, -1, 2.5, -2.5, 127, 128, 255, 256, 32768, -32769, 65536, 0x1p31, -0x1p31, 0x1p32,
      0x1p53,
      0x1p63, -0x1p63, 0x1p64, 1e30, -1e30, .infinity, -.infinity, .nan,
    ]
    for source in DType.allCases {
      let array = NDArray(values).cast(to: source)
      for target in DType.allCases {
        let cast = array.cast(to: target)
        #expect(cast.dtype == target && cast.shape == array.shape)
        for place in 0..<values.count {
          let expected = array.scalar(at: place).cast(to: target)
          #expect(
            cast.scalar(at: place) == expected, "\(array.scalar(at: place)) \(source) \(target)")
        }
      }
    }
  }

  @Test("A dtype holds every value of another exactly when casts there and back keep the ends")
  func holdsEveryValue() {
    for source in DType.allCases {
      let ends = source.integerBounds.map {
        [Scalar.int($0.least, .int64), .uint($0.greatest, .uint64)]
      }
      guard let ends else { continue }
      for target in DType.allCases {
        let kept = ends.allSatisfy { $0.isRepresentable(in: target) }
        // The greatest of a wide integer may be a power of two less one, which no float holds.
        #expect(target.holdsEveryValue(of: source) == kept, "\(source) \(target)")
      }
    }
    #expect(DType.float64.holdsEveryValue(of: .float32))
    #expect(!DType.float32.holdsEveryValue(of: .float64))
    #expect(DType.allCases.allSatisfy { $0.holdsEveryValue(of: .bool) })
  }
}
