#define _GNU_SOURCE
#include "cores.h"

#include <sched.h>
#include <unistd.h>

int cores_current(void) { return sched_getcpu(); }

void cores_leave(int core) {
  cpu_set_t cores;
  // Those of the process's first thread, which keeps all.
  if (sched_getaffinity(getpid(), sizeof cores, &cores)) return;
  CPU_CLR(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}
