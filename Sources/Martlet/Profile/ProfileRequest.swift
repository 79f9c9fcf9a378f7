import SymbolicGraph

/// Who wants to know about the calls of a function.
struct ProfileRequest {
  /// Whether the function itself was asked to count.
  var isAsked = false
  /// The session whose functions count together.
  var group: ProfileGroup?

  /// Makes the recorder of a function that is being compiled, unless nobody asks.
  ///
  /// Its place is that of the user's line that compiles it.
  func recorder(name: String, threads: Int, _ graph: Graph) -> FunctionRecorder? {
    let process = ProcessProfile.group
    if !isAsked, group == nil, process == nil { return nil }
    let recorder = FunctionRecorder(
      name: name, Origin.capture(), threads: threads, graph: graph)
    group?.add(recorder)
    process?.add(recorder)
    return recorder
  }
}
