import Arrays
import SymbolicGraph

extension TheanoGraph {
  /// Adds the elements of an operand, walked through otherwise.
  ///
  /// - Parameter operation: The operation itself, which knows the lengths that it was given.
  mutating func view(
    _ view: View, _ operation: any Operation, _ operand: Int, _ own: TensorType, _ type: TensorType
  ) -> Int {
    switch view {
    case .transpose(let order): return dimShuffle(operand, order, own)
    case .expandDims(let axes):
      var order: [Int?] = own.shape.indices.map { $0 }
      for axis in axes { order.insert(nil, at: axis) }
      return dimShuffle(operand, order, own)
    case .squeeze(let axes):
      return dimShuffle(operand, own.shape.indices.filter { !axes.contains($0) }, own)
    case .reshape: return shaped("Reshape{\(type.rank)}", operation, operand, type)
    case .broadcast: return shaped("BroadcastTo", operation, operand, type)
    case .slice(let ranges): return subtensor(operand, ranges, type)
    case .first(let axes):
      let ranges = own.shape.indices.map { SliceRange(to: axes.contains($0) ? 1 : nil) }
      return subtensor(operand, ranges, type)
    }
  }

  /// Adds part of an operand. Each bound is an operand too, in the order of the axes.
  mutating func subtensor(
    _ operand: Int, _ ranges: [SliceRange], _ type: TensorType, isIndexing: Bool = false
  ) -> Int {
    var entries: [String] = [], spelled: [String] = [], bounds: [Int] = []
    let count = ranges.lastIndex { $0 != SliceRange() }.map { $0 + 1 } ?? 0
    for range in ranges.prefix(count) {
      if range.isIndex, let from = range.from {
        bounds.append(from)
        if !isIndexing { bounds.append(from &+ 1) }
        entries.append(isIndexing ? "int64" : "int64:int64:")
        spelled.append(isIndexing ? "Constant" : "int64:int64")
        continue
      }
      let step = range.step == 1 ? nil : range.step
      bounds += [range.from, range.to, step].compactMap(\.self)
      let words = [range.from, range.to, step].map { $0 == nil ? "" : "int64" }
      entries.append(words.joined(separator: ":"))
      spelled.append(words.prefix(step == nil ? 2 : 3).joined(separator: ":"))
    }
    let inputs = [operand] + bounds.map { index($0) }
    return apply(
      "Subtensor{\(entries.joined(separator: ", "))}", "martlet.subtensor.Subtensor", inputs,
      TheanoTexts.type(type), spelling: .subtensor(spelled))
  }

  /// Adds an operand with another shape, which is a constant operand.
  private mutating func shaped(
    _ name: String, _ operation: any Operation, _ operand: Int, _ type: TensorType
  ) -> Int {
    let target = (operation as? Reshape)?.target ?? (operation as? Broadcast)?.target ?? []
    let listType = TensorType(.int64, [.fixed(target.count)])
    let list = constant(TheanoTexts.integers(target), TheanoTexts.type(listType))
    let className = "martlet.basic." + name.prefix { $0 != "{" }
    return apply(name, String(className), [operand, list], TheanoTexts.type(type))
  }
}
