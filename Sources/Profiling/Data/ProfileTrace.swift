/// The events of a profile in the order of time, for a trace.
package struct ProfileTrace: Sendable {
  /// What happened on one thread for a while.
  package struct Event: Sendable, Equatable {
    package var name: String
    package var category: Category
    /// The thread, by any number that tells it from others.
    package var thread: UInt
    /// Nanoseconds since the first function was compiled.
    package var start: Int, end: Int

    package init(name: String, category: Category, thread: UInt, start: Int, end: Int) {
      self.name = name
      self.category = category
      self.thread = thread
      self.start = start
      self.end = end
    }
  }

  /// What an event tells of.
  package enum Category: String, Sendable {
    /// A call of a function.
    case call
    /// A step of a call, on the thread of the caller.
    case step
    /// What one thread did of the loops of a step.
    case part
  }

  package var events: [Event]
  /// The events that there was no room for.
  package var leftOut: Int

  package init(events: [Event], leftOut: Int) {
    self.events = events
    self.leftOut = leftOut
  }
}
