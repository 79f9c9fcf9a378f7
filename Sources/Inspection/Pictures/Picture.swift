import Arrays

/// A program as nodes, groups of them and arrows, before it is written in a language for pictures.
struct Picture {
  /// A value.
  struct Node {
    /// A word that is unique in the picture.
    let id: String
    let kind: Kind
    /// What it is: an operation with its operands, or a name.
    let title: String
    /// The type, and where it was written.
    let details: [String]
    /// Whether it is a result of the program.
    let isResult: Bool
  }

  /// What a node stands for.
  enum Kind: CaseIterable {
    /// Fed or constant.
    case leaf
    /// Computed.
    case value
    /// The elements of its operand, walked through otherwise.
    case view
    /// Computed by a library.
    case library
  }

  /// What one kernel computes.
  struct Group {
    let id: String
    /// What it is, then what is known of its time.
    let title: [String]
    let nodes: [Node]
  }

  /// An arrow from an operand.
  struct Arrow {
    let from: String
    let to: String
    /// Whether only the operand's shape is asked for.
    let isShape: Bool
  }

  /// The nodes outside of groups.
  var nodes: [Node] = []
  var groups: [Group] = []
  var arrows: [Arrow] = []
}

extension Picture {
  /// The text without its middle where it is long.
  static func shortened(_ text: String, to length: Int = 56) -> String {
    let line = text.onOneLine
    return line.count <= length ? line : line.prefix(length - 9) + "…" + line.suffix(8)
  }
}
