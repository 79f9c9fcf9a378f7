"""Loops written out over vectors, for peer_mojo.py: operands, results, sizes, threads.

What returns a number keeps each thread's share of it in `parts`.
"""
from max.algorithm import sync_parallelize
from std.math import erf, exp, log, sin, sqrt, tanh
from std.memory import stack_allocation
from std.sys import simd_width_of

comptime W = simd_width_of[DType.float32]()
comptime W64 = simd_width_of[DType.float64]()
comptime W8 = simd_width_of[DType.uint8]()
# Two vectors, so that a sum need not wait for the last addition.
comptime V = 2 * W
comptime F32 = Pointer[Float32, MutAnyOrigin]
comptime F64 = Pointer[Float64, MutAnyOrigin]
comptime I32 = Pointer[Int32, MutAnyOrigin]
comptime I64 = Pointer[Int64, MutAnyOrigin]
comptime U8 = Pointer[UInt8, MutAnyOrigin]
comptime Vector = SIMD[DType.float32, V]


@always_inline
def shares[F: def(Int, Int, Int) -> None](body: F, n: Int, threads: Int):
    """Gives each thread its number and a range of n."""

    def work(t: Int) {imm}:
        body(t, n * t // threads, n * (t + 1) // threads)

    if threads == 1:
        work(0)
    else:
        sync_parallelize(work, threads)


@always_inline
def each[width: Int, F: def[w: Int](Int) -> None](body: F, n: Int, threads: Int):
    """Calls for every index, for a vector of them where there are as many."""

    def work(t: Int, start: Int, end: Int) {imm}:
        var i = start
        while i + width <= end:
            body[width](i)
            i += width
        while i < end:
            body[1](i)
            i += 1

    shares(work, n, threads)


@always_inline
def total[F: def(Int, Int) -> Float64](body: F, parts: F64, n: Int, threads: Int) -> Float64:
    """Adds what it is for each thread's range."""

    def work(t: Int, start: Int, end: Int) {imm}:
        parts.unsafe_store(t * 16, body(start, end))

    shares(work, n, threads)
    var sum = Float64(0)
    for t in range(threads):
        sum += parts.unsafe_load(t * 16)
    return sum


@always_inline
def add_up[
    type: DType, width: Int, F: def[w: Int](Int) -> SIMD[type, w]
](body: F, start: Int, end: Int) -> Scalar[type]:
    """The sum of a formula over a range."""
    var sums = SIMD[type, width](0)
    var i = start
    while i + width <= end:
        sums += body[width](i)
        i += width
    var sum = sums.reduce_add()
    while i < end:
        sum += body[1](i)
        i += 1
    return sum


@export
def pi(x: F64, y: F64, parts: F64, n: Int, m: Int, threads: Int) abi("C") -> Float64:
    def hit[w: Int](i: Int) {imm} -> SIMD[DType.int64, w]:
        var a = x.unsafe_load[width=w](i)
        var b = y.unsafe_load[width=w](i)
        return (a * a + b * b).le(1).cast[DType.int64]()

    def hits(start: Int, end: Int) {imm} -> Float64:
        return Float64(add_up[DType.int64, 2 * W64](hit, start, end))

    return 4 * total(hits, parts, n, threads) / Float64(n)


@export
def small4(x: F64, y: F64, o: F64, n: Int, m: Int, threads: Int) abi("C"):
    o.unsafe_store(0, x.unsafe_load[width=4](0) + y.unsafe_load[width=4](0))


@always_inline
def chain[w: Int](x: F32, y: F32, i: Int) -> SIMD[DType.float32, w]:
    var a = x.unsafe_load[width=w](i)
    var b = y.unsafe_load[width=w](i)
    return exp(-a * a) * sin(b) + tanh(a * b)


@export
def chain_f32(x: F32, y: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def body[w: Int](i: Int) {imm}:
        o.unsafe_store(i, chain[w](x, y, i))

    each[W](body, n, threads)


@export
def chain_sum(x: F32, y: F32, parts: F64, n: Int, m: Int, threads: Int) abi("C") -> Float64:
    def element[w: Int](i: Int) {imm} -> SIMD[DType.float32, w]:
        return chain[w](x, y, i)

    def sum(start: Int, end: Int) {imm} -> Float64:
        return Float64(add_up[DType.float32, W](element, start, end))

    return total(sum, parts, n, threads)


@always_inline
def cdf[w: Int](x: SIMD[DType.float64, w]) -> SIMD[DType.float64, w]:
    return 0.5 * (1 + erf(x * 0.7071067811865476))


@export
def blackscholes(
    s: F64, k: F64, t: F64, call: F64, put: F64, n: Int, m: Int, threads: Int
) abi("C"):
    def body[w: Int](i: Int) {imm}:
        var price = s.unsafe_load[width=w](i)
        var strike = k.unsafe_load[width=w](i)
        var years = t.unsafe_load[width=w](i)
        var deviation = 0.25 * sqrt(years)
        var d1 = (log(price / strike) + (0.03 + 0.5 * 0.25 * 0.25) * years) / deviation
        var discounted = strike * exp(-0.03 * years)
        var value = price * cdf(d1) - discounted * cdf(d1 - deviation)
        call.unsafe_store(i, value)
        put.unsafe_store(i, value - price + discounted)

    each[W64](body, n, threads)


@export
def gelu(x: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def body[w: Int](i: Int) {imm}:
        var a = x.unsafe_load[width=w](i)
        o.unsafe_store(i, 0.5 * a * (1 + erf(a * 0.70710678)))

    each[W](body, n, threads)


@export
def where_clip(x: F32, y: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def body[w: Int](i: Int) {imm}:
        var a = x.unsafe_load[width=w](i)
        var bent = a.gt(0).select(a, a * 0.125)
        o.unsafe_store(i, bent.clamp(-1, 1) * y.unsafe_load[width=w](i))

    each[W](body, n, threads)


@export
def mixed(x: F64, k: I32, o: F64, n: Int, m: Int, threads: Int) abi("C"):
    def body[w: Int](i: Int) {imm}:
        var b = k.unsafe_load[width=w](i).cast[DType.float64]()
        o.unsafe_store(i, x.unsafe_load[width=w](i) * b + 0.5 * b)

    each[W64](body, n, threads)


@always_inline
def peak(x: F32, start: Int, m: Int) -> Float32:
    var most = x.unsafe_load[width=V](start)
    for j in range(start, start + m, V):
        most = max(most, x.unsafe_load[width=V](j))
    return most.reduce_max()


@export
def softmax(x: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start * m, end * m, m):
            var most = peak(x, i, m)
            var sums = Vector(0)
            for j in range(i, i + m, V):
                var e = exp(x.unsafe_load[width=V](j) - most)
                o.unsafe_store(j, e)
                sums += e
            var factor = 1 / sums.reduce_add()
            for j in range(i, i + m, V):
                o.unsafe_store(j, o.unsafe_load[width=V](j) * factor)

    shares(rows, n, threads)


@export
def logsumexp(x: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start, end):
            var most = peak(x, i * m, m)
            var sums = Vector(0)
            for j in range(i * m, i * m + m, V):
                sums += exp(x.unsafe_load[width=V](j) - most)
            o.unsafe_store(i, log(sums.reduce_add()) + most)

    shares(rows, n, threads)


@always_inline
def sum_of(x: F32, start: Int, m: Int) -> Float32:
    var sums = Vector(0)
    for j in range(start, start + m, V):
        sums += x.unsafe_load[width=V](j)
    return sums.reduce_add()


@always_inline
def squares_of(x: F32, start: Int, m: Int, mean: Float32) -> Float32:
    var sums = Vector(0)
    for j in range(start, start + m, V):
        var d = x.unsafe_load[width=V](j) - mean
        sums += d * d
    return sums.reduce_add()


@export
def layernorm(x: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start * m, end * m, m):
            var mean = sum_of(x, i, m) / Float32(m)
            var factor = 1 / sqrt(squares_of(x, i, m, mean) / Float32(m) + 1e-5)
            for j in range(i, i + m, V):
                o.unsafe_store(j, (x.unsafe_load[width=V](j) - mean) * factor)

    shares(rows, n, threads)


@export
def rmsnorm(x: F32, weight: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start, end):
            var factor = 1 / sqrt(squares_of(x, i * m, m, 0) / Float32(m) + 1e-5)
            for j in range(0, m, V):
                var a = x.unsafe_load[width=V](i * m + j) * factor
                o.unsafe_store(i * m + j, a * weight.unsafe_load[width=V](j))

    shares(rows, n, threads)


@export
def cosine(x: F32, y: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start, end):
            var xy = Vector(0)
            var xx = Vector(0)
            var yy = Vector(0)
            for j in range(i * m, i * m + m, V):
                var a = x.unsafe_load[width=V](j)
                var b = y.unsafe_load[width=V](j)
                xy += a * b
                xx += a * a
                yy += b * b
            var lengths = sqrt(xx.reduce_add()) * sqrt(yy.reduce_add())
            o.unsafe_store(i, xy.reduce_add() / lengths)

    shares(rows, n, threads)


@always_inline
def add_columns(x: F32, o: F32, n: Int, m: Int, start: Int, end: Int):
    for j in range(start, end, W):
        o.unsafe_store(j, SIMD[DType.float32, W](0))
    for i in range(n):
        for j in range(start, end, W):
            var sum = o.unsafe_load[width=W](j) + x.unsafe_load[width=W](i * m + j)
            o.unsafe_store(j, sum)


@export
def sum_axis0(x: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def columns(t: Int, start: Int, end: Int) {imm}:
        add_columns(x, o, n, m, start * W, end * W)

    shares(columns, m // W, threads)


@export
def colstats(x: F32, mean: F32, variance: F32, n: Int, m: Int, threads: Int) abi("C"):
    def columns(t: Int, first: Int, last: Int) {imm}:
        var start = first * W
        var end = last * W
        add_columns(x, mean, n, m, start, end)
        for j in range(start, end, W):
            mean.unsafe_store(j, mean.unsafe_load[width=W](j) / Float32(n))
            variance.unsafe_store(j, SIMD[DType.float32, W](0))
        for i in range(n):
            for j in range(start, end, W):
                var d = x.unsafe_load[width=W](i * m + j) - mean.unsafe_load[width=W](j)
                variance.unsafe_store(j, variance.unsafe_load[width=W](j) + d * d)
        for j in range(start, end, W):
            variance.unsafe_store(j, variance.unsafe_load[width=W](j) / Float32(n))

    shares(columns, m // W, threads)


@export
def sum_axis1(x: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start, end):
            o.unsafe_store(i, sum_of(x, i * m, m))

    shares(rows, n, threads)


@export
def var_all(x: F32, parts: F64, n: Int, m: Int, threads: Int) abi("C") -> Float64:
    def sums(start: Int, end: Int) {imm} -> Float64:
        var sum = Float64(0)
        for i in range(start, end):
            sum += Float64(sum_of(x, i * m, m))
        return sum

    var mean = Float32(total(sums, parts, n, threads) / Float64(n * m))

    def squares(start: Int, end: Int) {imm} -> Float64:
        var sum = Float64(0)
        for i in range(start, end):
            sum += Float64(squares_of(x, i * m, m, mean))
        return sum

    return total(squares, parts, n, threads) / Float64(n * m)


@export
def argmax(x: F32, o: I64, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start, end):
            # The row is in the cache when its greatest element is looked for.
            var most = peak(x, i * m, m)
            var j = i * m
            while not x.unsafe_load[width=V](j).eq(most).reduce_or():
                j += V
            while x.unsafe_load(j) != most:
                j += 1
            o.unsafe_store(i, Int64(j - i * m))

    shares(rows, n, threads)


@always_inline
def join(a: SIMD[DType.float64, 4], b: SIMD[DType.float64, 4]) -> SIMD[DType.float64, 4]:
    """The sums, the greater and the less of two shares' statistics."""
    return SIMD[DType.float64, 4](a[0] + b[0], a[1] + b[1], max(a[2], b[2]), min(a[3], b[3]))


@export
def stats(
    x: F32, sum: F32, squares: F32, most: F32, least: F32, n: Int, m: Int, threads: Int
) abi("C"):
    var parts = stack_allocation[1024, Float64]()

    def work(t: Int, start: Int, end: Int) {imm}:
        var first = Float64(x.unsafe_load(start))
        var all = SIMD[DType.float64, 4](0, 0, first, first)
        var i = start
        # Blocks, so that single precision adds few numbers.
        while i + V <= end:
            var s = Vector(0)
            var q = Vector(0)
            var high = x.unsafe_load[width=V](i)
            var low = high
            for _ in range(min(128, (end - i) // V)):
                var a = x.unsafe_load[width=V](i)
                s += a
                q += a * a
                high = max(high, a)
                low = min(low, a)
                i += V
            var block = SIMD[DType.float32, 4](
                s.reduce_add(), q.reduce_add(), high.reduce_max(), low.reduce_min()
            )
            all = join(all, block.cast[DType.float64]())
        while i < end:
            var a = Float64(x.unsafe_load(i))
            all = join(all, SIMD[DType.float64, 4](a, a * a, a, a))
            i += 1
        parts.unsafe_store(t * 16, all)

    shares(work, n, threads)
    var all = parts.unsafe_load[width=4](0)
    for t in range(1, threads):
        all = join(all, parts.unsafe_load[width=4](t * 16))
    sum.unsafe_store(0, Float32(all[0]))
    squares.unsafe_store(0, Float32(all[1]))
    most.unsafe_store(0, Float32(all[2]))
    least.unsafe_store(0, Float32(all[3]))


@export
def count_f32(x: F32, parts: F64, n: Int, m: Int, threads: Int) abi("C") -> Float64:
    def within[w: Int](i: Int) {imm} -> SIMD[DType.int32, w]:
        var a = x.unsafe_load[width=w](i)
        return (a.gt(0.25) & a.lt(0.75)).cast[DType.int32]()

    def hits(start: Int, end: Int) {imm} -> Float64:
        return Float64(add_up[DType.int32, V](within, start, end))

    return total(hits, parts, n, threads)


@export
def count_bool(a: U8, b: U8, parts: F64, n: Int, m: Int, threads: Int) abi("C") -> Float64:
    def hit[w: Int](i: Int) {imm} -> SIMD[DType.uint8, w]:
        return a.unsafe_load[width=w](i) & ~b.unsafe_load[width=w](i)

    def hits(start: Int, end: Int) {imm} -> Float64:
        var count = 0
        var i = start
        while i + W8 <= end:
            # Bytes hold the counts of 255 vectors.
            var counts = SIMD[DType.uint8, W8](0)
            for _ in range(min(255, (end - i) // W8)):
                counts += hit[W8](i)
                i += W8
            count += Int(counts.cast[DType.uint16]().reduce_add())
        while i < end:
            count += Int(hit[1](i))
            i += 1
        return Float64(count)

    return total(hits, parts, n, threads)


@export
def bcast(a: F32, b: F32, c: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def rows(t: Int, start: Int, end: Int) {imm}:
        for i in range(start, end):
            for j in range(0, m, W):
                var product = a.unsafe_load(i) * b.unsafe_load[width=W](j)
                o.unsafe_store(i * m + j, product + c.unsafe_load[width=W](i * m + j))

    shares(rows, n, threads)


@export
def transpose(x: F32, y: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    # Tiles, so that both operands come by the cache line.
    def tiles(t: Int, start: Int, end: Int) {imm}:
        for tile in range(start * V, end * V, V):
            for j in range(0, m, V):
                for i in range(tile, tile + V):
                    var column = x.unsafe_offset(j * n + i).unsafe_strided_load[width=V](n)
                    o.unsafe_store(i * m + j, 2 * column + y.unsafe_load[width=V](i * m + j))

    shares(tiles, n // V, threads)


@export
def stencil(x: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def body[w: Int](i: Int) {imm}:
        var middle = 0.5 * x.unsafe_load[width=w](i + 1)
        var sides = x.unsafe_load[width=w](i) + x.unsafe_load[width=w](i + 2)
        o.unsafe_store(i, middle + 0.25 * sides)

    each[W](body, n - 2, threads)


@export
def concat(x: F32, y: F32, o: F32, n: Int, m: Int, threads: Int) abi("C"):
    def body[w: Int](i: Int) {imm}:
        o.unsafe_store(i, 2 * x.unsafe_load[width=w](i))
        o.unsafe_store(n + i, 2 * y.unsafe_load[width=w](i))

    each[W](body, n, threads)
