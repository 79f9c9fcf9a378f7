internal import Arrays
internal import KernelIR

/// Writes the loads, stores and addresses of a kernel's accesses.
struct MemoryEmitter {
  let writer: IRWriter
  let kernel: Kernel
  let launch: LaunchValues
  /// The bytes of a register, and so the alignment that a store past the caches needs at most.
  let registerByteCount: Int

  /// The addresses of all accesses after `index` steps along `axis`.
  func advance(_ pointers: [IRValue], along axis: Int, by index: IRValue) -> [IRValue] {
    pointers.indices.map { advance(pointers[$0], $0, along: axis, by: index) }
  }

  /// The address of one access after `index` steps along `axis`.
  func advance(
    _ pointer: IRValue, _ access: Int, along axis: Int, by index: IRValue
  ) -> IRValue {
    let offset = writer.multiply(index, launch.strides[access][axis])
    return writer.address(pointer, plus: offset, of: .memory(dtype(of: access)))
  }

  /// Reads the element at `pointer`.
  func load(_ access: Int, at pointer: IRValue) -> IRValue {
    let dtype = dtype(of: access)
    return register(writer.load(.memory(dtype), pointer, align: dtype.byteCount), dtype)
  }

  /// Reads the elements of vector number `unit` of a strip that begins at `pointer` and lies along
  /// `axis`.
  func load(
    _ access: Int, at pointer: IRValue, along axis: Int, _ strip: Strip, unit: Int
  ) -> IRValue {
    let dtype = dtype(of: access)
    let start = start(ofUnit: unit, access, axis, strip, from: pointer)
    if strip.lanes == 1 { return load(access, at: start) }
    guard kernel.accesses[access].steps[axis] == .contiguous else {
      let elements = lanePointers(from: start, access, axis, count: strip.lanes)
        .map { writer.load(.memory(dtype), $0, align: dtype.byteCount) }
      return register(writer.gather(elements), dtype)
    }
    let type = IRType.memory(dtype, lanes: strip.lanes)
    guard let mask = strip.mask(unit) else {
      return register(writer.load(type, start, align: dtype.byteCount), dtype)
    }
    return register(self.load(access, at: start, masked: mask), dtype)
  }

  /// Reads elements side by side, as they lie in memory, where a mask is on, and zeros elsewhere.
  func load(_ access: Int, at pointer: IRValue, masked mask: IRValue) -> IRValue {
    let dtype = dtype(of: access), type = IRType.memory(dtype, lanes: mask.type.lanes)
    let operands = [pointer, .i32(dtype.byteCount), mask, IRValue("zeroinitializer", type)]
    return writer.call("llvm.masked.load.\(type.suffix).p0", operands, type)
  }

  /// Writes elements side by side, as they lie in memory, where a mask is on.
  func store(_ value: IRValue, _ access: Int, at pointer: IRValue, masked mask: IRValue) {
    let operands = [value, pointer, .i32(dtype(of: access).byteCount), mask].map(\.typed)
    writer.emit(
      "call void @llvm.masked.store.\(value.type.suffix).p0(\(operands.joined(separator: ", ")))")
  }

  /// Whether the lanes of `access` along `axis` lie side by side.
  func isContiguous(_ access: Int, along axis: Int) -> Bool {
    kernel.accesses[access].steps[axis] == .contiguous
  }

  /// Whether each step of `access` along `inner` leaves the cache lines of the step before, as down
  /// the rows of a matrix; the processor does not foresee such steps.
  func leavesLines(_ access: Int, along inner: Int) -> Bool {
    let steps = kernel.accesses[access].steps
    return steps[inner] == .strided && steps[..<inner].contains(.contiguous)
  }

  /// The elements from a strip to the one further along `inner` that is asked for beside it: so far that
  /// all strips between have `columnBytesAhead`; or, in a panel of several strips, in the next group of rows.
  func elementsAhead(
    _ access: Int, along inner: Int, _ strip: Strip, in group: PanelGroup?
  ) -> IRValue {
    let byteCount = strip.width * dtype(of: access).byteCount
    let far = IRValue.i64(max(Self.columnBytesAhead(stripByteCount: byteCount) / byteCount, 1))
    let rows = group.map { writer.select($0.isNarrow, far, .i64(KernelEmitter.panelRows)) } ?? far
    return writer.multiply(rows, launch.strides[access][inner])
  }

