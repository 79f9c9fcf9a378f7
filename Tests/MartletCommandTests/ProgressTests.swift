import Foundation
import Testing

@testable import MartletCommand

/// What shows while something is going on.
@Suite struct ProgressTests {
  @Test("A terminal that is gone is no reason to stop")
  func goneTerminal() async {
    await #expect(processExitsWith: .success) {
      let errors = dup(STDERR_FILENO)
      let screen = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
      var (lock, number) = (CInt(0), CInt(0))
      // What `unlockpt` and `ptsname` ask for, which are not visible to Swift.
      try #require(ioctl(screen, UInt(0x4004_5431), &lock) == 0)
      try #require(ioctl(screen, UInt(0x8004_5430), &number) == 0)
      let device = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
      try #require(dup2(device, STDERR_FILENO) == STDERR_FILENO)
      let progress = Progress()
      progress.show("measuring")
      var first = UInt8(0)
      #expect(read(screen, &first, 1) == 1 && first == 13)
      close(screen)
      progress.show("measuring more")
      progress.erase()
      dup2(errors, STDERR_FILENO)
    }
  }
}
