import CPUBackend
import Martlet
import Testing

/// The test has a process of its own, as others' loops would take the workers.
@Suite("Steps of a plan on several threads", .enabled(if: ThreadBudget.availableCores > 1))
struct SideBySideTests {
  @Test("Products and what follows run side by side with the same bits", .timeLimit(.minutes(10)))
  func products() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor.matrix("x", .float32), w = (0..<5).map { Tensor.matrix("w\($0)", .float32) }
      let hidden = w.map { tanh(matmul(x, $0)) }
      let outputs =
        hidden.map { softmax(matmul($0, x)) } + [hidden[0].sum(), matmul(hidden[1], w[2])]
      let arrays = (0..<6).map {
        NDArray.uniform(-1...1, .float32, shape: [48, 48], seed: UInt64($0))
      }
      func function(threads: Int) throws -> Function<[NDArray]> {
        try Session(threads: threads).function([x] + w, outputs)
      }
      let expected = try function(threads: 1).call(with: arrays)
      for threads in [2, 3, 7] {
        let function = try function(threads: threads)
        let end = ContinuousClock.now + .seconds(120)
        var (helped, tries) = (0, 0)
        repeat {
          let (helps, results) = try AwakeTeam.helps { try function.call(with: arrays) }
          #expect(results == expected, "\(threads) threads differ from 1")
          (helped, tries) = (helped + (helps ? 1 : 0), tries + 1)
        } while helped < 20 && ContinuousClock.now < end
        #expect(helped >= 20, "workers took part in \(helped) of \(tries) calls")
      }
    }
  }

  @Test(
    "Sums of one chunk each, which nobody can share, share the threads", .timeLimit(.minutes(10)))
  func sums() async {
    await #expect(processExitsWith: .success) {
      let x = (0..<4).map { Tensor.vector("x\($0)") }
      let arrays = (0..<4).map {
        NDArray.uniform(0...1, shape: [8000 - 500 * $0], seed: UInt64($0))
      }
      let expected = try zip(x, arrays).map { try Function([$0], exp($0).sum())($1) }
      /// Whether workers take part in a call within so many seconds.
      func helps(_ tensors: ArraySlice<Tensor>, threads: Int, seconds: Int) throws -> Bool {
        let function = try Session(threads: threads)
          .function(Array(tensors), tensors.map { exp($0).sum() })
        let given = Array(arrays[tensors.indices])
        let end = ContinuousClock.now + .seconds(seconds)
        var tries = 0
        repeat {
          let (helps, results) = try AwakeTeam.helps { try function.call(with: given) }
          #expect(results == Array(expected[tensors.indices]), "\(threads) threads")
          if helps { return true }
          tries += 1
        } while tries < 20 || ContinuousClock.now < end
        return false
      }
      for threads in [2, 3, 7] {
        // Whatever workers do for all of them they do for whole steps.
        for one in x.indices {
          #expect(try !helps(x[one...one], threads: threads, seconds: 0), "sum \(one)")
        }
        let areShared = try helps(x[...], threads: threads, seconds: 60)
        #expect(areShared, "\(threads) threads")
        if !areShared { break }
      }
    }
  }
}
