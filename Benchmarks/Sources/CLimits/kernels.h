// The limits, compiled once for each vector width: whoever includes this says what LIMIT(name) stands
// for. Each is the loop one would write by hand, shared out to the threads that are awake.
#include "../CLimits/include/loops.h"

/// Returns how many of n points lie in the unit circle.
long LIMIT(pi_hits)(const double *x, const double *y, long n);

/// Writes the sums of n pairs, on the calling thread.
void LIMIT(add)(const double *x, const double *y, double *out, long n);

/// Runs a loop of the table, and returns its sum if it makes one.
double LIMIT(run)(enum limit_loop loop, const struct limit_arrays *arrays);
