package import Arrays
import Scalars

/// What a step reads, writes and computes.
package struct Work: Sendable, Hashable {
  /// Bytes, each counted once.
  package var bytesRead = 0, bytesWritten = 0
  /// Floating-point operations by the dtype in which they are done; a fused multiply-add is two.
  package var flopsOf: [DType: Double] = [:]

  package init() {}

  /// The operations of all dtypes.
  package var flops: Double { flopsOf.values.reduce(0, +) }
}

extension LaunchPlan.Step {
  /// What the step reads, writes and computes.
  package var work: Work {
    switch self {
    case .kernel(let launch): launch.work
    case .matmul(let launch): launch.work
    }
  }

  /// What texts call the step.
  package var name: String {
    switch self {
    case .kernel(let launch): launch.name
    case .matmul(let launch): launch.name
    }
  }
}

extension MatmulLaunch {
  fileprivate var work: Work {
    var work = Work()
    (work.bytesRead, work.bytesWritten) = (
      (m * k + k * n) * dtype.byteCount, m * n * dtype.byteCount
    )
    work.flopsOf = [dtype: 2 * Double(m) * Double(n) * Double(k)]
    return work
  }
}

extension KernelLaunch {
  fileprivate var work: Work {
    var work = Work()
    var read: [LaunchPlan.Place: [Touched]] = [:], written = read
    for number in kernel.accesses.indices {
      let argument = kernel.argument(ofAccess: number)
      let touched = touched(number, argument.dtype.byteCount)
      if argument.isOutput {
        Touched.add(touched, to: &written[addresses[number].place, default: []])
      } else {
        Touched.add(touched, to: &read[addresses[number].place, default: []])
      }
    }
    work.bytesRead = read.values.joined().reduce(0) { $0 + $1.byteCount }
    work.bytesWritten = written.values.joined().reduce(0) { $0 + $1.byteCount }
    for stage in kernel.stages { add(stage, to: &work) }
    return work
  }

  /// Adds the floating-point operations of a stage.
  private func add(_ stage: Stage, to work: inout Work) {
    let program = stage.composite.lowered()
    let times = times(of: program.uniformLines { isUniform(stage.sources[$0]) }, stage)
    for (line, count) in zip(program.floatingOperationsOfLines, times) {
      if let line { work.flopsOf[line.dtype, default: 0] += Double(line.count) * Double(count) }
    }
    for accumulator in stage.accumulators
    where accumulator.dtype.isFloating && !accumulator.reduction.isPosition {
      work.flopsOf[accumulator.dtype, default: 0] += Double(points(of: stage))
    }
  }

  /// How often a stage is evaluated.
  func points(of stage: Stage) -> Int {
    layout.count(0..<(stage.loops ? kernel.axes.count : kernel.outerCount))
  }

  /// The axes of the innermost loop: what does not change along them is computed before it.
  private var loopAxes: Range<Int> {
    kernel.innerCount > 0 ? kernel.outerCount..<kernel.axes.count : kernel.axes.indices
  }

  /// Whether a source stays the same along the innermost loop.
  func isUniform(_ source: Source) -> Bool {
    switch source {
    case .load(let access):
      kernel.accesses[access].steps[loopAxes].allSatisfy { $0 == .broadcast }
    case .accumulator, .scalar: true
    }
  }

  /// How often each line of a stage's program is evaluated.
  func times(of uniformLines: [Bool], _ stage: Stage) -> [Int] {
    let points = points(of: stage)
    let outside = stage.loops ? layout.count(0..<loopAxes.lowerBound) : points
    return uniformLines.map { $0 ? outside : points }
  }

  /// What an access touches; along an axis that it does not move on, that may be something even if the axis has no
  /// points: a reduction of no elements writes what it begins with.
  func touched(_ access: Int, _ size: Int) -> Touched {
    var (count, low, high) = (1, 0, 0)
    for (stride, extent) in zip(layout.strides[access], layout.extents) {
      if stride == 0 { continue }
      if extent == 0 { return Touched(bytes: 0..<0, byteCount: 0) }
      count *= extent
      let reach = (extent - 1) * stride * size
      (low, high) = (low + min(reach, 0), high + max(reach, 0))
    }
    let start = addresses[access].byteOffset
    return Touched(bytes: start + low..<start + high + size, byteCount: count * size)
  }
}

/// A part of an array, perhaps with gaps.
struct Touched {
  var bytes: Range<Int>
  var byteCount: Int

  /// Adds a part to others; parts that overlap become one, with no more bytes than lie between its ends.
  fileprivate static func add(_ part: Touched, to parts: inout [Touched]) {
    var part = part
    while let other = parts.firstIndex(where: { $0.bytes.overlaps(part.bytes) }) {
      let old = parts.remove(at: other)
      let ends =
        min(
          old.bytes.lowerBound, part.bytes.lowerBound)..<max(
          old.bytes.upperBound, part.bytes.upperBound)
      part = Touched(bytes: ends, byteCount: min(old.byteCount + part.byteCount, ends.count))
    }
    parts.append(part)
  }
}
