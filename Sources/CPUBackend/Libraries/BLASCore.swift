import CProcessor
import Glibc

/// Which of OpenBLAS's sets of kernels ("cores") runs, and the correction of its choice.
///
/// OpenBLAS looks its processor up in a list that ends with those known when it was built, and
/// gives a newer one kernels of 2013. It can be told to choose again, once, before anything else
/// runs.
enum BLASCore {
  /// The cores that use AVX-512, under the names that OpenBLAS reports.
  static let withAVX512: Set<String> = ["SkylakeX", "Cooperlake", "SapphireRapids"]

  /// A processor for which measurements prefer another core than OpenBLAS does.
  struct Preference {
    let vendor: processor_vendor_t
    let family: UInt32
    let core: String
  }

  /// Processors with AVX-512 that are measured; all others keep an AVX-512 core if they have one.
  ///
  /// Zen 4 (0.3.21 chooses Cooperlake), one thread, GFLOP/s for n = 64, 512, 1024, 2048:
  ///
  ///     core         float32                  float64
  ///     SkylakeX     113  106  103  106       58  51  53  54
  ///     Cooperlake   111  105  101  105       58  51  52  54
  ///     Haswell       84  111  108  110       46  50  50  50
  ///     Zen           75  108  106  110       43  50  50  50
  ///
  /// No core wins everywhere; SkylakeX loses 5 % where it loses and wins 8 to 40 % where it wins.
  static let preferences = [
    Preference(vendor: processor_vendor_amd, family: 0x19, core: "SkylakeX")
  ]

  /// Returns the core to use instead of `current`, or nil when `current` is right.
  static func replacement(for current: String, on processor: processor_identity_t) -> String? {
    guard processor.avx512 else { return nil }
    let measured = preferences.first {
      $0.vendor == processor.vendor && $0.family == processor.family
    }
    if let measured { return measured.core == current ? nil : measured.core }
    return withAVX512.contains(current) ? nil : "SkylakeX"
  }

  /// Makes OpenBLAS use `core`, if it was built with a choice of cores.
  ///
  /// Nothing may be inside OpenBLAS meanwhile. The variable is taken back, so that child processes
  /// choose for themselves.
  static func use(_ core: String) {
    typealias Routine = @convention(c) () -> Void
    // Looked up by name: builds for a single core lack both, and would not link.
    guard let quit = dlsym(nil, "gotoblas_dynamic_quit"),
      let start = dlsym(nil, "gotoblas_dynamic_init")
    else { return }
    setenv(variable, core, 1)
    // SAFETY: OpenBLAS defines both as `void (void)`.
    unsafeBitCast(quit, to: Routine.self)()
    unsafeBitCast(start, to: Routine.self)()
    unsetenv(variable)
  }

  /// Replaces the core that OpenBLAS has chosen when a better one is known and the user has not
  /// decided.
  static func correct(_ current: String) {
    guard getenv(variable) == nil else { return }
    if let core = replacement(for: current, on: processor_identify()) { use(core) }
  }

  /// By which the user decides.
  static let variable = "OPENBLAS_CORETYPE"
}
