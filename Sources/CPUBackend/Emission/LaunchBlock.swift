package import KernelIR
internal import Scalars

/// Where the 64-bit words of a launch's argument block lie. The emitter reads by these offsets and
/// the executor writes by them.
///
/// The words are the base pointer of each access, the extent of each axis, the strides in elements
/// (those of access 0 along every axis, then those of access 1, and so on), the launch scalars, and the
/// addresses of the functions that the kernel calls.
package struct LaunchBlock: Hashable, Sendable {
  /// How many of each a kernel has.
  package let accessCount: Int
  package let axisCount: Int
  package let scalarCount: Int
  /// The words of one chunk's partial accumulators; 0 unless the kernel is a full reduction.
  package let partialWordCount: Int

  /// Lays out the block of `kernel`.
  package init(_ kernel: Kernel) {
    accessCount = kernel.accesses.count
    axisCount = kernel.axes.count
    scalarCount = kernel.scalars.count
    partialWordCount = kernel.isFullReduction ? Self.offsets(kernel.accumulators).total : 0
  }

  /// The word that holds the address of the element which access `number` begins at.
  package func pointer(_ number: Int) -> Int { number }

  /// The word that holds the extent of an axis.
  package func extent(_ axis: Int) -> Int { accessCount + axis }

  /// The word that holds how far one step along `axis` takes an access, in elements.
  package func stride(_ access: Int, _ axis: Int) -> Int {
    accessCount + axisCount + access * axisCount + axis
  }

  /// The word that holds a launch scalar, an `int64`.
  package func scalar(_ number: Int) -> Int {
    accessCount + axisCount + accessCount * axisCount + number
  }

  /// The word that holds the address of a called function.
  package func function(_ number: Int) -> Int { scalar(scalarCount) + number }

  /// The size of the block, with the addresses of so many functions.
  package func wordCount(functions: Int) -> Int { function(functions) }

  /// The word of a chunk's partial results where each accumulator begins, and the size of them all.
  /// A position takes a second word, after the value that it is the position of.
  static func offsets(_ accumulators: [Accumulator]) -> (starts: [Int], total: Int) {
    var (starts, total): ([Int], Int) = ([], 0)
    for accumulator in accumulators {
      starts.append(total)
      total += accumulator.reduction.isPosition ? 2 : 1
    }
    return (starts, total)
  }
}
