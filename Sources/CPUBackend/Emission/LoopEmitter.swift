internal import Arrays
internal import KernelIR

/// Writes walks through a part of a kernel's iteration space.
///
/// A range of a flattened space is cut into segments: runs along the last axis. The indices of the
/// axes before it are kept as on an odometer, so that only the beginning of a range costs divisions.
struct LoopEmitter {
  let writer: IRWriter
  let memory: MemoryEmitter
  let target: VectorTarget

  /// A run along one axis.
  struct Segment {
    /// The addresses of all accesses at index 0 of the axis.
    let pointers: [IRValue]
    let axis: Int
    /// The indices of the run.
    var begin: IRValue
    var end: IRValue
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
    return segments(of: axes, from: begin, to: end, at: pointers, carrying: initial) {
      segment, values in
      writer.loop(from: segment.begin, to: segment.end, carrying: values) { index, values in
        let places = memory.advance(segment.pointers, along: segment.axis, by: index)
        return body(places, position(of: index, in: segment), values)
      }
    }
  }

  /// Walks along a segment in groups of `count` indices as long as they fit, and returns where it stops.
  func groups(of segment: Segment, _ count: Int, _ body: (_ index: IRValue) -> Void) -> IRValue {
    let limit = writer.add(segment.end, .i64(1 - count))
    let fits = writer.compare("icmp slt", segment.begin, limit)
    return writer.when(fits, carrying: [segment.begin]) {
      writer.repeatWhile(carrying: [segment.begin]) { current in
        body(current[0])
        let next = writer.following(current[0], by: .i64(count))
        return ([next], writer.compare("icmp slt", next, limit))
      }
    }[0]
  }

  /// Walks from `index` on along a segment in the strips of one pass, and returns where it stops.
  ///
  /// Where there are `states`, `body` sees those of all vectors of the strip. Where all results would go
  /// past the caches and are not aligned, it stops at once.
  func strips(
    of segment: Segment, from index: IRValue, _ pass: Cut.Pass, carrying initial: [IRValue] = [],
    as states: StripStates? = nil,
    _ body: (_ index: IRValue, Strip, [IRValue]) -> [IRValue]
  ) -> (index: IRValue, values: [IRValue]) {
    let limit = writer.add(segment.end, .i64(1 - pass.minimum))
    func walk(
      _ index: IRValue, _ values: [IRValue], to limit: IRValue, in strip: Strip
    ) -> [IRValue] {
      let base = states?.hasPositions == true ? position(of: index, in: segment) : .i64(0)
      let wide = states?.widened(values, to: strip) ?? values
      let initial = [index] + (states?.accumulation.entering(wide, strip, at: base) ?? wide)
      func step(_ current: [IRValue]) -> (values: [IRValue], condition: IRValue) {
        let strip =
          pass.isMasked ? masked(strip, of: pass, from: current[0], to: segment.end) : strip
        let values = body(current[0], strip, Array(current.dropFirst()))
        let next = writer.following(current[0], by: .i64(strip.step))
        return ([next] + values, writer.compare("icmp slt", next, limit))
      }
      let inside =
        pass.isSingle ? step(initial).values : writer.repeatWhile(carrying: initial, step)
      guard let states else { return inside }
      let after = Array(inside.dropFirst())
      return [inside[0]] + states.accumulation.leaving(after, values, strip, from: base)
    }
    let fits = writer.compare("icmp slt", index, limit)
    let condition = pass.strip.isPastCaches ? pass.strip.isAligned : nil
    let enters = condition.map { writer.binary("and", fits, $0) } ?? fits
    let all = writer.when(enters, carrying: [index] + initial) {
      if pass.isStreams {
        let (strip, length) = divided(pass.strip, from: index, to: segment.end)
        let values = walk(index, initial, to: writer.add(index, length), in: strip).dropFirst()
        let all = writer.multiply(length, .i64(strip.units))
        return [writer.add(index, all)] + values
      }
      guard let states, let length = states.blockLength ?? states.longestWalk else {
        return walk(index, initial, to: limit, in: pass.strip)
      }
      return writer.repeatWhile(carrying: [index] + initial) { current in
        let end = writer.call(
          "llvm.smin.i64", [writer.add(current[0], .i64(length)), limit], .i64)
        guard states.blockLength != nil else {
          let walked = walk(current[0], Array(current.dropFirst()), to: end, in: pass.strip)
          return (walked, writer.compare("icmp slt", walked[0], limit))
        }
        let block = walk(
          current[0], states.initial(lanes: pass.strip.lanes), to: end, in: pass.strip)
        let values = states.merged(Array(current.dropFirst()), Array(block.dropFirst()))
        return ([block[0]] + values, writer.compare("icmp slt", block[0], limit))
      }
    }
    return (all[0], Array(all.dropFirst()))
  }

