#pragma once

#include <stdint.h>

/// Calls `body` with `context` while the frame pointer's register holds `value`, as a function may that
/// is compiled without frame pointers. Does so on x86-64 and AArch64; elsewhere it only calls.
void frames_call(uintptr_t value, void (*body)(void *), void *context);

/// Calls `body` with `context` on a stack of its own, as a coroutine has.
void frames_call_elsewhere(void (*body)(void *), void *context);
