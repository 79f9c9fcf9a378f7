#define _GNU_SOURCE  // pthread_getattr_np
#include "CProcessor.h"

#include <pthread.h>

static _Thread_local void *loop_record;

void *processor_loop_record(void) { return loop_record; }

void processor_set_loop_record(void *record) { loop_record = record; }

uintptr_t processor_thread(void) { return (uintptr_t)pthread_self(); }

/// Where the calling thread's stack lies; both 0 where the system does not tell.
typedef struct {
  uintptr_t low, high;
} stack_bounds_t;

static stack_bounds_t find_stack(void) {
  stack_bounds_t bounds = {0, 0};
  pthread_attr_t attributes;
  void *low;
  size_t size;
  if (pthread_getattr_np(pthread_self(), &attributes)) return bounds;
  if (!pthread_attr_getstack(&attributes, &low, &size)) {
    bounds.low = (uintptr_t)low;
    bounds.high = bounds.low + size;
  }
  pthread_attr_destroy(&attributes);
  return bounds;
}

int processor_callers(uintptr_t *callers, int capacity) {
  static _Thread_local bool is_known;
  static _Thread_local stack_bounds_t bounds;
  if (!is_known) {
    bounds = find_stack();
    is_known = true;
  }
  int count = 0;
#if defined(__x86_64__) || defined(__aarch64__)  // where a frame is the caller's and where it returns to
  uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
  if (frame < bounds.low) return 0;
  while (count < capacity && frame < bounds.high && bounds.high - frame >= 2 * sizeof frame) {
    const uintptr_t *record = (const uintptr_t *)frame;
    callers[count++] = record[1];
    // Whoever keeps no frame pointer leaves something else in its register.
    if (record[0] <= frame || record[0] % sizeof frame) break;
    frame = record[0];
  }
#endif
  return count;
}
