#define _GNU_SOURCE
#include "cores.h"

#include <sched.h>

int cores_current(void) { return sched_getcpu(); }

void cores_leave(int core) {
  cpu_set_t cores;
  if (sched_getaffinity(0, sizeof cores, &cores)) return;
  CPU_CLR(core, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
}
