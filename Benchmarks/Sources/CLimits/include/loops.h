#pragma once

/// The loops that Martlet is measured against. Every one takes the addresses of its inputs and
/// outputs and a shape: so many rows, each of so many columns. One with `_past_cache` in its name
/// writes past the caches, which pays where an output does not fit into them.
enum limit_loop {
  /// Reads the inputs and no more; the shape is that of the bytes.
  limit_read,
  /// Copies the inputs one after the other into the output; the shape is that of the bytes of one.
  limit_copy,
  /// exp(-x²) sin y + tanh(x y)
  limit_chain, limit_chain_past_cache,
  /// The sum of that, in double.
  limit_chain_sum,
  /// x/2 (1 + erf(x / √2))
  limit_gelu, limit_gelu_past_cache,
  /// The prices of calls and puts.
  limit_black_scholes, limit_black_scholes_past_cache,
  /// log Σ exp x of every row.
  limit_log_sum_exp,
  /// 2 x + y
  limit_double_and_add, limit_double_and_add_past_cache,
  /// a[row] b[column] + c
  limit_broadcast, limit_broadcast_past_cache,
  /// x[i]/4 + x[i+1]/2 + x[i+2]/4
  limit_stencil, limit_stencil_past_cache,
  /// clip(x > 0 ? x : x/8, -1, 1) y
  limit_where_clip, limit_where_clip_past_cache,
  /// x i + i/2, with i an int and x a double
  limit_mixed, limit_mixed_past_cache,
  /// A polynomial of degree 64, whose coefficients are all 1/2.
  limit_horner,
  /// x
  limit_stream, limit_stream_past_cache,
  limit_loop_count
};

/// What a loop works on.
struct limit_arrays {
  const void *in[4];
  void *out[2];
  long inputs, rows, columns;
};
