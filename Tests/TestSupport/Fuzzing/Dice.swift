/// Random choices that are the same for the same seed on every machine: SplitMix64.
package struct Dice: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed &* 0xD129_0BBD_0F3A_5C7F &+ 0x9E37_79B9_7F4A_7C15 }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Says yes with the given probability.
  package mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }

  /// One of the numbers of a range.
  package mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &self)
  }

  /// One of several; the list must not be empty.
  package mutating func pick<T>(_ choices: [T]) -> T { choices[number(0...(choices.count - 1))] }

  /// One of several, each as often as its weight says.
  package mutating func pick<T>(weighted choices: [(Int, T)]) -> T {
    var place = number(1...choices.reduce(0) { $0 + $1.0 })
    for (weight, choice) in choices {
      place -= weight
      if place <= 0 { return choice }
    }
    return choices[0].1
  }

  /// A new order of several.
  package mutating func shuffled<T>(_ elements: [T]) -> [T] { elements.shuffled(using: &self) }
}
