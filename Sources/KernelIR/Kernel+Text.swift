import Arrays
import Scalars

extension Kernel: CustomStringConvertible {
  /// The text of a kernel without a name of its own.
  public var description: String { text(named: "kernel") }

  /// Returns the kernel's text.
  ///
  ///     kernel     = "kernel " name " (" arguments ") -> " arguments " {" space "}"
  ///     space      = "parallel " axes stage* | "reduce " axes statement* ["finish" statement*] | "once" …
  ///     stage      = ["stage " number ("for " axes | "once")] statements
  ///     statements = statement (";  " statement)*, or one a line where they are long
  ///     statement  = access " = " value | accumulator " = " reduction [dtype] value | temporary " = " value
  ///     value      = operation "(" values ")" | dtype "(" value ")" | access | constant | name
  ///
  /// A value that is used twice has a name (`t0`), as an accumulator has (`sum0`). The dtype of an
  /// accumulator is shown where it differs from that of its values.
  public func text(named name: String) -> String {
    var lines: [String] = []
    let outer = Array(axes[..<outerCount]), inner = Array(axes[outerCount...])
    var printer = StatementPrinter(kernel: self)
    if isFullReduction {
      let header = "  reduce \(Self.walk(inner))"
      let note = "-- chunks of \(Self.chunkLength), combined by a fixed tree"
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
    return "kernel \(name) (\(list(false))) -> \(list(true)) {\n"
      + lines.map { $0 + "\n" }.joined() + "}\n"
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

  /// Values longer than this get a name, so that lines stay readable and chains stay short.
  private static let longest = 72

  mutating func statements(of stage: Stage) -> [String] {
    let composite = stage.composite
    var (statements, texts): ([String], [String]) = ([], [])
    let uses = useCounts(stage)
    func text(_ operand: Composite.Operand) -> String {
      switch operand {
      case .input(let number): source(stage.sources[number])
      case .constant(let scalar): scalar.description
      case .line(let number): texts[number]
      }
    }
    for (number, line) in composite.lines.enumerated() {
      let operands = line.operands.map(text).joined(separator: ", ")
      let name = line.operation == .cast ? line.dtype.shortName : line.operation.rawValue
      var value = "\(name)(\(operands))"
      if uses[number] > 1 || (uses[number] == 1 && value.count > Self.longest) {
        statements.append("t\(temporaries) = \(value)")
        value = "t\(temporaries)"
        temporaries += 1
      }
      texts.append(value)
    }
    for accumulator in stage.accumulators {
      let (dtype, value) = accumulated(accumulator, composite, uses)
      let name = "\(accumulator.reduction.rawValue)\(accumulators.count)"
      accumulators.append(name)
      statements.append("\(name) = \(accumulator.reduction.rawValue) \(dtype)\(text(value))")
    }
    for store in stage.stores {
      statements.append("\(access(store.access)) = \(text(composite.results[store.result]))")
    }
    return statements
  }

  /// What is accumulated: without the cast to the accumulator's dtype, which is stated instead.
  private func accumulated(
    _ accumulator: Accumulator, _ composite: Composite, _ uses: [Int]
  ) -> (dtype: String, value: Composite.Operand) {
    let result = composite.results[accumulator.result]
    guard case .line(let number) = result, uses[number] == 1,
      composite.lines[number].operation == .cast
    else { return ("", result) }
    return ("\(accumulator.dtype.shortName)  ", composite.lines[number].operands[0])
  }

  /// How often each line is used, by lines and by what the stage keeps.
  private func useCounts(_ stage: Stage) -> [Int] {
    var counts = Array(repeating: 0, count: stage.composite.lines.count)
    let results = (stage.stores.map(\.result) + stage.accumulators.map(\.result))
      .map { stage.composite.results[$0] }
    for case .line(let number) in stage.composite.lines.flatMap(\.operands) + results {
      counts[number] += 1
    }
    return counts
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
    return indices.isEmpty ? name : "\(name)[\(indices.joined(separator: ", "))]"
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
