/// Counts the points of `x`, `y` within the unit circle, as the back end would write it for 64-byte
/// vectors: eight lanes, four accumulators, a scalar tail.
enum PiKernel {
  typealias Function =
    @convention(c) (
      UnsafePointer<Double>, UnsafePointer<Double>, Int, UnsafeMutablePointer<Int>
    ) -> Void

  /// The kernel's text, defining `symbol`.
  static func text(symbol: String = "pi_hits") -> String {
    "define void @\(symbol)" + body
  }

  /// What the kernel at `address` counts.
  static func hits(_ address: UnsafeRawPointer, _ x: [Double], _ y: [Double]) -> Int {
    let kernel = unsafeBitCast(address, to: Function.self)
    var hits = -1
    kernel(x, y, x.count, &hits)
    return hits
  }

  /// What the kernel should count.
  static func expectedHits(_ x: [Double], _ y: [Double]) -> Int {
    zip(x, y).count { x, y in (y * y).addingProduct(x, x) <= 1 }
  }

  /// Points that are spread over the square, the same in every run.
  static func points(_ count: Int) -> (x: [Double], y: [Double]) {
    let x = (0..<count).map { Double($0 * 7919 % 2003) / 1001 - 1 }
    let y = (0..<count).map { Double($0 * 104_729 % 1999) / 999 - 1 }
    return (x, y)
  }

  private static let body = """
    (ptr %x, ptr %y, i64 %n, ptr %out) {
    entry:
      %vec = and i64 %n, -32
      %any = icmp ugt i64 %vec, 0
      br i1 %any, label %loop, label %tailhead
    loop:
      %i = phi i64 [ 0, %entry ], [ %i.next, %loop ]
      %a0 = phi <8 x i64> [ zeroinitializer, %entry ], [ %b0, %loop ]
      %a1 = phi <8 x i64> [ zeroinitializer, %entry ], [ %b1, %loop ]
      %a2 = phi <8 x i64> [ zeroinitializer, %entry ], [ %b2, %loop ]
      %a3 = phi <8 x i64> [ zeroinitializer, %entry ], [ %b3, %loop ]
      %i1 = add i64 %i, 8
      %i2 = add i64 %i, 16
      %i3 = add i64 %i, 24
      %px0 = getelementptr double, ptr %x, i64 %i
      %px1 = getelementptr double, ptr %x, i64 %i1
      %px2 = getelementptr double, ptr %x, i64 %i2
      %px3 = getelementptr double, ptr %x, i64 %i3
      %py0 = getelementptr double, ptr %y, i64 %i
      %py1 = getelementptr double, ptr %y, i64 %i1
      %py2 = getelementptr double, ptr %y, i64 %i2
      %py3 = getelementptr double, ptr %y, i64 %i3
      %x0 = load <8 x double>, ptr %px0, align 8
      %x1 = load <8 x double>, ptr %px1, align 8
      %x2 = load <8 x double>, ptr %px2, align 8
      %x3 = load <8 x double>, ptr %px3, align 8
      %y0 = load <8 x double>, ptr %py0, align 8
      %y1 = load <8 x double>, ptr %py1, align 8
      %y2 = load <8 x double>, ptr %py2, align 8
      %y3 = load <8 x double>, ptr %py3, align 8
      %yy0 = fmul <8 x double> %y0, %y0
      %yy1 = fmul <8 x double> %y1, %y1
      %yy2 = fmul <8 x double> %y2, %y2
      %yy3 = fmul <8 x double> %y3, %y3
      %s0 = call <8 x double> @llvm.fma.v8f64(<8 x double> %x0, <8 x double> %x0, <8 x double> %yy0)
      %s1 = call <8 x double> @llvm.fma.v8f64(<8 x double> %x1, <8 x double> %x1, <8 x double> %yy1)
      %s2 = call <8 x double> @llvm.fma.v8f64(<8 x double> %x2, <8 x double> %x2, <8 x double> %yy2)
      %s3 = call <8 x double> @llvm.fma.v8f64(<8 x double> %x3, <8 x double> %x3, <8 x double> %yy3)
      %c0 = fcmp ole <8 x double> %s0, splat (double 1.0)
      %c1 = fcmp ole <8 x double> %s1, splat (double 1.0)
      %c2 = fcmp ole <8 x double> %s2, splat (double 1.0)
      %c3 = fcmp ole <8 x double> %s3, splat (double 1.0)
      %z0 = zext <8 x i1> %c0 to <8 x i64>
      %z1 = zext <8 x i1> %c1 to <8 x i64>
      %z2 = zext <8 x i1> %c2 to <8 x i64>
      %z3 = zext <8 x i1> %c3 to <8 x i64>
      %b0 = add <8 x i64> %a0, %z0
      %b1 = add <8 x i64> %a1, %z1
      %b2 = add <8 x i64> %a2, %z2
      %b3 = add <8 x i64> %a3, %z3
      %i.next = add i64 %i, 32
      %more = icmp ult i64 %i.next, %vec
      br i1 %more, label %loop, label %combine
    combine:
      %t0 = add <8 x i64> %b0, %b1
      %t1 = add <8 x i64> %b2, %b3
      %t = add <8 x i64> %t0, %t1
      %sum = call i64 @llvm.vector.reduce.add.v8i64(<8 x i64> %t)
      br label %tailhead
    tailhead:
      %h0 = phi i64 [ 0, %entry ], [ %sum, %combine ]
      %left = icmp ult i64 %vec, %n
      br i1 %left, label %tail, label %done
    tail:
      %j = phi i64 [ %vec, %tailhead ], [ %j.next, %tail ]
      %h = phi i64 [ %h0, %tailhead ], [ %h.next, %tail ]
      %pxj = getelementptr double, ptr %x, i64 %j
      %pyj = getelementptr double, ptr %y, i64 %j
      %xj = load double, ptr %pxj
      %yj = load double, ptr %pyj
      %yyj = fmul double %yj, %yj
      %sj = call double @llvm.fma.f64(double %xj, double %xj, double %yyj)
      %cj = fcmp ole double %sj, 1.0
      %zj = zext i1 %cj to i64
      %h.next = add i64 %h, %zj
      %j.next = add i64 %j, 1
      %tailmore = icmp ult i64 %j.next, %n
      br i1 %tailmore, label %tail, label %done
    done:
      %r = phi i64 [ %h0, %tailhead ], [ %h.next, %tail ]
      store i64 %r, ptr %out
      ret void
    }
    declare <8 x double> @llvm.fma.v8f64(<8 x double>, <8 x double>, <8 x double>)
    declare double @llvm.fma.f64(double, double, double)
    declare i64 @llvm.vector.reduce.add.v8i64(<8 x i64>)
    """
}
