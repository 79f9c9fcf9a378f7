import Arrays
import KernelIR

extension Binder {
  /// What the launches of one step need besides its operands and results.
  struct Scratch {
    fileprivate let firstBuffer: Int, firstStep: Int
    fileprivate var views: [BoundView] = []

    fileprivate init(after result: LaunchPlan) {
      (firstBuffer, firstStep) = (result.buffers.count, result.steps.count)
    }
  }

  func openScratch() -> Scratch { Scratch(after: result) }

  /// Gives what the next launch writes a place.
  mutating func take(
    _ dtype: DType, _ shape: [Int], from scratch: inout Scratch, label: String = "copy"
  ) -> BoundView {
    var view = BoundView(LaunchPlan.Address(.workspace), dtype, shape)
    view.address = newIntermediate(view.byteCount)
    noteBuffer(nil, view, label: label)
    scratch.views.append(view)
    return view
  }

  /// Notes that operands were copied, and that the step itself writes what it writes from here on.
  mutating func noteCopies(to scratch: Scratch) {
    for number in result.buffers[..<scratch.firstBuffer].indices.reversed() {
      guard result.buffers[number].first == scratch.firstStep else { break }
      result.buffers[number].first = result.steps.count
    }
  }

  /// Gives all of it back.
  mutating func close(_ scratch: Scratch) {
    for view in scratch.views {
      workspace.giveBack(view.address.byteOffset, view.byteCount, users: [step])
    }
    for number in scratch.firstBuffer..<result.buffers.count
    where result.buffers[number].last == nil {
      result.buffers[number].last = result.steps.count - 1
    }
  }
}
