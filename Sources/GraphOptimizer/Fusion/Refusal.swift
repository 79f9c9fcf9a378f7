/// Why a value is not computed in the kernel of a neighbour.
struct Refusal {
  /// The value.
  let value: Int
  /// The number of the item that it did not join.
  let item: Int
  let reason: Reason

  /// What stands between the two, as the end of a sentence.
  enum Reason: String {
    case unrelated = "neither reads what the other reads or makes"
    case libraryCall = "that is a library call"
    case tooLong = "the kernel would have more than 256 operations"
    case order = "it reads what is computed only after that kernel"
    case otherAxes = "the two reduce different axes"
    case otherLengths = "their shapes differ, or are not known to be equal"
    case misaligned = "the reduced value lies along other axes than those that were reduced"
    case wholeArray = "a reduction of a whole array is complete only when its kernel ends"
  }
}
