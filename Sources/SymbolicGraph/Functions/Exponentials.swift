import Scalars

/// e to the power of `x`.
public func exp(_ x: Tensor) -> Tensor { .elementwise(.exp, x) }
/// `exp(x) - 1`, precise for small `x`.
public func expm1(_ x: Tensor) -> Tensor { .elementwise(.expm1, x) }
/// The natural logarithm; minus infinity at 0, NaN below.
public func log(_ x: Tensor) -> Tensor { .elementwise(.log, x) }
/// `log(1 + x)`, precise for small `x`.
public func log1p(_ x: Tensor) -> Tensor { .elementwise(.log1p, x) }
/// `log(1 - exp(x))`, precise wherever the exponential is near 0 or 1; NaN above 0.
public func log1mexp(_ x: Tensor) -> Tensor { .elementwise(.log1mexp, x) }
/// The sine of an angle in radians.
public func sin(_ x: Tensor) -> Tensor { .elementwise(.sin, x) }
/// The cosine of an angle in radians.
public func cos(_ x: Tensor) -> Tensor { .elementwise(.cos, x) }
/// The tangent of an angle in radians.
public func tan(_ x: Tensor) -> Tensor { .elementwise(.tan, x) }
/// The hyperbolic tangent.
public func tanh(_ x: Tensor) -> Tensor { .elementwise(.tanh, x) }
/// `1 / (1 + exp(-x))`.
public func sigmoid(_ x: Tensor) -> Tensor { .elementwise(.sigmoid, x) }
/// `log(1 + exp(x))`, without overflow.
public func softplus(_ x: Tensor) -> Tensor { .elementwise(.softplus, x) }
/// `max(x, 0)`.
public func relu(_ x: Tensor) -> Tensor { .elementwise(.relu, x) }
/// The error function, `2 / sqrt(π) ∫ exp(-t²) dt` from 0 to `x`.
public func erf(_ x: Tensor) -> Tensor { .elementwise(.erf, x) }
/// The complementary error function `1 - erf(x)`, precise where that is small.
public func erfc(_ x: Tensor) -> Tensor { .elementwise(.erfc, x) }
/// `exp(x²) erfc(x)`, which neither vanishes nor overflows for positive `x`.
public func erfcx(_ x: Tensor) -> Tensor { .elementwise(.erfcx, x) }
/// `log(erfc(x))`, finite where `erfc(x)` vanishes.
public func logErfc(_ x: Tensor) -> Tensor { .elementwise(.logErfc, x) }
