/// A text in LLVM's language, of a kernel or a loop.
package struct ModuleSource: Sendable {
  /// What messages call it.
  package let name: String
  package let ir: String
  /// The functions that will be called.
  package let symbols: [String]

  package init(name: String, ir: String, symbols: [String]) {
    (self.name, self.ir, self.symbols) = (name, ir, symbols)
  }
}

extension [ModuleSource] {
  /// What a symbol of source `number` is called in the module that all of them share: itself where there
  /// is one source, and otherwise `kernel.2`, say, in the third.
  func joinedName(of symbol: String, in number: Int) -> String {
    count == 1 ? symbol : "\(symbol).\(number)"
  }

  /// What messages call all of them.
  var name: String { map(\.name).joined(separator: ", ") }
}