  /// Asks for the lines of a strip that lies so many elements further on, into the second cache. What lies
  /// beyond the end is asked for without harm.
  func prefetch(_ access: Int, at pointer: IRValue, ahead elements: IRValue, _ strip: Strip) {
    let start = writer.address(pointer, plus: elements, of: .memory(dtype(of: access)))
    prefetch(access, from: start, strip, level: 2)
  }

  /// Asks for what lies `bytesAhead` after a strip of elements that lie side by side.
  func prefetch(_ access: Int, at pointer: IRValue, _ strip: Strip, level: Int) {
    let (dtype, bytes) = (dtype(of: access), Self.bytesAhead)
    let ahead = writer.address(
      pointer, plus: .i64(bytes / dtype.byteCount), of: .memory(dtype))
    prefetch(access, from: ahead, strip, level: level)
  }

  /// Asks for the lines of a strip of elements that lie side by side from `start` on.
  func prefetch(_ access: Int, from start: IRValue, _ strip: Strip, level: Int) {
    let dtype = dtype(of: access)
    for element in stride(from: 0, to: strip.width, by: 64 / dtype.byteCount) {
      prefetch(writer.address(start, plus: .i64(element), of: .memory(dtype)), level: level)
    }
  }

  /// Asks for the cache line at `pointer`, wherever that is, in the first cache or the second.
  func prefetch(_ pointer: IRValue, level: Int = 1) {
    writer.emit("call void @llvm.prefetch.p0(\(pointer.typed), i32 0, i32 \(4 - level), i32 1)")
  }

  /// The bytes of a strip of columns between what is asked for and what is used. On Zen 5 the means and
  /// variances of 4,000 columns as long, in strips of 256 bytes, take 2.05 ms at 4 KB, 1.32 at 12, 1.17
  /// at 18 and 1.20 at 24; of 4,096 columns 2.45 ms at all of these but 3.7 at 16 and 32 KB, where rows a
  /// power of two apart share their places in the caches. The sums of 4,000 columns, in strips of 512
  /// bytes, take 1.38 ms at 11 KB, 1.43 at 8 and 1.46 at 18; of 2,000 columns 1.35 and 1.41 at 11 and 18.
  private static func columnBytesAhead(stripByteCount: Int) -> Int {
    (stripByteCount < 512 ? 72 : 44) * 256
  }
  /// The bytes between what is asked for and what is used. The processor's own prefetching ends with
  /// each page: on Zen 5 a sum of float32 in float64 reads 44 GB/s from memory without asking, 49 at a
  /// distance of 4 KB, and 55 at 8 or 16. From the second cache asking gains nothing: the seed program
  /// at 10,000 elements takes 0.98 µs with it and 0.80 without.
  private static let bytesAhead = 8192

  /// Writes `value` through `access`, as `load` reads.
  func store(
    _ value: IRValue, _ access: Int, at pointer: IRValue, along axis: Int?, _ strip: Strip,
    unit: Int
  ) {
    let dtype = dtype(of: access)
    let step = axis.map { kernel.accesses[access].steps[$0] } ?? .broadcast
    guard let axis, strip.lanes > 1, step != .broadcast else {
      // Where the lanes share an element there is only one point: an axis of extent 1.
      let start = axis.map { advance(pointer, access, $0, by: unit) } ?? pointer
      let first = writer.extract(value, lane: 0)
      writer.store(memory(first, dtype), start, align: dtype.byteCount)
      return
    }
    let start = start(ofUnit: unit, access, axis, strip, from: pointer)
    let stored = memory(value, dtype)
    if step == .strided {
      let targets = lanePointers(from: start, access, axis, count: strip.lanes)
      for (lane, target) in targets.enumerated() {
        writer.store(writer.extract(stored, lane: lane), target, align: dtype.byteCount)
      }
    } else if let mask = strip.mask(unit) {
      self.store(stored, access, at: start, masked: mask)
    } else if strip.isPastCaches, let byteCount = streamAlignment(access, strip) {
      writer.emit(
        "store \(stored.typed), \(start.typed), align \(byteCount), \(Self.nontemporal)")
    } else {
      writer.store(stored, start, align: dtype.byteCount)
    }
  }

