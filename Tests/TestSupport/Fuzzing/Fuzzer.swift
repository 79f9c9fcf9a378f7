/// Runs random graphs, one seed after the other.
package struct Fuzzer: Sendable {
  /// What is compared with the reference back end.
  package let executors: [Executor]
  /// How many failures end the run; those that come down to the same operations count as one.
  package var failureLimit = 1
  /// Names of operations, as functions spell them; graphs with one of them are left out.
  package var excluded: Set<String> = []

  package init(_ executors: [Executor]) { self.executors = executors }

  /// Runs the graphs of the given seeds.
  ///
  /// - Parameter worker: Which of the fuzzers that run side by side this is.
  /// - Throws: `FuzzFailures` with the failing graphs, each made as small as it gets.
  package func run(_ seeds: some Sequence<UInt64>, worker: Int = 63) throws -> Coverage {
    CrashReport.install()
    var coverage = Coverage()
    var failures: [FuzzFailure] = []
    for seed in seeds where failures.count < failureLimit {
      let recipe = RandomGraph(seed: seed).recipe
      if !excluded.isDisjoint(with: recipe.steps.map(\.form.name)) { continue }
      CrashReport.begin(seed, recipe, worker: worker)
      do { coverage += try outcome(recipe) } catch {
        let failure = FuzzFailure(seed: seed, recipe: recipe, shrunk: shrunk(recipe))
        if !failures.contains(where: failure.resembles) { failures.append(failure) }
      }
      CrashReport.end(worker: worker)
    }
    if failures.isEmpty { return coverage }
    throw FuzzFailures(failures: failures)
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

/// The graphs on which back ends disagree.
package struct FuzzFailures: Error, CustomStringConvertible {
  package let failures: [FuzzFailure]

  package var description: String { failures.map(\.description).joined(separator: "\n\n") }
}

/// A graph on which back ends disagree.
package struct FuzzFailure: Sendable, CustomStringConvertible {
  let seed: UInt64
  let recipe: Recipe
  let shrunk: (recipe: Recipe, error: String)

  /// Whether another failure comes down to the same operations.
  func resembles(_ other: FuzzFailure) -> Bool {
    shrunk.recipe.steps.map(\.form.name) == other.shrunk.recipe.steps.map(\.form.name)
  }

  package var description: String {
    """
    graph of seed \(seed), \(recipe.steps.count) steps, shrunk to \(shrunk.recipe.steps.count):
    \(shrunk.error)

    \(shrunk.recipe.text)
    """
  }
}
