extension ProfileTrace {
  /// The trace in the format of Chrome, which Perfetto opens: complete events in microseconds, one row
  /// for each thread.
  package var chromeJSON: String {
    var numbers: [UInt: Int] = [:]
    let callers = Set(events.lazy.filter { $0.category != .part }.map(\.thread))
    var lines: [String] = [Self.metadata("process_name", 0, "Martlet")]
    // Threads that call come first, in the order of their first events.
    for event in events where numbers[event.thread] == nil && callers.contains(event.thread) {
      numbers[event.thread] = numbers.count + 1
    }
    for event in events where numbers[event.thread] == nil {
      numbers[event.thread] = numbers.count + 1
    }
    for (thread, number) in numbers.sorted(by: { $0.value < $1.value }) {
      let role = callers.contains(thread) ? "caller" : "worker"
      lines.append(Self.metadata("thread_name", number, "\(role) \(number)"))
    }
    lines += events.map { Self.line($0, numbers[$0.thread] ?? 0) }
    return "{\"displayTimeUnit\": \"ns\",\n\"otherData\": {\"eventsLeftOut\": \(leftOut)},\n"
      + "\"traceEvents\": [\n" + lines.joined(separator: ",\n") + "\n]}\n"
  }

  private static func metadata(_ kind: String, _ thread: Int, _ name: String) -> String {
    "{\"ph\": \"M\", \"name\": \"\(kind)\", \"pid\": 1, \"tid\": \(thread), "
      + "\"args\": {\"name\": \(JSONText.quoted(name))}}"
  }

  private static func line(_ event: Event, _ thread: Int) -> String {
    "{\"ph\": \"X\", \"name\": \(JSONText.quoted(event.name)), \"cat\": \"\(event.category.rawValue)\", "
      + "\"pid\": 1, \"tid\": \(thread), \"ts\": \(microseconds(event.start)), "
      + "\"dur\": \(microseconds(event.end - event.start))}"
  }

  /// Nanoseconds as microseconds, without rounding: events that touch must not overlap.
  private static func microseconds(_ nanoseconds: Int) -> String {
    let (whole, rest) = max(nanoseconds, 0).quotientAndRemainder(dividingBy: 1000)
    let digits = String(rest)
    return "\(whole).\(String(repeating: "0", count: 3 - digits.count))\(digits)"
  }
}
