import Arrays
import Scalars

extension Kernel: CustomStringConvertible {
  /// The text of the kernel without a name of its own.
  public var description: String { text(named: "") }

  /// The kernel's text.
  ///
  ///     kernel   = "kernel " name " (" arguments ") -> " arguments " {" [space] stage* "}"
  ///     space    = "parallel " axis ("," axis)*
  ///     stage    = ("reduce " | "for ") axes line* | "finish" line* | line*
  ///     line     = temporary " = " expression | accumulator " = " reduction " " dtype " " expression
  ///              | element " = " expression
  ///     axis     = index " in 0..<" extent
  ///     element  = argument "[" index ("," index)* "]"
  ///
  /// An element is indexed by the axes that its access moves along. Accumulators are `a0`, `a1`, in
  /// the order of the stages.
  public func text(named name: String) -> String {
    let label = name.isEmpty ? "kernel" : "kernel \(name)"
    let inputs = arguments.indices.filter { !arguments[$0].isOutput }.map(declaration)
    let outputs = arguments.indices.filter { arguments[$0].isOutput }.map(declaration)
    var body: [String] = []
    let indent = outerCount > 0 ? "  " : ""
    if outerCount > 0 { body.append("parallel " + text(axes[..<outerCount])) }
    var accumulator = 0
    var temporaries = 0
    for stage in stages {
      let isFirst = body.count == (outerCount > 0 ? 1 : 0)
      if stage.loops {
        let loop = text(axes[outerCount...])
        body.append(
          isFullReduction
            ? "reduce \(loop)  -- fixed chunks, combined by a fixed tree" : "\(indent)for \(loop)")
      } else if !isFirst {
        body.append("\(indent)finish")
      }
      let inner = indent + (stage.loops || !isFirst ? "  " : "")
      body += lines(of: stage, &accumulator, &temporaries).map { inner + $0 }
    }
    let signature = "(\(inputs.joined(separator: ", "))) -> \(outputs.joined(separator: ", "))"
    return (["\(label) \(signature) {"] + body.map { "  " + $0 } + ["}"]).joined(separator: "\n")
  }

  private func text(_ axes: ArraySlice<Axis>) -> String {
    axes.map { "\($0.name) in 0..<\($0.extent)" }.joined(separator: ", ")
  }

  /// An argument with the extents of the axes that its first access moves along.
  private func declaration(_ number: Int) -> String {
    let access = accesses.first { $0.argument == number }
    let extents = zip(axes, access?.steps ?? []).filter { $1 != .broadcast }.map(\.0.extent)
    let argument = arguments[number]
    return "\(argument.name): \(argument.dtype.shortName)[\(extents.joined(separator: ","))]"
  }

  private func element(_ number: Int) -> String {
    let access = accesses[number]
    let indices = zip(axes, access.steps).filter { $1 != .broadcast }.map(\.0.name)
    let name = arguments[access.argument].name
    return indices.isEmpty ? name : "\(name)[\(indices.joined(separator: ","))]"
  }

  private func lines(of stage: Stage, _ accumulator: inout Int, _ temporaries: inout Int) -> [String] {
    let names = stage.sources.map { source in
      switch source {
      case .load(let access): element(access)
      case .accumulator(let number): "a\(number)"
      case .scalar(let number): scalars[number]
      }
    }
    let (definitions, results) = stage.composite.text(inputs: names, temporaries: &temporaries)
    var lines = definitions
    for store in stage.stores { lines.append("\(element(store.access)) = \(results[store.result])") }
    for running in stage.accumulators {
      let operation = "\(running.reduction.rawValue) \(running.dtype.shortName)"
      lines.append("a\(accumulator) = \(operation)  \(results[running.result])")
      accumulator += 1
    }
    return lines
  }
}