  /// The strip whose vectors begin at equal distances, each with as many whole vectors to go as there
  /// are for all; and the length of these streams.
  private func divided(
    _ strip: Strip, from index: IRValue, to end: IRValue
  ) -> (strip: Strip, length: IRValue) {
    let vectors = writer.binary(
      "udiv", writer.binary("sub nsw", end, index), .i64(strip.width))
    let length = writer.multiply(vectors, .i64(strip.lanes))
    var strip = strip
    strip.streams = (0..<strip.units).map { writer.multiply(length, .i64($0)) }
    return (strip, length)
  }

  /// The strip with the lanes from `end` on switched off.
  private func masked(
    _ strip: Strip, of pass: Cut.Pass, from index: IRValue, to end: IRValue
  ) -> Strip {
    let left = writer.binary("sub nsw", end, index)
    var strip = strip
    strip.masks = (0..<strip.units).map { unit in
      let offset = strip.offset(ofUnit: unit)
      let isFirst = offset == .i64(0)
      let count = isFirst ? left : writer.binary("sub nsw", left, offset)
      let capped = writer.call("llvm.smin.i64", [count, .i64(strip.lanes)], .i64)
      return mask(
        of: isFirst ? capped : writer.call("llvm.smax.i64", [capped, .i64(0)], .i64),
        lanes: strip.lanes)
    }
    if !target.hasMaskRegisters, !pass.isSingle {
      strip.isWhole = writer.compare("icmp sge", left, .i64(strip.width))
    }
    return strip
  }

  /// The mask whose first `count` lanes are on.
  func mask(of count: IRValue, lanes: Int) -> IRValue {
    let type = IRType(.integer(lanes))
    if lanes == 64 {
      let isNone = writer.compare("icmp eq", count, .i64(0))
      let bits = writer.binary("lshr", .i64(-1), writer.binary("sub nsw", .i64(64), count))
      let safe = writer.select(isNone, .i64(0), bits)
      return writer.convert("bitcast", safe, to: IRType(.bool, lanes: lanes))
    }
    // LLVM 19 spills a mask of fewer than 16 bits made from an integer without clearing the rest, and
    // the masked store that reloads it writes beyond its lanes.
    guard target.hasMaskRegisters, lanes >= 16, !target.hasHalfRegisters else {
      // Compared in lanes as wide as those that the mask is for.
      let element = IRType.Element.integer(min(64, target.vectorByteCount * 8 / lanes))
      let limit = writer.convert("trunc", count, to: IRType(element))
      let steps = IRValue(Array(0..<lanes), element)
      return writer.compare("icmp slt", steps, writer.splat(limit, lanes: lanes))
    }
    let above = writer.binary("shl", .i64(1), count)
    let bits = writer.convert("trunc", writer.binary("sub", above, .i64(1)), to: type)
    return writer.convert("bitcast", bits, to: IRType(.bool, lanes: lanes))
  }

  /// The position in the flattened space of an index of a segment.
  func position(of index: IRValue, in segment: Segment) -> IRValue {
    if index == segment.begin { return segment.position }
    if segment.begin == segment.position { return index }
    return writer.add(segment.position, writer.binary("sub nsw", index, segment.begin))
  }
}
