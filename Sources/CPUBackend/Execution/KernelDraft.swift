import LLVM

/// A kernel on its way to machine code.
struct KernelDraft {
  let source: ModuleSource
  let hasFinish: Bool
  /// The code, once it is found or made.
  var image: Image?
  /// Whether it was found in the cache.
  let isKept: Bool
  /// What it took, with its part of what was done for several kernels at once.
  var time: Duration

  var imageAndName: (image: Image, name: String)? { image.map { ($0, source.name) } }

  var report: KernelReport { KernelReport(name: source.name, time: time, wasCached: isKept) }
}

extension [KernelDraft] {
  /// The numbers of those that have no image yet, in groups that one module takes: as many as have few
  /// bytes together, since long kernels gain nothing, and each is kept with the code of its whole group.
  var groupsWithoutImages: [[Int]] {
    var groups: [[Int]] = []
    var byteCount = Int.max
    for number in indices where self[number].image == nil {
      let count = self[number].source.ir.utf8.count
      if byteCount > Self.mostBytes - count {
        groups.append([])
        byteCount = 0
      }
      byteCount += count
      groups[groups.count - 1].append(number)
    }
    return groups
  }

  /// The text of five or six kernels of some operations each.
  private static let mostBytes = 24 << 10
}
