public import Arrays
internal import Scalars

/// What one fused kernel computes: an outer parallel index space times a sequence of stages.
///
/// The outer axes come first, the inner ones after them. For every point of the outer space the
/// stages run in order. A stage that loops visits every point of the inner axes; a stage that does
/// not runs once, after the loops before it. With no outer axes the kernel is a full reduction:
/// the inner space is cut into chunks, and the partial accumulators are combined by a tree, both
/// fixed by the extents alone.
public struct Kernel: Hashable, Sendable {
  /// The axes of the iteration space, outer ones first.
  public var axes: [Axis]
  /// How many of the axes are outer.
  public var outerCount: Int
  /// The arrays that are read and written.
  public var arguments: [Argument]
  /// The ways in which they are walked through.
  public var accesses: [Access]
  /// The names of the `int64` values that are known only when the kernel is launched.
  public var scalars: [String]
  /// What is computed, in order.
  public var stages: [Stage]
  /// Whether results that the kernel itself does not read go to memory without a place in the caches. A
  /// back end sets it for launches whose results are larger than those; what is computed is the same.
  public var storesPastCaches = false
  /// Whether loops ask for what they will read some time before they do. A back end sets it for
  /// launches that read more than the inner caches hold; for smaller ones asking only costs time.
  public var readsAhead = false
  /// Whether a chunk of a full reduction is divided into several streams that are read side by side. A
  /// back end sets it for launches that read much; the order in which values are combined is another.
  public var readsInStreams = false
  /// Whether loops of neighbouring rows may run side by side. A back end sets it for launches whose results
  /// lie in the caches or go past them; what is computed is the same.
  public var staggersRows = false
  /// Whether short rows are computed a row to a lane, for which they are transposed on the way. A back end sets
  /// it for launches of many short rows, if `mayTransposeRows(of:)`; the order in which values are combined is
  /// another.
  public var transposesRows = false
  /// How short rows of a map are walked as long ones, if they are. A back end sets it for launches of several short
  /// rows, to `folding(of:)`; what is computed is the same.
  public var folding: Folding?

  /// Creates a kernel from its parts; `verify()` tells whether they fit.
  public init(
    axes: [Axis], outerCount: Int, arguments: [Argument], accesses: [Access], scalars: [String],
    stages: [Stage]
  ) {
    self.axes = axes
    self.outerCount = outerCount
    self.arguments = arguments
    self.accesses = accesses
    self.scalars = scalars
    self.stages = stages
  }

  /// How many of the axes are inner.
  public var innerCount: Int { axes.count - outerCount }

  /// Whether all values become one, so that chunks of the inner space run in parallel.
  public var isFullReduction: Bool { outerCount == 0 && stages.contains { $0.loops } }

  /// The accesses of loops that go along `axis` in steps other than one element.
  public func accessesAcross(_ axis: Int) -> [Int] {
    Set(stages.filter(\.loops).flatMap(\.accesses)).sorted()
      .filter { accesses[$0].steps[axis] == .strided }
  }

  /// Whether lanes better lie along the last outer axis than along the last inner one: fewer accesses of loops would
  /// have to pick elements one by one.
  public var isRatherColumns: Bool {
    outerCount > 0 && innerCount > 0
      && accessesAcross(outerCount - 1).count < accessesAcross(axes.count - 1).count
  }

  /// Whether later loops use the results of earlier ones, which only works row by row.
  public var isRowProgram: Bool { stages.count { $0.loops } > 1 }

  /// Whether some stage writes an element for every point of the inner space that has a place of its own.
  public var writesRows: Bool { stages.indices.contains { stages[$0].loops && isFinal($0) } }

  /// Whether a stage writes something that no later stage reads, to where no earlier one has kept values
  /// but those that can be kept elsewhere.
  public func isFinal(_ number: Int) -> Bool {
    let stores = stages[number].stores.map(\.access)
    let read = Set(stages[(number + 1)...].flatMap(\.loads).map { accesses[$0].argument })
    let written = Set(stages[..<number].flatMap(\.stores).map(\.access))
    let displaceable = displaceableAccesses
    return !stores.isEmpty
      && stores.allSatisfy {
        !read.contains(accesses[$0].argument)
          && (!written.contains($0) || displaceable[$0] == number)
      }
  }

  /// The accesses through which loops keep values for later ones in the place of results, where these
  /// values could be kept in another row as well; and for each the stage that writes the results.
  public var displaceableAccesses: [Int: Int] {
    guard outerCount == 1, isRowProgram else { return [:] }
    return accesses.indices.reduce(into: [:]) { result, access in
      let writers = stages.indices.filter { stages[$0].stores.contains { $0.access == access } }
      let readers = stages.indices.filter { stages[$0].loads.contains(access) }
      guard writers.count > 1, let first = writers.first, let last = writers.last,
        readers.allSatisfy({ first < $0 && $0 <= last }),
        (writers + readers).allSatisfy({ stages[$0].loops }),
        accesses[access].steps[0] != .broadcast,
        accesses.count(where: { $0.argument == accesses[access].argument }) == 1
      else { return }
      result[access] = last
    }
  }

