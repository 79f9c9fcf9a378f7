package import Arrays
import CPUBackend
import Synchronization

/// What this machine can do at best, as measured when it is first asked for and then kept for the
/// process: bytes a second at a size of the working set, and operations a second.
///
/// Loops of the best known forms run over memory of the size in question (`TrafficLoop`), or in registers
/// alone (`ArithmeticLoop`); the least time of many counts. They are shared among threads by
/// `ParallelLoop`, as kernels are, and where one thread is faster than several, its figure stands. So a
/// figure is what a kernel of the same traffic could reach here, not what a maker's sheet says; on a machine
/// that others use meanwhile it may be too low.
///
/// A measurement takes some milliseconds, for working sets beyond the caches tens of them.
/// Any thread may ask; while one measures, the others wait.
package final class MachineLimits: Sendable {
  /// The limits of this process's machine.
  package static let shared = MachineLimits()

  private let meter = Mutex(Meter())

  /// How the loops were made.
  package var source: LoopSource { meter.withLock { $0.source } }

  /// Returns the bytes a second, read and written together, of kernels that read and write so much.
  ///
  /// Traffic is measured as reading alone, writing alone, one array read for one written, and two; what
  /// lies between two of these is weighted by its share of bytes written. Sizes are rounded by a
  /// fiftieth at most; those beyond four times the last cache count as that.
  ///
  /// - Parameter threads: How many threads may share the work.
  package func bandwidth(reading: Int, writing: Int, threads: Int) -> Double {
    let (read, written) = (Double(max(0, reading)), Double(max(0, writing)))
    let total = read + written
    let share = total > 0 ? written / total : 0
    return meter.withLock { meter in
      // Times of a byte add up, not rates.
      let time = Mix.weights(writtenShare: share).reduce(0.0) { sum, part in
        sum + part.weight / meter.bandwidth(part.mix, bytes: total, threads: threads)
      }
      return 1 / time
    }
  }

  /// Returns the operations a second in numbers of `dtype`: multiplications and additions of floats,
  /// additions of others.
  package func peak(_ dtype: DType, threads: Int) -> Double {
    meter.withLock { $0.peak(dtype, threads: threads) }
  }
}

extension MachineLimits {
  /// The least that a kernel could take, and why it could not take less.
  package struct Attainable: Sendable, Equatable {
    /// The time of a call.
    package let seconds: Double
    /// Whether memory is what it waits for, rather than arithmetic.
    package let isMemoryBound: Bool
    /// The limits that it was computed from, in bytes and operations a second.
    package let bandwidth: Double, peak: Double
  }

  /// Returns what a kernel of so many operations and bytes could reach: the roofline model.
  package func attainable(
    flops: Double, reading: Int, writing: Int, dtype: DType, threads: Int
  ) -> Attainable {
    let bandwidth = bandwidth(reading: reading, writing: writing, threads: threads)
    let peak = peak(dtype, threads: threads)
    let moving = (Double(max(0, reading)) + Double(max(0, writing))) / bandwidth
    let computing = max(0, flops) / peak
    return Attainable(
      seconds: max(moving, computing), isMemoryBound: moving >= computing, bandwidth: bandwidth,
      peak: peak)
  }
}
