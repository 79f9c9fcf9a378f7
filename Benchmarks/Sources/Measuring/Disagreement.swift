/// What is thrown when Martlet and a limit compute different things.
public struct Disagreement: Error, CustomStringConvertible {
  private let workload: String
  private let difference: Double
  private let tolerance: Double

  /// What the user reads.
  public var description: String {
    "\(workload): Martlet's result differs from the limit's by \(difference);"
      + " rounding explains \(tolerance)"
  }

  /// Throws unless a difference is one that rounding explains.
  public static func check(
    _ workload: String, difference: Double, within tolerance: Double
  ) throws {
    guard abs(difference) <= tolerance else {
      throw Disagreement(workload: workload, difference: difference, tolerance: tolerance)
    }
  }
}
