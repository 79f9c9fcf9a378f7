#include "team.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

// Handing work to a thread that spins costs the journey of a cache line, about 0.1 µs, where waking
// one costs some tens. Each counter has a pair of lines to itself, since the prefetcher fetches pairs.
static _Alignas(128) _Atomic unsigned job;        // counts the pieces of work handed out
static _Alignas(128) _Atomic int awake;           // whether the threads spin or sleep
static struct { _Alignas(128) _Atomic unsigned done; } slots[limit_team_most];

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t bell = PTHREAD_COND_INITIALIZER;
static int started = 1, team = 1;
static _Atomic int spinning;
static limit_work current;
static void *current_context;

// Spins once; whoever spins for long gives the core to others, for there may be fewer cores than
// threads.
static inline void pause_briefly(unsigned *spins) {
  if (++*spins % 4096 == 0) sched_yield();
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Blocks until the bell rings; returns the number of the last piece of work handed out before.
static unsigned sleep_until_woken(int part) {
  pthread_mutex_lock(&lock);
  while (!atomic_load(&awake) || part >= team) pthread_cond_wait(&bell, &lock);
  unsigned seen = atomic_load(&job);
  atomic_fetch_add(&spinning, 1);
  pthread_mutex_unlock(&lock);
  return seen;
}

static void *helper(void *argument) {
  int part = (int)(long)argument;
  for (;;) {
    unsigned seen = sleep_until_woken(part), spins = 0;
    while (atomic_load_explicit(&awake, memory_order_relaxed)) {
      unsigned now = atomic_load_explicit(&job, memory_order_acquire);
      if (now == seen) {
        pause_briefly(&spins);
        continue;
      }
      seen = now;
      spins = 0;
      current(current_context, part, team);
      atomic_store_explicit(&slots[part].done, now, memory_order_release);
    }
    atomic_fetch_sub(&spinning, 1);
  }
  return 0;
}

int limit_team_wake(int parts) {
  if (parts < 1 || parts > limit_team_most) return EINVAL;
  pthread_mutex_lock(&lock);
  int error = 0;
  for (; started < parts && !error; started += !error) {
    pthread_t thread;
    error = pthread_create(&thread, 0, helper, (void *)(long)started);
    if (!error) pthread_detach(thread);
  }
  if (!error) {
    team = parts;
    atomic_store(&awake, 1);
    pthread_cond_broadcast(&bell);
  }
  pthread_mutex_unlock(&lock);
  unsigned spins = 0;
  while (!error && atomic_load(&spinning) < parts - 1) pause_briefly(&spins);
  return error;
}

int limit_team_run(limit_work work, void *context) {
  current = work;
  current_context = context;
  unsigned now = atomic_fetch_add_explicit(&job, 1, memory_order_release) + 1;
  work(context, 0, team);
  unsigned spins = 0;
  for (int part = 1; part < team; part++)
    while (atomic_load_explicit(&slots[part].done, memory_order_acquire) != now)
      pause_briefly(&spins);
  return team;
}

void limit_team_rest(void) {
  unsigned spins = 0;
  atomic_store(&awake, 0);
  while (atomic_load(&spinning) > 0) pause_briefly(&spins);
  team = 1;  // Work that comes now is the caller's alone.
}
