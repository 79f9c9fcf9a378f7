import Arrays
import CPUBackend
import LLVM
import Testing

@testable import MachineLimits

/// What is measured. How fast a machine is cannot be asserted, only what follows from how it is measured.
@Suite struct LimitTests {
  private let limits = MachineLimits.shared

  @Test("A figure is measured once: asking again gives the same, and so do sizes that round alike")
  func kept() {
    let first = limits.bandwidth(reading: 1_000_000, writing: 0, threads: 1)
    #expect(first > 0 && first.isFinite)
    #expect(limits.bandwidth(reading: 1_000_000, writing: 0, threads: 1) == first)
    #expect(limits.bandwidth(reading: 1_000_100, writing: 0, threads: 1) == first)
    let peak = limits.peak(.float32, threads: 1)
    #expect(peak > 0 && peak.isFinite)
    #expect(limits.peak(.float32, threads: 1) == peak)
  }

  @Test("Further threads never make a limit lower, nor do more than there are cores count")
  func threads() {
    let one = limits.bandwidth(reading: 200_000, writing: 200_000, threads: 1)
    let all = limits.bandwidth(reading: 200_000, writing: 200_000, threads: 256)
    #expect(all >= one)
    let cores = ThreadBudget.availableCores
    #expect(limits.bandwidth(reading: 200_000, writing: 200_000, threads: cores) == all)
    #expect(limits.peak(.float64, threads: cores) >= limits.peak(.float64, threads: 1))
  }

  @Test("Numbers that make no sense get an answer all the same")
  func senseless() {
    for (read, written) in [(0, 0), (-5, -7), (1, 0), (0, 1), (Int.max, Int.max)] {
      let rate = limits.bandwidth(reading: read, writing: written, threads: -1)
      #expect(rate > 0 && rate.isFinite)
    }
    let nothing = limits.attainable(flops: -1, reading: 0, writing: 0, dtype: .bool, threads: 0)
    #expect(nothing.seconds == 0)
  }

  @Test("Every dtype has a peak; signs make none")
  func dtypes() {
    for dtype in DType.allCases {
      let peak = limits.peak(dtype, threads: 1)
      #expect(peak > 0 && peak.isFinite, "\(dtype)")
    }
    #expect(limits.peak(.int16, threads: 1) == limits.peak(.uint16, threads: 1))
  }

  @Test("The roofline is the lower of the two limits")
  func roofline() {
    let (read, written) = (100_000, 50_000)
    let moving = limits.attainable(
      flops: 1, reading: read, writing: written, dtype: .float32, threads: 1)
    #expect(moving.isMemoryBound)
    #expect(moving.bandwidth == limits.bandwidth(reading: read, writing: written, threads: 1))
    #expect(moving.seconds == 150_000 / moving.bandwidth)
    let computing = limits.attainable(
      flops: 1e15, reading: read, writing: written, dtype: .float32, threads: 1)
    #expect(!computing.isMemoryBound)
    #expect(computing.peak == limits.peak(.float32, threads: 1))
    #expect(computing.seconds == 1e15 / computing.peak)
  }

  @Test("What was measured is said")
  func source() {
    switch limits.source {
    case .machineCode(let host):
      #expect(
        limits.source.description
          == "machine code for \(host.cpuName), \(host.vectorByteCount)-byte vectors")
    case .plainSwift(let reason):
      #expect(limits.source.description.hasPrefix("plain Swift loops"))
      #expect(limits.source.description.contains(reason.description.prefix { $0 != "\n" }))
    }
  }
}
