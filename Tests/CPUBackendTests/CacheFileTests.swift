import Dispatch
import Foundation
import Synchronization
import Testing

@testable import CPUBackend

@Suite("The files of the cache")
struct CacheFileTests {
  private let question = Array("what is the answer?".utf8)
  private let answer = (0..<77).map { UInt8($0 * 3) }

  @Test("Any bit that changes changes the fingerprint, at every length around the words")
  func fingerprints() {
    var seen: Set<Fingerprint> = []
    var count = 0
    for length in 0...33 {
      var bytes = (0..<length).map { UInt8(truncatingIfNeeded: $0 * 37) }
      for bit in 0..<length * 8 {
        bytes[bit / 8] ^= 1 << (bit % 8)
        seen.insert(Fingerprint(of: bytes))
        bytes[bit / 8] ^= 1 << (bit % 8)
      }
      seen.insert(Fingerprint(of: bytes))
      count += length * 8 + 1
    }
    #expect(seen.count == count)
    #expect(seen.allSatisfy { $0.text.utf8.count == 32 })
  }

  @Test("A file answers its own question only")
  func questions() {
    let file = CacheEntry.encoded(question: question, answer: answer)
    #expect(CacheEntry.answer(to: question, in: file) == answer)
    #expect(CacheEntry.answer(to: question + [1], in: file) == nil)
    #expect(CacheEntry.answer(to: question.dropLast(), in: file) == nil)
    #expect(CacheEntry.answer(to: Array("what is the question".utf8), in: file) == nil)
    let nothing = CacheEntry.encoded(question: [], answer: [])
    #expect(CacheEntry.answer(to: [], in: nothing) == [])
  }

  @Test("A file that lost its end, has more than it had, or lost any bit answers nothing")
  func damage() {
    let file = CacheEntry.encoded(question: question, answer: answer)
    for count in file.indices {
      #expect(CacheEntry.answer(to: question, in: Array(file.prefix(count))) == nil)
    }
    #expect(CacheEntry.answer(to: question, in: file + [0]) == nil)
    for bit in 0..<file.count * 8 {
      var damaged = file
      damaged[bit / 8] ^= 1 << (bit % 8)
      #expect(CacheEntry.answer(to: question, in: damaged) == nil, "bit \(bit)")
    }
  }

  @Test("What is kept is found, by whoever looks in the same folder")
  func kept() throws {
    let cache = try TemporaryCache()
    #expect(cache.folder().answer(to: question) == nil)
    cache.folder().keep(answer, for: question)
    #expect(cache.folder().answer(to: question) == answer)
    #expect(try cache.files.keys.sorted() == [cache.folder().file(for: question)])
  }

  @Test("A damaged file is replaced")
  func replaced() throws {
    let cache = try TemporaryCache()
    let folder = cache.folder()
    folder.keep(answer, for: question)
    let file = URL(filePath: folder.file(for: question))
    try Data("torn".utf8).write(to: file)
    #expect(folder.answer(to: question) == nil)
    folder.keep(answer, for: question)
    #expect(folder.answer(to: question) == answer)
  }

  @Test("A file that others may write to is not trusted", arguments: [0o620, 0o602])
  func permissions(mode: Int) throws {
    let cache = try TemporaryCache()
    let folder = cache.folder()
    folder.keep(answer, for: question)
    try FileManager.default.setAttributes(
      [.posixPermissions: mode], ofItemAtPath: folder.file(for: question))
    #expect(folder.answer(to: question) == nil)
  }

  @Test("A pipe in the place of a file is not waited for", .timeLimit(.minutes(30)))
  func pipe() throws {
    let cache = try TemporaryCache()
    let folder = cache.folder()
    folder.keep(answer, for: question)
    let file = folder.file(for: question)
    try FileManager.default.removeItem(atPath: file)
    try #require(mkfifo(file, 0o600) == 0)
    #expect(folder.answer(to: question) == nil)
    #expect(folder.contents(of: file) == nil)
    folder.keep(answer, for: question)
    #expect(folder.answer(to: question) == answer)
  }

  @Test("A folder that cannot be made keeps nothing and says nothing")
  func unwritable() throws {
    let cache = try TemporaryCache()
    let obstacle = cache.url.appending(path: "a")
    try Data().write(to: obstacle)
    cache.folder().keep(answer, for: question)
    #expect(cache.folder().answer(to: question) == nil)
    CacheFolder(path: "/proc/none").keep(answer, for: question)
  }

