import CProcessor
import Glibc

/// Which library computes the matrix products, and whether it does so as fast as it could.
package struct BLASReport: Sendable, Equatable {
  /// The library's version and build options, as it tells them.
  package let configuration: String
  /// The kernels in use, as the library names them: `SkylakeX`.
  package let core: String
  /// The kernels that the library chose by itself.
  package let chosenCore: String
  /// The kernels that this processor would be better served with; nil where those in use are right.
  package let betterCore: String?
  /// What the user has set `OPENBLAS_CORETYPE` to, which decides about the kernels.
  package let variable: String?

  /// The library's name and version, the first words of the configuration: `OpenBLAS 0.3.21`.
  package var version: String {
    configuration.split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// Asks the library.
  package static func make() -> BLASReport {
    let core = BLAS.core
    return BLASReport(
      configuration: BLAS.configuration, core: core, chosenCore: BLAS.chosenCore,
      betterCore: BLASCore.replacement(for: core, on: processor_identify()),
      variable: getenv(BLASCore.variable).map { String(cString: $0) })
  }
}
