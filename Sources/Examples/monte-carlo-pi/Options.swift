import ArgumentParser
import Foundation
import Martlet

/// The dtypes that coordinates may have.
enum Precision: String, CaseIterable, ExpressibleByArgument {
  case float32, float64

  /// The dtype of that name.
  var dtype: DType {
    switch self {
    case .float32: .float32
    case .float64: .float64
    }
  }
}

/// What the hits are counted in: the dtype that sums have by themselves, or one that they are cast to.
enum HitType: String, CaseIterable, ExpressibleByArgument {
  case int64, int32
}

/// The two ways of running an expression: as in Theano, and as in TensorFlow.
enum Style: String, CaseIterable, ExpressibleByArgument {
  case function, session
}

/// The numbers of threads to try, written `1,2,4`.
struct ThreadCounts: ExpressibleByArgument, CustomStringConvertible {
  let counts: [Int]

  /// As many as there are cores.
  static let standard = ThreadCounts(counts: [ProcessInfo.processInfo.activeProcessorCount])

  init(counts: [Int]) { self.counts = counts }

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    counts = parts.compactMap { Int($0) }
    guard counts.count == parts.count, counts.allSatisfy({ (1...256).contains($0) }) else {
      return nil
    }
  }

  var description: String { counts.map(String.init).joined(separator: ",") }
}
