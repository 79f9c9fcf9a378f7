import Glibc

extension Double {
  /// Whether a logarithmic axis has a place for it.
  var isPositive: Bool { isFinite && self > 0 }

  /// The angle whose tangent it is.
  var arctangentInDegrees: Double { atan(self) * 180 / .pi }
}
