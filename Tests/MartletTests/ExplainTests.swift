import Martlet
import Testing

@Suite("Explanations")
struct ExplainTests {
  let m = Tensor("m", .float32, shape: [64, 1000]), x = Tensor.vector("x")

  /// The text without the lines of this file.
  private func explain(_ tensor: Tensor, _ inputs: [Tensor], _ outputs: [Tensor]) throws -> String {
    let text = try Function(inputs, outputs, name: "f").explain(tensor)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.firstRange(of: "  at ").map { String(line[..<$0.lowerBound]) } ?? String(line)
    }.joined(separator: "\n")
  }

  @Test("follow an expression through rules into its kernel")
  func rewritten() throws {
    let e = exp(m)
    #expect(
      try explain(e, [m], [log(1 + e).sum(axes: [1])]) == """
        %1 = exp(m) : f32[64,1000]
          stabilize: part of %3
          stabilize/log1p: %3 = log(%2) -> log1p(%1)
          stabilize/softplus: %3 = log1p(%1) -> softplus(m)
        becomes %1 = softplus(m) : f32[64,1000]
        computed in kernel f, never in memory
          reads  m : f32[64,1000], 256000 bytes
          writes %2 : f32[64], 256 bytes
          stage 0 computes 51 flops at each point of [64,1000], 3264000 in all
        """)
  }

  @Test("say what a kernel of several stages reads, writes and computes")
  func softmax() throws {
    let e = exp(x - 0)
    let peak = "max(x, axes: [0], allowsEmpty: true)"
    let shift = "where(lt(abs(\(peak)), inf), \(peak), 0)"
    // What rounding took from the difference, as far as so deep a term is spelled out.
    let lost = """
      add(where(lt(abs(sub(x, where(…, …, 0))), inf), sub(sub(x, sub(sub(x, …), sub(…, x))), \
      add(where(lt(…, inf), \(peak), 0), sub(sub(x, …), x))), 0), 1)
      """
    let lostInSum = """
      add(where(lt(abs(sub(x, …)), inf), sub(sub(x, sub(…, …)), \
      add(where(…, …, 0), sub(…, x))), 0), 1)
      """
    let shiftInSum = "where(lt(abs(…), inf), \(peak), 0)"
    #expect(
      try explain(e, [x], [e / e.sum()]) == """
        %2 = exp(%1) : f64[?]
          canonicalize: %2 is now %1
          stabilize-softmax: part of %3
          stabilize-softmax/shift: %3 = div(%1, %2) -> \
        div(mul(exp(sub(x, \(shift))), \(lost)), \
        sum(mul(exp(sub(x, \(shiftInSum))), \(lostInSum)), axes: [0]))
          scale-softmax: %18 = div(%16, %17) -> mul(%16, reciprocal(%17))
        becomes %19 = mul(%16, %18) : f64[?]
        computed in kernel f.k2, which writes it: it is a result
          reads  %16 : f64[?], 8 bytes an element
          reads  %17 : f64[], 8 bytes
          writes %19 : f64[?], 8 bytes an element
          computes 2 flops at each point of [ni]
        not fused
          %19 with kernel f.k1: a reduction of a whole array is complete only when its kernel ends
          %19 with kernel f.k0: it reads what is computed only after that kernel
        """)
  }

  @Test("say why neighbours are not one kernel")
  func refusals() throws {
    let rows = m.sum(axes: [1]), columns = m.sum(axes: [0])
    #expect(
      try explain(columns, [m], [rows, columns]) == """
        %2 = sum(m, axes: [0], accumulator: f64) : f32[1000]
        becomes %2 = sum(m, axes: [0], accumulator: f64) : f32[1000]
        computed in kernel f.k1, which writes it: it is a result
          reads  m : f32[64,1000], 256000 bytes
          writes %2 : f32[1000], 4000 bytes
          stage 0 computes 1 flops at each point of [1000,64], 64000 in all
        not fused
          %2 with kernel f.k0: the two reduce different axes
        """)
  }

  @Test("name every other reason for which neighbours are apart")
  func otherRefusals() throws {
    let square = Tensor("s", .float32, shape: [8, 8]), row = Tensor("r", .float32, shape: [8])
    let doubled = square * 2
    #expect(
      try explain(doubled, [square], [matmul(square, square), doubled]).hasSuffix(
        """
        not fused
          %2 with matmul: that is a library call
        """))
    // What is reduced along each row is subtracted from columns: the lengths allow it.
    let crossed = square - square.sum(axes: [1])
    #expect(
      try explain(crossed, [square], [crossed]).hasSuffix(
        "with kernel f.k0: the reduced value lies along other axes than those that were reduced"))
    let wide = square + row
    #expect(
      try explain(wide, [square, row], [row * 3, wide]).hasSuffix(
        "with kernel f.k0: their shapes differ, or are not known to be equal"))
    // Each sine adds to its operand, so that none is a repetition of another.
    let chains = (1...3).map { start in
      (0..<50).reduce(x + Tensor(Double(start))) { sum, _ in sin(sum) + 0.5 }
    }
    #expect(
      try explain(chains[2], [x], chains).hasSuffix(
        "with kernel f.k0: the kernel would have more than 256 operations"))
  }

  @Test("tell that a value is written because computing it twice takes longer")
  func stored() throws {
    let e = exp(m) * sin(m)
    #expect(
      try explain(e, [m], [e.sum(axes: [0]), e.sum(axes: [1])]).contains(
        "which writes it: to compute it where it is used would take longer"))
  }

  @Test("tell what is written for a library call, and what nothing needs")
  func written() throws {
    let w = Tensor("w", .float32, shape: [1000, 10])
    let scaled = m * 2
    #expect(
      try explain(scaled, [m, w], [matmul(scaled, w)]) == """
        %1 = mul(m, 2) : f32[64,1000]
        becomes %1 = mul(m, 2) : f32[64,1000]
        computed in kernel f, which writes it: 'matmul' reads it from there
          reads  m : f32[64,1000], 256000 bytes
          writes %1 : f32[64,1000], 256000 bytes
          computes 1 flops at each point of [64,1000], 64000 in all
        """)
    let choice = `where`(Tensor.constant(true), m, scaled)
    #expect(
      try explain(scaled, [m], [choice]) == """
        %1 = mul(m, 2) : f32[64,1000]
          canonicalize: part of %2
          canonicalize/where-true: %2 = where(true, m, %1) -> m
        becomes m : f32[64,1000]
        is fed, not computed
        """)
  }

  @Test("need an expression of the function")
  func notPart() throws {
    let f = try Function([x], exp(x), name: "f")
    let error = #expect(throws: FunctionError.self) { _ = try f.explain(exp(x)) }
    #expect(
      error?.description == """
        f: only expressions that it computes can be explained; this 'exp' is none
          equal expressions are not the same one: keep the tensor that the output is made of
        """)
  }
}
