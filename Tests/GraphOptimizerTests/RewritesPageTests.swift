import Foundation
import Testing

@testable import GraphOptimizer

/// The page about rewrites beside the tables and passes that it speaks of.
@Suite("The page about rewrites")
struct RewritesPageTests {
  private static let path = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/Martlet/Documentation.docc/Rewrites.md")

  @Test(
    "has every rule of every set, and no other",
    arguments: [
      RuleSet.canonicalize, .powers, .stabilize, .specialize,
    ].map(\.name))
  func rules(name: String) throws {
    let sets = [RuleSet.canonicalize, .powers, .stabilize, .specialize]
    let set = try #require(sets.first { $0.name == name })
    let page = try String(contentsOf: Self.path, encoding: .utf8)
    let section = page.components(separatedBy: "\n### \(name)\n").last ?? ""
    let rows = section.prefix(upTo: section.firstRange(of: "\n#")?.lowerBound ?? section.endIndex)
      .split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    let wanted = set.ownRules.map { Self.row($0.rule) }
    #expect(rows == wanted, "\(wanted.joined(separator: "\n"))")
  }

  private static func row(_ rule: Rule) -> String {
    let conditions = rule.conditions.map { "`\($0)`" }
    let notes = conditions + (rule.rounding == .differs ? ["rounds otherwise"] : [])
    let cells = [
      "`\(rule.name)`", "`\(rule.pattern)`", "`\(rule.replacement)`", notes.joined(separator: ", "),
    ]
    return "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
  }

  @Test("names every pass of the pipeline")
  func passes() throws {
    let page = try String(contentsOf: Self.path, encoding: .utf8)
    for pass in Pipeline.standard.passes { #expect(page.contains("`\(pass.name)`")) }
  }
}
