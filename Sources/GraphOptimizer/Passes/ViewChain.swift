import Arrays
import Scalars
import SymbolicGraph

/// Views that follow one another, and what becomes of them on an operand.
struct ViewChain {
  /// The views, first to last.
  private(set) var steps: [View]

  /// How many views one chain holds; longer ones are left where they are.
  private static let longest = 4

  /// A view with what its operation knows and its lowering does not.
  enum View: Equatable {
    case transpose([Int])
    case reshape([Int])
    case expandDims([Int])
    case squeeze([Int])
    case broadcast([Int])
    case slice([SliceRange])
  }

  /// How the axis of an operand relates to the axis of the result that it broadcasts to.
  enum Relation {
    /// They have one length whatever is fed.
    case same
    /// The operand's length is 1.
    case one
    case unknown
  }

  /// Creates the chain of one view, or nil for another operation.
  init?(_ operation: any Operation) {
    switch operation {
    case let view as Transpose: steps = [.transpose(view.permutation)]
    case let view as Reshape: steps = [.reshape(view.target)]
    case let view as ExpandDims: steps = [.expandDims(view.axes)]
    case let view as Squeeze: steps = [.squeeze(view.axes)]
    case let view as Broadcast: steps = [.broadcast(view.target)]
    case let view as Slice: steps = [.slice(view.ranges)]
    default: return nil
    }
    steps.removeAll(where: \.isIdentity)
  }

  private init(_ steps: [View]) { self.steps = steps }

  /// Returns this chain with another behind it, or nil where that is too long.
  func followed(by other: ViewChain?) -> ViewChain? {
    var result = steps
    for step in other?.steps ?? [] {
      if let last = result.last, let both = last.followed(by: step) {
        result.removeLast()
        if !both.isIdentity { result.append(both) }
      } else {
        result.append(step)
      }
    }
    return result.count <= Self.longest ? ViewChain(result) : nil
  }

  /// Returns the chain with another view in place of its first.
  func replacingFirst(with view: View) -> ViewChain {
    ViewChain((view.isIdentity ? [] : [view]) + steps.dropFirst())
  }

  /// Whether the result has more elements.
  var repeats: Bool {
    steps.contains { if case .broadcast = $0 { true } else { false } }
  }

  /// The operations of the chain.
  var operations: [any Operation] { steps.map(\.operation) }

  /// Returns the chain that gives the same on an operand of an elementwise operation as this one
  /// gives on the result, or nil where there is none.
  ///
  /// - Parameters:
  ///   - rank: The rank of the result.
  ///   - relations: One for each axis of the operand; they stand for the last axes of the result.
  func adapted(to relations: [Relation], rank: Int) -> ViewChain? {
    if relations.isEmpty { return rank == 0 ? nil : ViewChain([]) }
    var (relations, rank) = (relations, rank)
    var result: [View] = []
    for step in steps {
      if step.needsFullRank, relations.count < rank {
        let missing = rank - relations.count
        result.append(.expandDims(Array(0..<missing)))
        relations.insert(contentsOf: repeatElement(.one, count: missing), at: 0)
      }
      guard let next = step.adapted(to: &relations, rank: &rank) else { return nil }
      if !next.isIdentity { result.append(next) }
    }
    return ViewChain([]).followed(by: ViewChain(result))
  }
}

extension ViewChain.View {
  var operation: any Operation {
    switch self {
    case .transpose(let permutation): Transpose(permutation: permutation)
    case .reshape(let target): Reshape(target: target)
    case .expandDims(let axes): ExpandDims(axes: axes)
    case .squeeze(let axes): Squeeze(axes: axes)
    case .broadcast(let target): Broadcast(target: target)
    case .slice(let ranges): Slice(ranges: ranges)
    }
  }

  /// Whether it does nothing, as its attributes show.
  var isIdentity: Bool {
    switch self {
    case .transpose(let permutation): permutation == Array(permutation.indices)
    case .expandDims(let axes), .squeeze(let axes): axes.isEmpty
    case .slice(let ranges): ranges.allSatisfy { $0 == SliceRange() }
    case .reshape, .broadcast: false
    }
  }

  /// The one view that does what two in turn do, if there is one. That the first one's lengths fit
  /// is checked on the graph as it was written.
  func followed(by next: Self) -> Self? {
    switch (self, next) {
    case (.transpose(let first), .transpose(let second)): .transpose(second.map { first[$0] })
    case (.reshape, .reshape): next
    case (.expandDims(let added), .squeeze(let dropped)): added == dropped ? .squeeze([]) : nil
    default: nil
    }
  }

  fileprivate var needsFullRank: Bool {
    switch self {
    case .transpose, .expandDims: true
    case .reshape, .squeeze, .broadcast, .slice: false
    }
  }

  /// Returns the view for an operand and brings `relations` and `rank` to what they are behind it.
  fileprivate func adapted(to relations: inout [ViewChain.Relation], rank: inout Int) -> Self? {
    let missing = rank - relations.count
    switch self {
    case .transpose(let permutation):
      relations = permutation.map { relations[$0] }
      return self
    case .expandDims(let axes):
      for axis in axes { relations.insert(.same, at: axis) }
      rank += axes.count
      return self
    case .squeeze(let axes):
      let own = axes.map { $0 - missing }.filter { $0 >= 0 }
      relations = relations.indices.filter { !own.contains($0) }.map { relations[$0] }
      rank -= axes.count
      return .squeeze(own)
    case .slice(let ranges):
      if relations.contains(.unknown) { return nil }
      return .slice(
        zip(ranges.dropFirst(missing), relations).map { $1 == .one ? SliceRange() : $0 })
    case .reshape(let target):
      guard missing == 0, relations.allSatisfy({ $0 == .same }) else { return nil }
      relations = target.map { _ in .same }
      rank = target.count
      return self
    case .broadcast(let target):
      // Another operand has the rank and is repeated; this one broadcasts to that.
      let added = target.count - rank
      rank = target.count
      if missing > 0 {
        // What the other's axes become long by, this one's do not.
        for (axis, length) in target.suffix(relations.count).enumerated()
        where length >= 0 && relations[axis] == .same { relations[axis] = .unknown }
        return .squeeze([])
      }
      relations.insert(contentsOf: repeatElement(.same, count: added), at: 0)
      for axis in target.indices where target[axis] >= 0 { relations[axis] = .same }
      return self
    }
  }
}