  /// The metadata of a store past the caches, and of the branch that leads there.
  private static let nontemporal = "!nontemporal !0"
  static let mostlyAligned = "!prof !1"
  static let metadata = "!0 = !{i32 1}\n!1 = !{!\"branch_weights\", i32 1000, i32 1}\n"

  /// The alignment that a store past the caches needs, or nil where vectors are too short for it.
  private func streamAlignment(_ access: Int, _ strip: Strip) -> Int? {
    let byteCount = min(strip.lanes * dtype(of: access).byteCount, registerByteCount)
    return byteCount >= 16 ? byteCount : nil
  }

  /// A pass that begins at `pointers` and knows whether the results are aligned there, if they may go
  /// past the caches.
  func withAlignment(
    _ pass: Cut.Pass, of accesses: [Int], at pointers: [IRValue]
  ) -> Cut.Pass {
    guard pass.passesCaches else { return pass }
    var pass = pass
    pass.strip.isAligned = isAligned(accesses, at: pointers, pass.strip)
    return pass
  }

  /// Whether all stores past the caches would be aligned in strips of the row that begins at `pointers`, and of all
  /// others.
  func isAligned(_ accesses: [Int], at pointers: [IRValue], _ strip: Strip) -> IRValue {
    let offsets = accesses.flatMap { access in
      guard let byteCount = streamAlignment(access, strip) else { return [IRValue]() }
      let size = IRValue.i64(dtype(of: access).byteCount)
      // Results do not overlap, so where rows of vectors begin next to each other, there is one row.
      let steps = zip(kernel.accesses[access].steps, launch.strides[access]).dropLast()
        .filter { $0.0 == .strided }.map { writer.multiply($0.1, size) }
      return ([writer.convert("ptrtoint", pointers[access], to: .i64)] + steps).map {
        writer.binary("and", $0, .i64(byteCount - 1))
      }
    }
    let all = offsets.reduce(.i64(0)) { writer.binary("or", $0, $1) }
    return writer.compare("icmp eq", all, .i64(0))
  }

  /// The dtype of what an access reads or writes.
  func dtype(of access: Int) -> DType {
    kernel.argument(ofAccess: access).dtype
  }

  /// The address of a vector of a strip; rows lie along the last outer axis.
  private func start(
    ofUnit unit: Int, _ access: Int, _ axis: Int, _ strip: Strip, from pointer: IRValue
  ) -> IRValue {
    let row =
      strip.rows == 1
      ? pointer : advance(pointer, access, kernel.outerCount - 1, by: strip.row(ofUnit: unit))
    return advance(row, access, along: axis, by: strip.offset(ofUnit: unit))
  }

  private func advance(_ pointer: IRValue, _ access: Int, _ axis: Int, by count: Int) -> IRValue {
    advance(pointer, access, along: axis, by: .i64(count))
  }

  /// The addresses of `count` neighbours, each one stride after the one before.
  private func lanePointers(
    from start: IRValue, _ access: Int, _ axis: Int, count: Int
  ) -> [IRValue] {
    var pointers = [start]
    while pointers.count < count {
      pointers.append(advance(pointers[pointers.count - 1], access, axis, by: 1))
    }
    return pointers
  }

  /// A bool is a byte in memory, true where it is not 0, and a bit in a register.
  private func register(_ value: IRValue, _ dtype: DType) -> IRValue {
    guard dtype == .bool else { return value }
    let zero = IRValue(.int(0, .int8), lanes: value.type.lanes)
    return writer.compare("icmp ne", value, zero)
  }

  private func memory(_ value: IRValue, _ dtype: DType) -> IRValue {
    writer.convert(
      "zext", value, to: dtype == .bool ? .memory(dtype, lanes: value.type.lanes) : value.type)
  }
}
