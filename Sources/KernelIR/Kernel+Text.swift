import Arrays
import Scalars

extension Kernel: CustomStringConvertible {
  /// The text of a kernel without a name of its own.
  public var description: String { text(named: "kernel") }

  /// Returns the kernel's text.
  ///
  ///     kernel     = "kernel " name " (" arguments ") -> " arguments " {" space "}"
  ///     space      = "reduce " axes statement* ["finish" statement*]
  ///                | ("parallel " axes | "once") (statement* | stage*)
  ///     stage      = "stage " number ("for " axes | "once") statement (";" statement)*
  ///     statement  = (temporary | element) " = " expression
  ///                | accumulator " = " reduction [dtype] expression
  ///     axes       = index " in 0..<" extent ("," index " in 0..<" extent)*
  ///     element    = argument ["[" index ("," index)* "]"]
  ///
  /// An element is indexed by the axes that its access moves along. An accumulator is called by its
  /// reduction and its number in the kernel, `sum0`; its dtype is stated where the values are cast to
  /// it. Long statements of a stage have lines of their own.
  public func text(named name: String) -> String {
    var lines: [String] = []
    let outer = Array(axes[..<outerCount]), inner = Array(axes[outerCount...])
    var printer = StatementPrinter(kernel: self)
    if isFullReduction {
      let header = "  reduce \(Self.walk(inner))"
      let note = "-- chunks of at most \(Self.longestChunk), combined by a fixed tree"
      lines.append(header.padded(to: 57) + " " + note)
      for stage in stages where stage.loops { lines += printer.statements(of: stage).indented(4) }
      let finish = stages.filter { !$0.loops }.flatMap { printer.statements(of: $0) }
      if !finish.isEmpty { lines += ["  finish"] + finish.indented(4) }
    } else {
      lines.append(outer.isEmpty ? "  once" : "  parallel \(Self.walk(outer))")
      for (number, stage) in stages.enumerated() {
        let statements = printer.statements(of: stage)
        let isPlain = stages.count == 1 && (!stage.loops || inner.isEmpty)
        lines += isPlain ? statements.indented(4) : line(number, stage, inner, statements)
      }
    }
    let list = { (isOutput: Bool) in
      arguments.indices.filter { arguments[$0].isOutput == isOutput }.map(declaration)
        .joined(separator: ", ")
    }
    return (["kernel \(name) (\(list(false))) -> \(list(true)) {"] + lines + ["}"])
      .joined(separator: "\n")
  }

  private func line(
    _ number: Int, _ stage: Stage, _ inner: [Axis], _ statements: [String]
  ) -> [String] {
    let loop = "for \(Self.walk(inner))"
    let head = "    stage \(number)  " + (stage.loops ? loop : "once".padded(to: loop.count))
    let joined = head + "   " + statements.joined(separator: ";  ")
    return joined.count <= 100 ? [joined] : [head.trimmed] + statements.indented(6)
  }

  private static func walk(_ axes: [Axis]) -> String {
    axes.map { "\($0.name) in 0..<\($0.extent)" }.joined(separator: ", ")
  }

  /// An argument with its dtype and the extents of the axes that it is walked along.
  private func declaration(_ number: Int) -> String {
    let argument = arguments[number]
    let access = accesses.first { $0.argument == number }
    let extents = zip(axes, access?.steps ?? []).filter { $1 != .broadcast }.map(\.0.extent)
    return "\(argument.name): \(argument.dtype.shortName)[\(extents.joined(separator: ","))]"
  }
}

/// Writes the statements of one stage after the other, numbering what has no name.
private struct StatementPrinter {
  let kernel: Kernel
  private var temporaries = 0
  private var accumulators: [String] = []

  init(kernel: Kernel) { self.kernel = kernel }

  mutating func statements(of stage: Stage) -> [String] {
    let (composite, isCast) = stage.withoutCasts()
    var (statements, results) = composite.text(
      inputs: stage.sources.map(source), temporaries: &temporaries)
    for (number, accumulator) in stage.accumulators.enumerated() {
      let reduction = accumulator.reduction.rawValue
      let operation = isCast[number] ? "\(reduction) \(accumulator.dtype.shortName) " : reduction
      statements.append("\(reduction)\(accumulators.count) = \(operation) \(results[number])")
      accumulators.append("\(reduction)\(accumulators.count)")
    }
    for (store, result) in zip(stage.stores, results[stage.accumulators.count...]) {
      statements.append("\(access(store.access)) = \(result)")
    }
    return statements
  }

  private func source(_ source: Source) -> String {
    switch source {
    case .load(let number): access(number)
    case .accumulator(let number): accumulators[number]
    case .scalar(let number): kernel.scalars[number]
    }
  }

  private func access(_ number: Int) -> String {
    let access = kernel.accesses[number]
    let indices = zip(kernel.axes, access.steps).filter { $1 != .broadcast }.map(\.0.name)
    let name = kernel.arguments[access.argument].name
    return indices.isEmpty ? name : "\(name)[\(indices.joined(separator: ","))]"
  }
}

extension Stage {
  /// The composite with one result for each accumulator and each store, without the casts that only
  /// bring values to their accumulators' dtypes; and for which accumulators that was done.
  fileprivate func withoutCasts() -> (Composite, isCast: [Bool]) {
    var uses = Array(repeating: 0, count: composite.lines.count)
    let used = (stores.map(\.result) + accumulators.map(\.result)).map { composite.results[$0] }
    for case .line(let number) in composite.lines.flatMap(\.operands) + used {
      uses[number] += 1
    }
    let casts = accumulators.map { accumulator -> Int? in
      guard case .line(let number) = composite.results[accumulator.result], uses[number] == 1,
        composite.lines[number].operation == .cast
      else { return nil }
      return number
    }
    var kept = composite
    kept.results = (accumulators.map(\.result) + stores.map(\.result)).map { composite.results[$0] }
    let short = kept.rebuilt { short, number, line in
      casts.contains(number) ? line.operands[0] : short.append(line)
    }
    return (short, casts.map { $0 != nil })
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }

  /// Without spaces at the end.
  fileprivate var trimmed: String {
    String(self[..<(lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)])
  }
}

extension [String] {
  fileprivate func indented(_ columns: Int) -> [String] {
    map { String(repeating: " ", count: columns) + $0 }
  }
}
