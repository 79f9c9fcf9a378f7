import Arrays
import Testing

@testable import CPUBackend

@Suite("Workspaces between calls")
struct IdleWorkspaceTests {
  private func block(_ byteCount: Int) throws -> ArrayStorage {
    try ArrayStorage.allocate(byteCount: byteCount)
  }

  @Test("All plans together keep so many bytes, those that were used last")
  func limit() throws {
    let idle = IdleWorkspaces(limit: 10_000)
    let plans = (0..<4).map { _ in WorkspacePool(byteCount: 1) }.map(ObjectIdentifier.init)
    for plan in plans { idle.giveBack(try block(4000), of: plan) }
    #expect(idle.byteCount == 8000)
    #expect(plans.map { idle.take($0) != nil } == [false, false, true, true])
    #expect(idle.byteCount == 0)

    idle.giveBack(try block(4000), of: plans[0])
    idle.giveBack(try block(20_000), of: plans[1])
    #expect(idle.byteCount == 20_000)
    idle.giveBack(try block(4000), of: plans[2])
    #expect(idle.byteCount == 4000)
  }

  @Test("A plan gets its own blocks, the newest first, and none when it is forgotten")
  func owners() throws {
    let idle = IdleWorkspaces(limit: 1 << 20)
    let pools = [WorkspacePool(byteCount: 1), WorkspacePool(byteCount: 1)]
    let (first, second) = (ObjectIdentifier(pools[0]), ObjectIdentifier(pools[1]))
    let blocks = try (0..<3).map { _ in try block(4000) }
    idle.giveBack(blocks[0], of: first)
    idle.giveBack(blocks[1], of: second)
    idle.giveBack(blocks[2], of: first)
    #expect(idle.take(first) === blocks[2])
    #expect(idle.take(first) === blocks[0])
    #expect(idle.take(first) == nil)
    idle.forget(second)
    #expect(idle.byteCount == 0)
    idle.giveBack(blocks[0], of: first)
    idle.removeAll()
    #expect(idle.take(first) == nil)
  }

  @Test("A large block is kept from call to call, as long as there is the plan")
  func pool() throws {
    let idle = IdleWorkspaces(limit: 1 << 30)
    var pool: WorkspacePool? = WorkspacePool(
      byteCount: IdleWorkspaces.leastByteCount, keptIn: idle)
    let block = try #require(try pool?.take())
    pool?.giveBack(block)
    #expect(try pool?.take() === block)
    pool?.giveBack(block)
    #expect(idle.byteCount == IdleWorkspaces.leastByteCount)
    pool = nil
    #expect(idle.byteCount == 0)
  }
}
