import Foundation

/// Other processes' work on this machine.
struct Load {
  private let start = Self.now()

  /// Returns how many cores others have kept busy since this was made.
  func othersCores() -> Double {
    let end = Self.now()
    let seconds = end.clock - start.clock
    guard seconds > 0 else { return 0 }
    return max(0, (end.machine - start.machine) - (end.own - start.own)) / seconds
  }

  private typealias Reading = (machine: Double, own: Double, clock: Double)

  private static func now() -> Reading {
    (machineSeconds(), seconds(CLOCK_PROCESS_CPUTIME_ID), seconds(CLOCK_MONOTONIC))
  }

  /// The seconds that all cores together have worked since the machine started.
  private static func machineSeconds() -> Double {
    let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
    let ticks = text.prefix { $0 != "\n" }.split(separator: " ").map { Double($0) ?? 0 }
    // Behind the word `cpu`: user, nice, system, idle, waiting, and the two kinds of interrupts.
    let busy = [1, 2, 3, 6, 7].filter(ticks.indices.contains).reduce(0) { $0 + ticks[$1] }
    return busy / Double(sysconf(Int32(_SC_CLK_TCK)))
  }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
