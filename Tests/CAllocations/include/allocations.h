#pragma once

/// What the process has asked for since the last `allocations_reset`, on all of its threads.
struct allocations {
  /// How often memory was asked for, of the heap or of the system, until the first
  /// `allocations_now`; not by Dispatch, to wake a thread or make one.
  long calls;
  /// The bytes of the heap that are held now, less those that were held at the reset.
  long heap;
  /// The most that `heap` has been.
  long peak;
  /// The bytes mapped now, less those at the reset.
  long mapped;
};

/// Begins to count afresh.
void allocations_reset(void);

/// What was counted.
struct allocations allocations_now(void);
