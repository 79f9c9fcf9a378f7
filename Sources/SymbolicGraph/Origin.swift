internal import CProcessor
import Glibc
import Runtime
import Synchronization

/// Where in the user's program an expression was written.
///
/// Capturing keeps a few return addresses (some tens of nanoseconds); they become a file and a line
/// only when something is printed.
public struct Origin: Sendable {
  /// Return addresses, nearest first.
  private let callers: [UInt]

  /// The images that were loaded when something was looked up for the first time.
  private static let images = ImageMap.capture()

  /// The folder that holds this library's own modules, whose frames are no user's.
  private static let library = folder(of: folder(of: #filePath))

  /// The folder of this package.
  private static let package = folder(of: library)

  private static func folder(of path: String) -> String {
    String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
  }

  /// The folders beside its modules whose frames are users'. The command's is none of them: what that
  /// computes was typed.
  private static let programs = ["Examples"]

  /// How many callers are noted, the library's among them: in debug builds four of them note the others.
  private static let mostCallers = 20

  /// Notes who called.
  package static func capture() -> Origin {
    Origin(
      callers: unsafe Array(unsafeUninitializedCapacity: mostCallers) { callers, count in
        count = unsafe Int(processor_callers(callers.baseAddress, Int32(callers.count)))
      })
  }

  /// The user's file and line, `main.swift:12`, or nil where the program has no debug information.
  public var location: String? { path.places.first?.text }

  /// The line, then those from which the user's function that holds it was called, nearest first.
  /// Looking them up takes milliseconds.
  package var trail: [String] { path.places.prefix(1 + Self.mostCallersTold).map(\.text) }

  /// The user's function that holds the expression, where the compiler merged it with others like it and left it
  /// no lines: the location is the line that calls it.
  package var mergedFunction: String? { path.mergedFunction }

  /// The user's file with its folder, and the line.
  package var pathAndLine: (path: String, line: Int)? {
    path.places.first.map { ($0.path, $0.line) }
  }

  /// How many callers are of interest; whoever called those started the program.
  private static let mostCallersTold = 2

  /// A line of the user's.
  private struct Place: Hashable {
    let path: String
    let line: Int

    var text: String { "\(path.split(separator: "/").last ?? ""):\(line)" }
  }

  /// The way from the user's program to the expression.
  private struct Path {
    /// The user's lines, innermost first.
    var places: [Place] = []
    var mergedFunction: String?
  }

  /// What was looked up, by return addresses. A look-up takes tenths of a second where the debug
  /// information is large; pictures and profiles ask for many, and for each more than once.
  private static let known = Mutex<[[UInt]: Path]>([:])

  /// How many paths are remembered before all are forgotten.
  private static let mostKnown = 4096

  private var path: Path {
    if let known = Self.known.withLock({ $0[callers] }) { return known }
    let path = Self.path(of: callers)
    Self.known.withLock { known in
      if known.count >= Self.mostKnown { known.removeAll() }
      known[callers] = path
    }
    return path
  }

  private static func path(of callers: [UInt]) -> Path {
    var path = Path()
    guard let backtrace = try? Backtrace(callers: callers),
      let symbolicated = backtrace.symbolicated(with: images)
    else { return path }
    var inlined: [SymbolicatedBacktrace.Frame] = []
    for frame in symbolicated.frames {
      inlined.append(frame)
      if frame.inlined { continue }
      // The runtime gives the first frame the innermost line, and the others the lines from which what
      // is inlined was called, outermost first.
      for frame in inlined.prefix(1) + inlined.dropFirst().reversed() {
        guard let place = frame.symbol?.sourceLocation, place.line > 0 else { continue }
        let next = Place(path: place.path, line: place.line)
        if !isOurs(next.path), path.places.last != next { path.places.append(next) }
      }
      if path.places.isEmpty, let symbol = frame.symbol, isMergedFunction(symbol.rawName) {
        path.mergedFunction = symbol.name
      }
      inlined = []
    }
    return path
  }

  /// Whether a symbol is that of a merged function of the user's: its mangled name ends with what merging adds.
  static func isMergedFunction(_ symbol: String) -> Bool {
    guard symbol.hasPrefix("$s"), symbol.hasSuffix("Tm") else { return false }
    return module(of: symbol.dropFirst(2)).map { !modules.contains($0) } ?? false
  }

  /// The module that a mangled name is from. It begins with the module, or for an extension with the extended type,
  /// the module of the extension and `E`; names are written after their lengths.
  private static func module(of mangled: Substring) -> String? {
    var rest = mangled
    func name() -> String? {
      let digits = rest.prefix(while: \.isNumber)
      guard let length = Int(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      if rest.count < length { return nil }
      defer { rest = rest.dropFirst(length) }
      return String(rest.prefix(length))
    }
    var module: String?
    switch rest.first {
    case "s": (module, rest) = ("Swift", rest.dropFirst())
    case "S": (module, rest) = ("Swift", rest.dropFirst(2))  // One of its types, by a letter.
    default: module = name()
    }
    while let next = name(), let kind = rest.popFirst(), "VCOE".contains(kind) {
      if kind == "E" { return next }
    }
    return module
  }

  /// The modules that expressions pass through and no user wrote.
  private static let modules: Set = ["Arrays", "Expressions", "Martlet", "Swift", "SymbolicGraph"]

  /// Whether a file is none of the user's own: of this library, of the compiler's making, or of a
  /// package that the program depends on.
  private static func isOurs(_ path: String) -> Bool {
    let isMade = path.hasSuffix("<compiler-generated>") || path.contains("@__swiftmacro_")
    if isMade || path.contains("/.build/checkouts/") { return true }
    // Release builds name some files from the folder of their package, the user's or this one.
    if !path.hasPrefix("/") {
      let inside = "\(package)/\(path)"
      return unsafe isOurs(inside) && access(inside, F_OK) == 0
    }
    return path.hasPrefix("\(library)/")
      && !programs.contains { path.hasPrefix("\(library)/\($0)/") }
  }
}
