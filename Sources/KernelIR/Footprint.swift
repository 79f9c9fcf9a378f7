internal import Arrays

/// Which bytes a step reads and writes.
package struct Footprint: Sendable {
  /// Bytes of one place.
  struct Span: Sendable {
    let place: LaunchPlan.Place
    let bytes: Range<Int>

    func overlaps(_ other: Span) -> Bool {
      place == other.place && bytes.overlaps(other.bytes)
    }
  }

  private var reads: [Span] = [], writes: [Span] = []

  /// - Parameters:
  ///   - scratch: Bytes of the workspace that the step uses for itself.
  ///   - overwritesInputs: Whether the bytes of a result may be those of an input.
  package init(
    _ step: LaunchPlan.Step, of plan: LaunchPlan, scratch: Range<Int>, overwritesInputs: Bool
  ) {
    switch step {
    case .kernel(let launch):
      for number in launch.kernel.accesses.indices {
        let argument = launch.kernel.argument(ofAccess: number)
        let span = Span(
          place: launch.addresses[number].place,
          bytes: launch.touched(number, argument.dtype.byteCount).bytes)
        if argument.isOutput { writes.append(span) } else { reads.append(span) }
      }
    case .matmul(let launch):
      reads = [
        launch.span(launch.a, rows: launch.m, columns: launch.k),
        launch.span(launch.b, rows: launch.k, columns: launch.n),
      ]
      let c = MatmulLaunch.Matrix(launch.c, isTransposed: false, leadingStride: launch.n)
      writes = [launch.span(c, rows: launch.m, columns: launch.n)]
    }
    if !scratch.isEmpty { writes.append(Span(place: .workspace, bytes: scratch)) }
    guard overwritesInputs else { return }
    writes += writes.compactMap { span in
      guard case .output(let number) = span.place, let donor = plan.outputs[number].donor else {
        return nil
      }
      return Span(place: .input(donor), bytes: .min..<Int.max)
    }
  }

  /// Whether the step may run only after `earlier`, which comes before it in the plan.
  package func mustFollow(_ earlier: Footprint) -> Bool {
    writes.contains { write in
      earlier.writes.contains(where: write.overlaps)
        || earlier.reads.contains(where: write.overlaps)
    } || reads.contains { earlier.writes.contains(where: $0.overlaps) }
  }
}

extension MatmulLaunch {
  /// The bytes from the first element of an operand to the last.
  fileprivate func span(_ matrix: Matrix, rows: Int, columns: Int) -> Footprint.Span {
    let (lines, length) = matrix.isTransposed ? (columns, rows) : (rows, columns)
    let count = lines == 0 || length == 0 ? 0 : (lines - 1) * matrix.leadingStride + length
    let start = matrix.address.byteOffset
    return Footprint.Span(
      place: matrix.address.place, bytes: start..<start + count * dtype.byteCount)
  }
}
