// An expectation stands on the line that its error names.
// swift-format-ignore-file
import Arrays
import SymbolicGraph
import Testing

/// The whole text of every mistake that an expression can hold, with the line it was made in.
@Suite struct GraphErrorTests {
  /// Compares the text of the mistakes in `tensor`, the last line of which tells of `operand`.
  private func expect(
    _ tensor: Tensor, _ text: String, of operand: String? = nil, line: Int = #line, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let text = text + (operand.map { "\n  " + $0 } ?? "")
    do {
      let type = try tensor.type
      Issue.record("no error, but \(type)", sourceLocation: sourceLocation)
    } catch {
      #expect(
        error.description == "GraphErrorTests.swift:\(line): \(text)", sourceLocation: sourceLocation)
    }
  }

  private func f64(_ shape: Extent...) -> Tensor { Tensor("x", shape: shape) }

  @Test("shapes that do not broadcast")
  func broadcast() {
    expect(f64(3, 4) + Tensor("y", shape: [5]), """
      add: shapes [3,4] and [5] do not broadcast; axis 1 has lengths 4 and 5
        x : f64[3,4]
        y : f64[5]
      """)
    expect(f64(3, 4) - f64(3, 4).mean(axes: [1]), """
      sub: shapes [3,4] and [3] do not broadcast; axis 1 has lengths 4 and 3
        x : f64[3,4]
        div(sum(…), cast(…)) : f64[3]
        [3,1] would broadcast; expandDims makes it, or keepDims where an axis was reduced
      """)
    expect(f64(2, 3) * Tensor("y", shape: [2, 3, 3]), """
      mul: shapes [2,3] and [2,3,3] do not broadcast; axis 1 has lengths 2 and 3
        x : f64[2,3]
        y : f64[2,3,3]
        [2,1,3] or [2,3,1] would broadcast; expandDims makes it, or keepDims where an axis was reduced
      """)
    expect(f64("batch") * Tensor("y", shape: ["time"]), """
      mul: shapes [batch] and [time] do not broadcast; axis 0 has lengths batch and time
        x : f64[batch]
        y : f64[time]
      """)
  }

  @Test("axes that do not exist or are named twice")
  func axes() {
    expect(f64(3, 4).sum(axes: [2]), "sum: axis 2 does not exist; the operand has rank 2, so axes are 0 to 1, or -1 to -2", of: "x : f64[3,4]")
    expect(f64(3).max(axes: [-2]), "max: axis -2 does not exist; the operand has rank 1, so its axis is 0, or -1", of: "x : f64[3]")
    expect(f64().argmax(axes: [0]), "argmax: axis 0 does not exist; the operand has rank 0, so it has no axes", of: "x : f64[]")
    expect(f64(3, 4).sum(axes: [1, -1]), "sum: each axis may be named once; axis -1 is named twice", of: "x : f64[3,4]")
    expect(f64(3).dim(1), "dim: axis 1 does not exist; the operand has rank 1, so its axis is 0, or -1", of: "x : f64[3]")
    expect(f64(3).mean(axes: [4]), "mean: axis 4 does not exist; the operand has rank 1, so its axis is 0, or -1", of: "x : f64[3]")
    expect(f64(3).std(axes: [4]), "std: axis 4 does not exist; the operand has rank 1, so its axis is 0, or -1", of: "x : f64[3]")
    expect(f64(3).expandDims(5), "expandDims: axis 5 does not exist; the result has rank 2, so axes are 0 to 1, or -1 to -2", of: "x : f64[3]")
  }

  @Test("literals that the other operand's dtype cannot hold")
  func literals() {
    expect(Tensor.vector("x", .uint8) + 300, """
      add: the literal 300 has no exact value in uint8, the dtype of the other operand
        x : u8[?]
        300 : i64[]
        cast(_:to:) widens the other operand
      """)
  }

  @Test("dtypes that an operation does not take")
  func dtypes() {
    expect(f64(3) .& f64(3), """
      and: operands must be bool or integers; got float64
        x : f64[3]
        x : f64[3]
      """)
    expect(`where`(f64(3), f64(3), 0), """
      where: the condition must be bool; got float64
        x : f64[3]
        x : f64[3]
        0 : i64[]
        compare it, as in c .!= 0
      """)
  }

  @Test("shapes that reshape, squeeze and broadcast refuse")
  func shapes() {
    expect(f64(3, 4).reshape([5, -1]), "reshape: the number of elements must stay the same; [3,4] does not fit [5,-1]", of: "x : f64[3,4]")
    expect(f64(3, 0).reshape([0, -1]), """
      reshape: the number of elements must stay the same; [3,0] does not fit [0,-1]
        x : f64[3,0]
        -1 could be any length beside one of 0
      """)
    expect(f64(3, 4).reshape([-1, -1]), "reshape: lengths must not be negative, but for one -1 that stands for what is left; got [-1,-1]", of: "x : f64[3,4]")
    expect(f64(3, 4).squeeze([0]), "squeeze: axis 0 must have length 1; it has length 3", of: "x : f64[3,4]")
    expect(f64(3, 4).broadcast(to: [3, 5]), "broadcast: shape [3,4] does not broadcast to [3,5]", of: "x : f64[3,4]")
    expect(f64(3, 4).transpose([0, 0]), "transpose: axes must name each of the 2 axes once; got [0,0]", of: "x : f64[3,4]")
    expect(f64(3).reshape([.max, .max]), "reshape: shape [9223372036854775807,9223372036854775807] has more elements than can be counted", of: "x : f64[3]")
  }

  @Test("indices and ranges outside of an axis")
  func slices() {
    expect(f64(3)[5], "slice: index 5 must lie within axis 0, which has length 3", of: "x : f64[3]")
    expect(f64(3)[1..<9], "slice: range 1:9 must lie within axis 0, which has length 3", of: "x : f64[3]")
    expect(f64(3)[0, 0], "slice: 2 indices for an operand of rank 1", of: "x : f64[3]")
    expect(f64(3)[.stride(by: 0)], "slice: the step of axis 0 must not be 0", of: "x : f64[3]")
  }

  @Test("ranges that are walked backwards are told of as written")
  func backwards() {
    let axis = "must lie within axis 0, which has length 2"
    expect(f64(2)[.stride(from: 9, to: 0, by: -1)], "slice: range from 9 to 0 by -1 \(axis)", of: "x : f64[2]")
    expect(f64(2)[.stride(from: 2, to: 9, by: -1)], "slice: range from 2 to 9 by -1 \(axis)", of: "x : f64[2]")
    expect(f64(2)[.stride(from: -9, to: -8, by: -2)], "slice: range from -9 to -8 by -2 \(axis)", of: "x : f64[2]")
    expect(f64(2)[.stride(from: 9, to: -1, by: -1)], "slice: range from 9 to -1 by -1 \(axis)", of: "x : f64[2]")
    expect(f64(2)[.stride(from: 9, to: nil, by: -1)], "slice: range from 9 by -1 \(axis)", of: "x : f64[2]")
    expect(f64(2)[.stride(from: nil, to: 9, by: -1)], "slice: range to 9 by -1 \(axis)", of: "x : f64[2]")
    expect(f64(2)[.stride(1..<9, by: -1)], "slice: range 1:9 by -1 \(axis)", of: "x : f64[2]")
  }

  @Test("matrix products whose axes do not fit")
  func matmuls() {
    expect(matmul(f64(2, 3), Tensor("y", shape: [4, 3])), """
      matmul: inner axes must be equal; left is [2,3], right is [4,3]
        x : f64[2,3]
        y : f64[4,3]
        did you mean matmul(a, transpose(b))?
      """)
    expect(matmul(f64(), f64(3)), """
      matmul: operands must have rank 1 or 2; got rank 0
        x : f64[]
        x : f64[3]
      """)
  }

  @Test("concatenations of what does not fit, or of nothing")
  func concatenations() {
    expect(concatenate([f64(2, 3), f64(2, 4)], axis: 0), """
      concatenate: shapes must agree but for axis 0; got [2,3] and [2,4]
        x : f64[2,3]
        x : f64[2,4]
      """)
    expect(concatenate([f64(2, 3), f64(3)], axis: 0), """
      concatenate: operands must have one rank; got [2,3] and [3]
        x : f64[2,3]
        x : f64[3]
      """)
    expect(concatenate([]), "concatenate: at least one operand is needed; got none")
  }

  @Test("padding with widths or constants that do not fit")
  func padding() {
    expect(pad(f64(2, 3), [(1, 1)]), """
      pad: every axis needs one pair of widths; the operand has rank 2, got 1 pair
        x : f64[2,3]
      """)
    expect(pad(f64(3), [(1, 1), (0, 2)], constant: 0.5), """
      pad: every axis needs one pair of widths; the operand has rank 1, got 2 pairs
        x : f64[3]
        0.5 : f64[]
      """)
    expect(pad(f64(2, 3), [(1, 1), (0, -2)]), """
      pad: widths must not be negative; axis 1 has (0, -2)
        x : f64[2,3]
        a slice takes elements away
      """)
    expect(pad(f64(3), 1, constant: f64(3)), """
      pad: the constant must be a scalar; got shape [3]
        x : f64[3]
        x : f64[3]
      """)
    expect(pad(f64(3), 1, constant: Tensor.scalar("c", .float32)), """
      pad: the constant must have the dtype of the operand, float64; got float32
        x : f64[3]
        c : f32[]
        cast(_:to:) gives it that dtype
      """)
    expect(pad(Tensor("u", .uint8, shape: [3]), 1, constant: 300), """
      pad: the literal 300 has no exact value in uint8, the dtype of the operand
        u : u8[3]
        300 : i64[]
        cast(_:to:) widens the operand
      """)
    let huge: [(x: Tensor, type: String, widths: [(Int, Int)], text: String)] = [
      (f64(2, 3), "f64[2,3]", [(.max - 2, 0), (0, 0)], "(9223372036854775805, 0), (0, 0)"),
      (f64(2, 3), "f64[2,3]", [(.max, .max), (0, 1)], "(9223372036854775807, 9223372036854775807), (0, 1)"),
      (.matrix("x"), "f64[?,?]", [(1 << 62, 0), (1, 0)], "(4611686018427387904, 0), (1, 0)"),
      (.vector("x"), "f64[?]", [(0, 1 << 60)], "(0, 1152921504606846976)"),
    ]
    for (x, type, widths, text) in huge {
      expect(x.pad(widths), """
        pad: the widths make more elements than can be counted; they are \(text)
          x : \(type)
        """)
    }
  }

  @Test("inputs of negative lengths, or too many or too few axes")
  func inputs() {
    expect(Tensor("x", shape: [2, .fixed(-1)]), "input 'x': lengths must not be negative; got [2,-1]")
    expect(Tensor.tensor("x", rank: .max), "x: tensors have at most 64 axes; got 9223372036854775807")
    expect(Tensor.tensor("x", rank: -1), "x: the number of axes must not be negative; got -1")
    expect(Tensor.tensor(rank: .min), "input: the number of axes must not be negative; got -9223372036854775808")
    expect((0..<64).reduce(f64(3)) { x, _ in x.expandDims(0) }, "expandDims: tensors have at most 64 axes; got 65", of: "expandDims(expandDims(…)) : f64[\(String(repeating: "1,", count: 63))3]")
  }

  @Test("indices that are no integers of 64 bits after counting")
  func farIndices() {
    expect(f64(3)[...Int.max], "slice: range :9223372036854775807 must lie within axis 0, which has length 3", of: "x : f64[3]")
    expect(f64(3)[0...Int.max], "slice: range 0:9223372036854775807 must lie within axis 0, which has length 3", of: "x : f64[3]")
    expect(f64(3)[..<(-4)], "slice: range :-4 must lie within axis 0, which has length 3", of: "x : f64[3]")
    expect(f64(3)[(-4)...], "slice: range -4: must lie within axis 0, which has length 3", of: "x : f64[3]")
    expect(f64(3)[Int.min], "slice: index -9223372036854775808 must lie within axis 0, which has length 3", of: "x : f64[3]")
    expect(f64(3).transpose([Int.min]), "transpose: axes must name each of the 1 axes once; got [-9223372036854775807]", of: "x : f64[3]")
  }

  @Test("extremes of no elements")
  func emptyExtremes() {
    expect(f64(0).max(), "max: needs at least one element; axis 0 has length 0", of: "x : f64[0]")
    expect((f64(0) .> 1).min(), "min: needs at least one element; axis 0 has length 0", of: "gt(x, 1) : bool[0]")
  }

  @Test("every mistake of an expression is reported, in order, and only once")
  func several() {
    let left = f64(3).sum(axes: [1]), right = f64(3)[7]
    do {
      _ = try ((left + right) * left).type
      Issue.record("no error")
    } catch {
      #expect(error.errors.map(\.message) == [
        "sum: axis 1 does not exist; the operand has rank 1, so its axis is 0, or -1",
        "slice: index 7 must lie within axis 0, which has length 3",
      ])
    }
  }
}
