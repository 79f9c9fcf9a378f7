import Testing

@testable import CPUBackend

@Suite("Thread budget")
struct ThreadBudgetTests {
  private func resolve(_ environment: [String: String]) -> (Int, [String]) {
    let (budget, complaints) = ThreadBudget.resolve(cores: 5) { environment[$0] }
    return (budget.threads, complaints)
  }

  @Test("The cores are the budget unless the environment says otherwise")
  func precedence() {
    #expect(resolve([:]) == (5, []))
    #expect(resolve(["OMP_NUM_THREADS": "3"]) == (3, []))
    #expect(resolve(["OMP_NUM_THREADS": "3", "MARTLET_NUM_THREADS": " 2 "]) == (2, []))
    #expect(resolve(["OMP_NUM_THREADS": "4,2,1", "MARTLET_NUM_THREADS": ""]) == (4, []))
  }

  @Test(
    "Values that make no sense are named and ignored",
    arguments: ["0", "-1", "257", "two", "1.5", ",2"])
  func nonsense(value: String) {
    let complaint =
      "martlet: MARTLET_NUM_THREADS takes a whole number from 1 to 256; got '\(value)', which is ignored"
    #expect(resolve(["MARTLET_NUM_THREADS": value]) == (5, [complaint]))
    #expect(resolve(["MARTLET_NUM_THREADS": value, "OMP_NUM_THREADS": "3"]) == (3, [complaint]))
  }

  @Test("A budget has from 1 to 256 threads")
  func bounds() {
    #expect(ThreadBudget(threads: 0).threads == 1)
    #expect(ThreadBudget(threads: 1000).threads == 256)
    #expect(ThreadBudget.availableCores >= 1)
  }

  @Test("A quota of version 2 is that of the tightest ancestor, rounded up")
  func version2() {
    let files = [
      "/proc/self/cgroup": "0::/a/b\n",
      "/sys/fs/cgroup/a/b/cpu.max": "max 100000\n",
      "/sys/fs/cgroup/a/cpu.max": "250000 100000\n",
      "/sys/fs/cgroup/cpu.max": "800000 100000\n",
    ]
    #expect(CPUQuota.cores { files[$0] } == 3)
  }

  @Test("A quota of version 1 is read from its two files")
  func version1() {
    let files = [
      "/proc/self/cgroup": "5:memory:/m\n4:cpu,cpuacct:/c\n0::/\n",
      "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_quota_us": "50000\n",
      "/sys/fs/cgroup/cpu,cpuacct/c/cpu.cfs_period_us": "100000\n",
    ]
    #expect(CPUQuota.cores { files[$0] } == 1)
  }

  @Test("No quota, no groups and nonsense mean no limit")
  func unlimited() {
    #expect(CPUQuota.cores { _ in nil } == nil)
    #expect(CPUQuota.cores { _ in "-1\n" } == nil)
    #expect(CPUQuota.cores { $0 == "/proc/self/cgroup" ? "4:cpu:/\n" : "-1" } == nil)
  }
}
