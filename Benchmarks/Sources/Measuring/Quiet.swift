import Glibc

/// Other processes' work on this machine, which measurements wait for.
public enum Quiet {
  /// The cores' worth of others' work that counts as quiet.
  private static let limit = 0.15

  /// Waits until others are quiet, at most `seconds`.
  public static func wait(atMost seconds: Double) {
    let end = now() + seconds
    while now() < end, othersCores(during: 0.3) > limit {}
  }

  /// Returns how many cores others keep busy during a nap.
  private static func othersCores(during nap: Double) -> Double {
    let (all, own, start) = (machineSeconds(), ownSeconds(), now())
    usleep(UInt32(nap * 1e6))
    return (machineSeconds() - all - (ownSeconds() - own)) / (now() - start)
  }

  /// The seconds that all cores together have worked since the machine started.
  private static func machineSeconds() -> Double {
    guard let file = fopen("/proc/stat", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let ticks = text.split(separator: " ").compactMap { Double($0) }
    // User, nice, system, and the two kinds of interrupts; the third and fourth are idle and waiting.
    let busy = [0, 1, 2, 5, 6].filter(ticks.indices.contains).map { ticks[$0] }.reduce(0, +)
    return busy / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func ownSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }
}
