#pragma once

/// Returns the core that the calling thread runs on, or -1.
int cores_current(void);

/// Keeps the calling thread off a core, until the next call, unless the process may run on no other.
void cores_leave(int core);
