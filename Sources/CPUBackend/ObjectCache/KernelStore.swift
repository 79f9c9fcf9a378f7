import LLVM

/// The images of kernels that are kept for later processes on this processor.
///
/// An image is asked for with everything that it depends on: the kernel as LLVM's text, LLVM's
/// version, what is done to the text, and the processor.
struct KernelStore: Sendable {
  /// The processor and the LLVM that images are made for and by.
  let record: HostRecord

  private let folder: CacheFolder
  private let premises: String

  /// The store in `folder` for one processor and one LLVM.
  init(in folder: CacheFolder, for record: HostRecord) {
    (self.folder, self.record) = (folder, record)
    let host = record.host
    premises = [
      "kernel", "llvm " + record.version, JIT.recipe, host.triple, host.cpuName, host.features,
    ].joined(separator: "\n")
  }

  /// Returns the image of a source, if it is kept.
  func image(of source: ModuleSource) -> Image? {
    folder.answer(to: question(source)).flatMap { Image(kept: $0) }
  }

  /// Keeps the image of a source, unless it holds addresses of this process.
  func keep(_ image: Image, of source: ModuleSource) {
    if image.isPortable { folder.keep(image.kept, for: question(source)) }
  }

  private func question(_ source: ModuleSource) -> [UInt8] {
    Array("\(premises)\n\(source.symbols)\n\(source.ir)".utf8)
  }
}

extension Image {
  /// The number of entries, of each the length of its name, the name and the offset; then the
  /// bytes.
  fileprivate var kept: [UInt8] {
    var result = CacheEntry.bytes(of: entries.count)
    for (name, offset) in entries.sorted(by: { $0.key < $1.key }) {
      result += CacheEntry.bytes(of: name.utf8.count) + name.utf8 + CacheEntry.bytes(of: offset)
    }
    return result + bytes
  }

  fileprivate init?(kept: [UInt8]) {
    var position = 0
    func number() -> Int? {
      guard kept.count - position >= 8 else { return nil }
      position += 8
      return Int(exactly: CacheEntry.word(in: kept, at: position - 8))
    }
    guard let count = number() else { return nil }
    var entries: [String: Int] = [:]
    for _ in 0..<count {
      guard let length = number(), length <= kept.count - position else { return nil }
      let name = String(decoding: kept[position..<position + length], as: UTF8.self)
      position += length
      guard let offset = number() else { return nil }
      entries[name] = offset
    }
    self.init(bytes: Array(kept[position...]), entries: entries)
  }
}
