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

  /// What a launch reads and writes, if it is one whose results may pass the caches.
  static func byteCount(_ launch: KernelLaunch) -> Double {
    launch.kernel.innerCount == 0 ? KernelCost.bytes(launch.kernel, launch.layout) : 0
  }
}

extension LaunchPlan {
  /// The plan with the stores of each kernel chosen for this machine: past the caches where the launch
  /// alone touches more than they hold, or all launches together do and no later one reads the result.
  func choosingStores() -> LaunchPlan {
    var plan = self
    let limit = Double(StorePolicy.lastCacheByteCount)
    let launches: [KernelLaunch?] = steps.map { step in
      if case .kernel(let launch) = step { launch } else { nil }
    }
    let all = launches.compactMap { $0.map(StorePolicy.byteCount) }.reduce(0, +)
    if all <= limit { return plan }
    var readLater: Set<Place> = []
    for number in steps.indices.reversed() {
      if var launch = launches[number] {
        let writes = launch.writtenPlaces
        let isFinal = writes.isDisjoint(with: readLater) && !writes.contains(.workspace)
        launch.kernel.storesPastCaches =
          launch.kernel.innerCount == 0 && (isFinal || StorePolicy.byteCount(launch) > limit)
        plan.steps[number] = .kernel(launch)
      }
      readLater.formUnion(steps[number].readPlaces)
    }
    return plan
  }
}

extension KernelLaunch {
  /// Whose bytes the kernel writes.
  fileprivate var writtenPlaces: Set<LaunchPlan.Place> { places { $0.isOutput } }

  /// Whose bytes the kernel reads.
  fileprivate var readPlaces: Set<LaunchPlan.Place> { places { !$0.isOutput } }

  private func places(where holds: (Argument) -> Bool) -> Set<LaunchPlan.Place> {
    Set(
      zip(kernel.accesses, addresses).filter { holds(kernel.arguments[$0.0.argument]) }
        .map(\.1.place))
  }
}

extension LaunchPlan.Step {
  /// Whose bytes the step reads.
  fileprivate var readPlaces: Set<LaunchPlan.Place> {
    switch self {
    case .kernel(let launch): launch.readPlaces
    case .matmul(let launch): [launch.a.address.place, launch.b.address.place]
    }
  }
}
