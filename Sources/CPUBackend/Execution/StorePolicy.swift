import Arrays
import KernelIR

/// Which launches write past the caches.
///
/// A result that exceeds the last cache is gone from it before anybody reads it, and writing it the
/// usual way reads each line first: on one Zen 5 core a copy runs at 64 GB/s past the caches and at
/// 38 through them. Smaller results are left in the caches for whoever reads them next.
enum StorePolicy {
  /// The bytes of the last cache that a core can use. `sysconf` would tell those of the whole chip, of
  /// which a core reaches a part.
  static let lastCacheByteCount: Int = {
    let text = SystemFile.contents("/sys/devices/system/cpu/cpu0/cache/index3/size") ?? ""
    return Int(text.prefix { $0.isNumber }).map { $0 * 1024 } ?? 1 << 25
  }()

  /// Whether a launch touches more than the last cache holds, and mostly in order.
  static func passesCaches(_ launch: KernelLaunch) -> Bool {
    let (kernel, layout) = (launch.kernel, launch.layout)
    guard kernel.innerCount == 0 else { return false }
    return KernelCost.bytes(kernel, layout) > Double(lastCacheByteCount)
  }
}

extension LaunchPlan {
  /// The plan with the stores of each kernel chosen for this machine.
  func choosingStores() -> LaunchPlan {
    var plan = self
    for number in plan.steps.indices {
      guard case .kernel(var launch) = plan.steps[number] else { continue }
      launch.kernel.storesPastCaches = StorePolicy.passesCaches(launch)
      plan.steps[number] = .kernel(launch)
    }
    return plan
  }
}
