import Foundation

/// A terminal that programs are run on.
enum Terminal {
  /// Returns what a program shows on a terminal. It must fit into a screen or two: nobody reads before
  /// the program has ended.
  static func output(
    of program: String, _ arguments: [String], _ environment: [String: String]
  ) throws -> String {
    let (screen, device) = try pair()
    defer { close(screen) }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(["MARTLET_CACHE": "off"]) { $1 }.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle(fileDescriptor: device)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    // The device must be open until all is read, or there is nothing to read.
    defer { close(device) }
    let bytes = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
      count = max(0, read(screen, buffer.baseAddress, buffer.count))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Returns how a program ends whose terminal for complaints goes away once something shows there.
  static func statusWithoutErrors(of program: String, _ arguments: [String]) throws -> Int32 {
    let (screen, device) = try pair()
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["MARTLET_CACHE": "off"]) {
      $1
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle(fileDescriptor: device)
    try process.run()
    close(device)
    var first = UInt8(0)
    // Nothing comes once the program has ended.
    _ = read(screen, &first, 1)
    close(screen)
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// A terminal's two ends: what is shown, and what programs write to. Glibc's functions for it are not
  /// visible to Swift.
  private static func pair() throws -> (screen: Int32, device: Int32) {
    let screen = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var (lock, number) = (CInt(0), CInt(0))
    guard screen >= 0, ioctl(screen, UInt(0x4004_5431), &lock) == 0,
      ioctl(screen, UInt(0x8004_5430), &number) == 0
    else { throw POSIXError(.ENXIO) }
    return (screen, open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC))
  }
}
