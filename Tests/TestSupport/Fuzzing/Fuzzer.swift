/// Runs random graphs, one seed after the other, until one fails.
package struct Fuzzer: Sendable {
  /// What is compared with the reference back end.
  package let executors: [Executor]

  package init(_ executors: [Executor]) { self.executors = executors }

  /// Runs the graphs of the given seeds.
  ///
  /// - Parameter worker: Which of the fuzzers that run side by side this is.
  /// - Throws: `FuzzFailure` with the first failing graph, made as small as it gets.
  package func run(_ seeds: some Sequence<UInt64>, worker: Int = 0) throws -> Coverage {
    CrashReport.install()
    var coverage = Coverage()
    for seed in seeds {
      CrashReport.begin(seed, { RandomGraph(seed: seed).recipe }, worker: worker)
      let recipe = RandomGraph(seed: seed).recipe
      do { coverage += try outcome(recipe) } catch {
        throw FuzzFailure(seed: seed, recipe: recipe, shrunk: shrunk(recipe))
      }
      CrashReport.end(worker: worker)
    }
    return coverage
  }

  private func outcome(_ recipe: Recipe) throws -> Coverage {
    let built = try recipe.built()
    return try compare(built.inputs, built.outputs, built.arrays, by: executors)
  }

  private func shrunk(_ recipe: Recipe) -> (recipe: Recipe, error: String) {
    func error(_ recipe: Recipe) -> String? {
      do { _ = try outcome(recipe) } catch { return "\(error)" }
      return nil
    }
    let small = recipe.shrunk { candidate in
      // A candidate that is ill-typed fails too, but not in the way that is looked for.
      do { _ = try outcome(candidate) } catch { return error is Disagreement }
      return false
    }
    return (small, error(small) ?? "")
  }
}

/// A graph on which back ends disagree.
package struct FuzzFailure: Error, CustomStringConvertible {
  let seed: UInt64
  let recipe: Recipe
  let shrunk: (recipe: Recipe, error: String)

  package var description: String {
    """
    graph of seed \(seed), \(recipe.steps.count) steps, shrunk to \(shrunk.recipe.steps.count):
    \(shrunk.error)

    \(shrunk.recipe.text)
    """
  }
}
