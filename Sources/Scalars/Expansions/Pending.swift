// Placeholders until the expansions of this table are written.
extension Expansions {
  static func pow(_ x: [Lane]) -> Lane { x[0] }
  static func expm1(_ x: [Lane]) -> Lane { x[0] }
  static func log1p(_ x: [Lane]) -> Lane { x[0] }
  static func tanh(_ x: [Lane]) -> Lane { x[0] }
  static func sigmoid(_ x: [Lane]) -> Lane { x[0] }
  static func softplus(_ x: [Lane]) -> Lane { x[0] }
  static func erf(_ x: [Lane]) -> Lane { x[0] }
  static func floatDivMod(_ a: Lane, _ b: Lane) -> (quotient: Lane, remainder: Lane) { (a, b) }
}
