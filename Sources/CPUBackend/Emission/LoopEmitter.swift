internal import Arrays
internal import KernelIR

/// Writes walks through a part of a kernel's iteration space.
///
/// A range of a flattened space is cut into segments: runs along the last axis. The indices of the
/// axes before it are kept as on an odometer, so that only the beginning of a range costs divisions.
struct LoopEmitter {
  let writer: IRWriter
  let memory: MemoryEmitter

  /// A run along one axis.
  struct Segment {
    /// The addresses of all accesses at index 0 of the axis.
    let pointers: [IRValue]
    let axis: Int
    /// The indices of the run.
    let begin: IRValue
    let end: IRValue
    /// The position of index `begin` in the flattened space.
    let position: IRValue
  }

  private var extents: [IRValue] { memory.launch.extents }

  /// The number of points along `axes`.
  func count(_ axes: Range<Int>) -> IRValue {
    axes.reduce(.i64(1)) { writer.multiply($0, extents[$1]) }
  }

  /// Walks the positions from `begin` to `end` of the space of `axes`, at least one of them, segment
  /// by segment. No segment is empty.
  func segments(
    of axes: Range<Int>, from begin: IRValue, to end: IRValue, at pointers: [IRValue],
    carrying initial: [IRValue] = [], _ body: (Segment, [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    let last = axes.upperBound - 1
    return writer.when(writer.compare("icmp slt", begin, end), carrying: initial) {
      guard axes.count > 1 else {
        let segment = Segment(
          pointers: pointers, axis: last, begin: begin, end: end, position: begin)
        return body(segment, initial)
      }
      let indices = decode(begin, axes)
      let all = writer.repeatWhile(carrying: [begin] + indices + initial) { current in
        let (position, indices) = (current[0], Array(current[1...axes.count]))
        let column = indices[axes.count - 1]
        let left = writer.binary("sub nsw", end, position)
        let run = writer.binary("sub nsw", extents[last], column)
        let length = writer.call("llvm.smin.i64", [left, run], .i64)
        var places = pointers
        for (axis, index) in zip(axes.dropLast(), indices) {
          places = memory.advance(places, along: axis, by: index)
        }
        let segment = Segment(
          pointers: places, axis: last, begin: column, end: writer.add(column, length),
          position: position)
        let values = body(segment, Array(current[(axes.count + 1)...]))
        let next = writer.add(position, length)
        let turned = turn(Array(indices.dropLast()), axes.dropLast())
        return ([next] + turned + [.i64(0)] + values, writer.compare("icmp slt", next, end))
      }
      return Array(all[(axes.count + 1)...])
    }
  }

  /// The index along each of `axes` of a position in their flattened space.
  private func decode(_ position: IRValue, _ axes: Range<Int>) -> [IRValue] {
    if position.text == "0" { return axes.map { _ in .i64(0) } }
    var (rest, indices): (IRValue, [IRValue]) = (position, [])
    for axis in axes.dropFirst().reversed() {
      indices.insert(writer.binary("urem", rest, extents[axis]), at: 0)
      rest = writer.binary("udiv", rest, extents[axis])
    }
    return [rest] + indices
  }

  /// The indices one step on: the last one counts, and a full one starts again and passes it on.
  private func turn(_ indices: [IRValue], _ axes: Range<Int>) -> [IRValue] {
    var (result, carry): ([IRValue], IRValue) = ([], .i64(1))
    for (axis, index) in zip(axes, indices).reversed() {
      let next = writer.add(index, carry)
      guard axis != axes.lowerBound else { return [next] + result }
      let isFull = writer.compare("icmp eq", next, extents[axis])
      result.insert(writer.select(isFull, .i64(0), next), at: 0)
      carry = writer.convert("zext", isFull, to: .i64)
    }
    return result
  }

  /// Walks the same positions point by point; with no axes there is one point.
  func points(
    of axes: Range<Int>, from begin: IRValue, to end: IRValue, at pointers: [IRValue],
    carrying initial: [IRValue] = [],
    _ body: (_ pointers: [IRValue], _ position: IRValue, [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    if axes.isEmpty { return body(pointers, begin, initial) }
    return segments(of: axes, from: begin, to: end, at: pointers, carrying: initial) { segment, values in
      writer.loop(from: segment.begin, to: segment.end, carrying: values) { index, values in
        let places = memory.advance(segment.pointers, along: segment.axis, by: index)
        return body(places, position(of: index, in: segment), values)
      }
    }
  }

  /// Walks a segment strip by strip: the main strips, then the tail. `body` is written once for each.
  func strips(
    of segment: Segment, _ cut: Cut, carrying initial: [IRValue] = [],
    _ body: (_ index: IRValue, Strip, [IRValue]) -> [IRValue]
  ) -> [IRValue] {
    let length = writer.binary("sub nsw", segment.end, segment.begin)
    let whole = writer.binary("and", length, .i64(-cut.main.width))
    let middle = writer.add(segment.begin, whole)
    let values = writer.loop(
      from: segment.begin, to: middle, step: .i64(cut.main.width), carrying: initial
    ) { index, values in body(index, cut.main, values) }
    return writer.loop(
      from: middle, to: segment.end, step: .i64(cut.tail.width), carrying: values
    ) { index, values in
      guard cut.tailIsMasked else { return body(index, cut.tail, values) }
      let left = writer.binary("sub nsw", segment.end, index)
      let mask = mask(of: left, lanes: cut.tail.lanes)
      return body(index, Strip(lanes: cut.tail.lanes, units: 1, mask: mask), values)
    }
  }

  /// The mask whose first `count` lanes are on, all of them where `count` is greater.
  private func mask(of count: IRValue, lanes: Int) -> IRValue {
    let on = writer.call("llvm.smin.i64", [count, .i64(lanes)], .i64)
    let off = writer.binary("sub nsw", .i64(lanes), on)
    let type = IRType(.integer(lanes))
    let shift = lanes < 64 ? writer.convert("trunc", off, to: type) : off
    let bits = writer.binary("lshr", IRValue("-1", type), shift)
    return writer.convert("bitcast", bits, to: IRType(.bool, lanes: lanes))
  }

  /// The position in the flattened space of an index of a segment.
  func position(of index: IRValue, in segment: Segment) -> IRValue {
    if index == segment.begin { return segment.position }
    if segment.begin == segment.position { return index }
    return writer.add(segment.position, writer.binary("sub nsw", index, segment.begin))
  }
}