  /// The most elements of rows that are computed a row to a lane; as many of each access wait on the stack.
  public static let mostTransposedColumns = 48
  /// The most bytes of what waits for one element.
  private static let mostTransposedBytes = 32

  /// Whether rows could be computed a row to a lane: they are short, what moves along them does so element by
  /// element, and not from row to row as well, as in a sliding window; and what is written, a place for each
  /// row, is written through one access, so that it can wait elsewhere until the row is done.
  public func mayTransposeRows(of layout: Layout) -> Bool {
    guard outerCount > 0, innerCount == 1, stages.contains(where: \.loops),
      layout.extents[outerCount] <= Self.mostTransposedColumns
    else { return false }
    let waiting = accesses.filter { !$0.steps[(outerCount - 1)...].contains(.broadcast) }
    let byteCounts = waiting.map { arguments[$0.argument].dtype.byteCount }
    return byteCounts.reduce(0, +) <= Self.mostTransposedBytes
      && accesses.allSatisfy { access in
        let (across, along) = (access.steps[outerCount - 1], access.steps[outerCount])
        let isAlone = accesses.count { $0.argument == access.argument } == 1
        return along != .strided && (along == .broadcast || across != .contiguous)
          && (!arguments[access.argument].isOutput || across != .broadcast && isAlone)
      }
  }

  /// The points of a chunk of a full reduction, unless there are few or many.
  public static let chunkLength = 16_384

  /// The points of a chunk that is read in streams where there are many, and how many that is. Long chunks
  /// make long streams: on Zen 3 the sum, sum of squares, maximum and minimum of 80 MB take 0.9 times as
  /// long in four streams of 64 KB as in four of 16.
  public static let longestChunk = 4 * chunkLength
  private static let manyPoints = 128 * longestChunk

  /// The points of each chunk of a full reduction of `points`; the last has what is left. The bits of
  /// the result depend on it, hence it depends on nothing else but the kernel.
  ///
  /// What fits two chunks makes two that are equal, for two threads, unless it is so little that handing
  /// it over would take longer: on Zen 3 the seed program at 10,000 points takes two threads 1.4 to 1.6
  /// µs, and as one chunk 1.9.
  public func chunkLength(ofReduced points: Int) -> Int {
    if readsInStreams, points >= Self.manyPoints, !accumulators.contains(where: \.hasShortSums) {
      return Self.longestChunk
    }
    guard (Self.chunkLength / 2...2 * Self.chunkLength).contains(points) else {
      return Self.chunkLength
    }
    return (points + 2047) / 2048 * 1024
  }

  /// The argument that an access walks through.
  public func argument(ofAccess access: Int) -> Argument { arguments[accesses[access].argument] }

  /// The accumulators of all stages, in order; `Source.accumulator` counts through them.
  public var accumulators: [Accumulator] { stages.flatMap(\.accumulators) }
}

extension Accumulator {
  /// Whether floats are added or multiplied in fewer digits than those of float64, so that each addition
  /// to a sum of many costs some.
  fileprivate var hasShortSums: Bool {
    dtype.isFloating && dtype != .float64 && (reduction == .sum || reduction == .prod)
  }
}

/// One axis of the iteration space. Its extent is a launch argument.
public struct Axis: Hashable, Sendable {
  /// The name of the index in texts: `i`, `j`.
  public var name: String
  /// The name of the extent in texts: `n`, or a number where it is known.
  public var extent: String

  /// Creates the axis `name in 0..<extent`.
  public init(_ name: String, extent: String) {
    self.name = name
    self.extent = extent
  }
}

/// An array that a kernel reads or writes.
public struct Argument: Hashable, Sendable {
  /// The name in texts.
  public var name: String
  /// The dtype of its elements in memory.
  public var dtype: DType
  /// Whether the kernel writes it.
  public var isOutput: Bool

  /// Creates an argument.
  public init(_ name: String, _ dtype: DType, isOutput: Bool) {
    self.name = name
    self.dtype = dtype
    self.isOutput = isOutput
  }
}

/// How one argument is walked through: a base pointer and a stride for every axis.
public struct Access: Hashable, Sendable {
  /// The number of the argument.
  public var argument: Int
  /// How far one step along each axis of the iteration space goes.
  public var steps: [Step]

  /// What is known of a stride before launch.
  public enum Step: Hashable, Sendable {
    /// Stays where it is.
    case broadcast
    /// Goes to the next element.
    case contiguous
    /// Goes as far as the launch says, in elements.
    case strided
  }

  /// Creates an access.
  public init(argument: Int, steps: [Step]) {
    self.argument = argument
    self.steps = steps
  }
}
