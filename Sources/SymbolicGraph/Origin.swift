import Runtime

/// Where in the user's program an expression was written.
///
/// Capturing keeps a few return addresses (about a microsecond); they become a file and a line
/// only when something is printed.
public struct Origin: Sendable {
  private let backtrace: Backtrace?

  /// Loaded images, looked up once: 170 µs that a capture would otherwise spend each time.
  private static let images = ImageMap.capture()

  /// The folder that holds this library's own modules, whose frames are no user's.
  private static let library: Substring = {
    let path = #filePath[...]
    let folder = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
    return folder.prefix(upTo: folder.lastIndex(of: "/") ?? folder.startIndex)
  }()

  /// The modules of the library, by folder; examples in the same place are users' code.
  private static let modules = [
    "Arrays", "Scalars", "SymbolicGraph", "KernelIR", "GraphOptimizer", "ReferenceBackend",
    "CPUBackend", "Martlet",
  ]

  /// Notes who called.
  static func capture() -> Origin {
    Origin(
      backtrace: try? Backtrace.capture(
        algorithm: .fast, limit: 16, offset: 2, top: 0, images: images))
  }

  /// The user's file and line, `main.swift:12`, or nil where the program has no debug information.
  public var location: String? {
    guard let (path, line) = pathAndLine else { return nil }
    return "\(path.split(separator: "/").last ?? "")" + ":\(line)"
  }

  /// The user's file with its folder, and the line.
  package var pathAndLine: (path: String, line: Int)? {
    guard let symbolicated = backtrace?.symbolicated(with: Self.images) else { return nil }
    var inlined: [SymbolicatedBacktrace.Frame] = []
    for frame in symbolicated.frames {
      inlined.append(frame)
      if frame.inlined { continue }
      // The runtime lists the source locations of inlined frames innermost last.
      for frame in inlined.reversed() {
        guard let place = frame.symbol?.sourceLocation, place.line > 0 else { continue }
        if !Self.isOurs(place.path) { return (place.path, place.line) }
      }
      inlined = []
    }
    return nil
  }

  private static func isOurs(_ path: String) -> Bool {
    path.hasSuffix("<compiler-generated>")
      || modules.contains { path.hasPrefix("\(library)/\($0)/") }
  }
}
