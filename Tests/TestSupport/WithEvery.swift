/// Runs `body` for every one of `cases`; what it throws is thrown on together with the case.
///
/// Nested calls print their labels from the outside in: `dtype float32, layout reversed: …`. For
/// expectations that only record an issue, pass `label` to them as the comment.
package func withEvery<Case>(
  _ label: String, in cases: some Sequence<Case>, _ body: (Case) throws -> Void
) throws {
  for element in cases {
    do { try body(element) } catch let failure as LabelledFailure {
      throw LabelledFailure(labels: ["\(label) \(element)"] + failure.labels, cause: failure.cause)
    } catch {
      throw LabelledFailure(labels: ["\(label) \(element)"], cause: error)
    }
  }
}

/// What went wrong, and under which of several cases.
package struct LabelledFailure: Error, CustomStringConvertible {
  let labels: [String]
  let cause: any Error

  package var description: String { labels.joined(separator: ", ") + ": \(cause)" }
}
