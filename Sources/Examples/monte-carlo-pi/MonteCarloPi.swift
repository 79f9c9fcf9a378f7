import ArgumentParser
import Foundation
import Martlet

/// Estimates π from random points: the share of them that lies in the unit circle is π / 4.
@main
struct MonteCarloPi: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "monte-carlo-pi",
    abstract: "Estimates π from random points, and times the compiled function that does it.")

  @Option(help: "How many random points there are.")
  var samples = 30_000

  @Option(help: "How often the function is called.")
  var calls = 100_000

  @Option(help: "The threads that may work on a call; several, as in 1,2,4, give a table.")
  var threads = ThreadCounts.standard

  @Option(help: "The type of the coordinates.")
  var dtype = Precision.float64

  @Option(help: "The type in which the points in the circle are counted.")
  var hits = HitType.int64

  @Option(help: "Whether the expression is a function or is run by a session that is fed.")
  var style = Style.function

  @Option(help: "The seed of the random numbers; a new one each time unless given.")
  var seed: UInt64?

  @Flag(help: "Print one line of JSON for each number of threads.")
  var json = false

  @Flag(
    help: "Print what the calls took, kernel by kernel, in the tables of Theano's profile and more."
  )
  var profile = false

  func validate() throws {
    if json, profile {
      throw ValidationError("--profile prints tables; it does not go with --json")
    }
    for (option, value) in [("--samples", samples), ("--calls", calls)] where value < 1 {
      throw ValidationError("\(option) takes a number from 1; got \(value)")
    }
  }

  func run() throws {
    let points = try Points(
      count: samples, dtype.dtype, seed: seed ?? UInt64.random(in: 0...UInt64.max))
    let report = Report(points: points, calls: calls)
    let isSweep = threads.counts.count > 1
    if isSweep, !json { print(report.heading) }
    for count in threads.counts {
      let estimate = Estimate(
        points: points, hits: hits, style: style, threads: count, isProfiled: profile)
      let measurement = try estimate.measured(calls: calls)
      if json {
        print(report.json(measurement))
      } else {
        print(isSweep ? report.row(measurement) : report.text(measurement))
      }
      if let profile = measurement.profile { print("\n" + profile.summary()) }
    }
  }
}