  @Test("Where files may not grow so large, nothing is kept, not even a part")
  func smallFiles() async throws {
    let cache = try TemporaryCache()
    let path = cache.folder().path
    await #expect(processExitsWith: .success) { [path = path as String] in
      // More than these 50 bytes is a signal, which ends the process where it is heard: whoever
      // started the tests may have had it ignored, and threads of Dispatch have it blocked.
      signal(SIGXFSZ, SIG_DFL)
      var signals = sigset_t()
      sigaddset(&signals, SIGXFSZ)
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      var small = rlimit(rlim_cur: 50, rlim_max: limit.rlim_max)
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &small)
      CacheFolder(path: path).keep([UInt8](repeating: 7, count: 100), for: [1, 2, 3])
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
    #expect(FileManager.default.fileExists(atPath: path))
    #expect(try cache.files.isEmpty)
  }

  @Test("A shard that is full loses what was not used for longest")
  func trimmed() throws {
    let cache = try TemporaryCache()
    let folder = cache.folder(byteLimit: 256 * 2000)
    // Questions whose files lie in one shard, of 40 + 8 + 152 bytes each.
    let shard = { (question: [UInt8]) in Fingerprint(of: question).text.prefix(2) }
    let questions = (0...).lazy.map { CacheEntry.bytes(of: $0) }.filter { shard($0) == "00" }
    let chosen = Array(questions.prefix(30))
    let answer = [UInt8](repeating: 7, count: 152)
    for (number, question) in chosen.enumerated() {
      folder.keep(answer, for: question)
      // The first one is used again and again.
      for (age, question) in [(number, question), (1_000, chosen[0])] {
        try FileManager.default.setAttributes(
          [.modificationDate: Date(timeIntervalSince1970: 1e9 + Double(age))],
          ofItemAtPath: folder.file(for: question))
      }
      #expect(try cache.files.count <= 10)
    }
    let isKept = chosen.map { folder.answer(to: $0) != nil }
    #expect(isKept[0])
    #expect(isKept.suffix(5).allSatisfy { $0 })
    #expect(isKept[1...10].allSatisfy { !$0 })
    // What would fill a shard is not kept at all.
    folder.keep([UInt8](repeating: 7, count: 600), for: question)
    #expect(folder.answer(to: question) == nil)
  }

  @Test("While processes fill a shard together it stays bounded, and what is found in it is whole")
  func filledTogether() async throws {
    let cache = try TemporaryCache()
    let folder = cache.folder(byteLimit: Crowd.byteLimit), path = folder.path
    await withTaskGroup { group in
      for number in 0..<4 {
        group.addTask {
          await #expect(processExitsWith: .success) {
            [path = path as String, number = number as Int] in
            Crowd.use(CacheFolder(path: path, byteLimit: Crowd.byteLimit), number)
          }
        }
      }
    }
    let files = try cache.files
    #expect(files.reduce(0) { $0 + $1.value.count } <= Crowd.byteLimit / 256)
    let found = Crowd.questions.filter { folder.answer(to: $0) == Crowd.answer(to: $0) }
    #expect(!found.isEmpty && found.count < Crowd.questions.count)
    // Each file answers one of the questions; no draft is left.
    #expect(files.keys.sorted() == found.map { folder.file(for: $0) }.sorted())
  }

  @Test("Whoever reads while an answer is kept again finds it, the old file or the new one")
  func keptAgain() throws {
    let cache = try TemporaryCache()
    let folder = cache.folder(), isOver = Atomic(false)
    folder.keep(answer, for: question)
    DispatchQueue.concurrentPerform(iterations: 2) { number in
      if number == 0 {
        for _ in 0..<1000 { folder.keep(answer, for: question) }
        isOver.store(true, ordering: .relaxed)
      } else {
        repeat {
          #expect(folder.answer(to: question) == answer)
        } while !isOver.load(ordering: .relaxed)
      }
    }
    #expect(try cache.files.keys.sorted() == [folder.file(for: question)])
  }

  @Test("A use is noted in the time of the file, to the hour")
  func lastUse() throws {
    let cache = try TemporaryCache()
    let folder = cache.folder()
    folder.keep(answer, for: question)
    let old = Date(timeIntervalSince1970: 1e9)
    let path = folder.file(for: question)
    try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: path)
    _ = folder.answer(to: question)
    let new = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
    #expect(try #require(new) > old)
  }

  @Test(
    "Variables say where the folder is",
    arguments: [
      ([:], nil), (["HOME": "/h"], "/h/.cache/martlet"),
      (["HOME": "/h", "XDG_CACHE_HOME": "/x"], "/x/martlet"),
      (["HOME": "/h", "XDG_CACHE_HOME": "x"], "/h/.cache/martlet"),
      (["HOME": "/h", "XDG_CACHE_HOME": ""], "/h/.cache/martlet"), (["HOME": "h"], nil),
      (["HOME": "/h", "MARTLET_CACHE": "off"], nil), (["MARTLET_CACHE": "here"], "here"),
      (["HOME": "/h", "MARTLET_CACHE": ""], "/h/.cache/martlet"),
    ] as [([String: String], String?)])
  func location(variables: [String: String], path: String?) {
    #expect(CacheLocation.path(program: "/bin/a") { variables[$0] } == path)
  }

  @Test("Test bundles keep nothing unless told where")
  func testBundles() {
    let program = "/build/debug/mine.xctest"
    #expect(CacheLocation.path(program: program) { ["HOME": "/h"][$0] } == nil)
    #expect(CacheLocation.path(program: program) { ["MARTLET_CACHE": "/c"][$0] } == "/c")
  }
}

/// Processes that ask the same questions of one shard, in which there is room for a third of the answers.
private enum Crowd {
  static let byteLimit = 256 * 10 * answerByteCount

  private static let answerByteCount = 3000

  static let questions = Array(
    (0...).lazy.map { CacheEntry.bytes(of: $0) }
      .filter { Fingerprint(of: $0).text.hasPrefix("00") }.prefix(30))

  static func answer(to question: [UInt8]) -> [UInt8] {
    (0..<answerByteCount).map { UInt8(truncatingIfNeeded: $0) ^ question[$0 % question.count] }
  }

  /// Asks each question many times, from another one on in each process, and keeps the answer.
  static func use(_ folder: CacheFolder, _ number: Int) {
    let answers = questions.map(answer)
    for turn in 0..<40 {
      for place in questions.indices {
        let next = (place + 7 * number + turn) % questions.count
        if let found = folder.answer(to: questions[next]) { #expect(found == answers[next]) }
        folder.keep(answers[next], for: questions[next])
        // Beside what may stay there are what each of the others is writing, and what it has written.
        let shard = URL(filePath: folder.file(for: questions[0])).deletingLastPathComponent().path
        let held = folder.files(in: shard).reduce(0) { $0 + $1.byteCount }
        #expect(held <= (10 + 2 * 4) * (answerByteCount + 100))
      }
    }
  }
}
