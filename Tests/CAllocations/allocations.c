// Stands between the process and glibc: a program's own `malloc` takes the place of the library's, for
// all libraries of the process too. Each function counts and hands on.
#define _GNU_SOURCE
#include "allocations.h"

#include <dlfcn.h>
#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *block);

static atomic_long calls, heap, peak, mapped;
static atomic_int is_counting;

void allocations_reset(void) {
  atomic_store(&is_counting, 1);
  atomic_store(&calls, 0);
  atomic_store(&heap, 0);
  atomic_store(&peak, 0);
  atomic_store(&mapped, 0);
}

struct allocations allocations_now(void) {
  atomic_store(&is_counting, 0);
  return (struct allocations){calls, heap, peak, mapped};
}

// Whether code at this address belongs to Dispatch, or to the loader, which it has make threads.
static int is_of_dispatch(void *code) {
  Dl_info info;
  if (!dladdr(code, &info) || !info.dli_fname) return 0;
  return strstr(info.dli_fname, "libdispatch") || strstr(info.dli_fname, "libBlocksRuntime") ||
         strstr(info.dli_fname, "ld-linux");
}

static void count_call(void *caller) {
  if (atomic_load_explicit(&is_counting, memory_order_relaxed) && !is_of_dispatch(caller))
    atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed);
}

#define CALLER __builtin_return_address(0)

static void *taken(void *block, void *caller) {
  if (!block) return block;
  count_call(caller);
  long size = malloc_usable_size(block);
  long now = atomic_fetch_add_explicit(&heap, size, memory_order_relaxed) + size;
  long most = atomic_load_explicit(&peak, memory_order_relaxed);
  while (now > most && !atomic_compare_exchange_weak(&peak, &most, now)) {
  }
  return block;
}

static void given_back(void *block) {
  if (block) atomic_fetch_sub_explicit(&heap, malloc_usable_size(block), memory_order_relaxed);
}

void *malloc(size_t size) { return taken(__libc_malloc(size), CALLER); }

void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size), CALLER); }

void *realloc(void *block, size_t size) {
  long before = block ? malloc_usable_size(block) : 0;
  void *moved = __libc_realloc(block, size);
  if (moved || size == 0) atomic_fetch_sub_explicit(&heap, before, memory_order_relaxed);
  return taken(moved, CALLER);
}

void free(void *block) {
  given_back(block);
  __libc_free(block);
}

void *memalign(size_t alignment, size_t size) {
  return taken(__libc_memalign(alignment, size), CALLER);
}

void *aligned_alloc(size_t alignment, size_t size) {
  return taken(__libc_memalign(alignment, size), CALLER);
}

int posix_memalign(void **block, size_t alignment, size_t size) {
  if (alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0 || alignment == 0)
    return EINVAL;
  void *made = taken(__libc_memalign(alignment, size), CALLER);
  if (!made) return ENOMEM;
  *block = made;
  return 0;
}

void *mmap(void *address, size_t size, int protection, int flags, int file, off_t offset) {
  void *made = (void *)syscall(SYS_mmap, address, size, protection, flags, file, offset);
  if (made != MAP_FAILED) {
    count_call(CALLER);
    atomic_fetch_add_explicit(&mapped, size, memory_order_relaxed);
  }
  return made;
}

int munmap(void *address, size_t size) {
  int result = (int)syscall(SYS_munmap, address, size);
  if (result == 0) atomic_fetch_sub_explicit(&mapped, size, memory_order_relaxed);
  return result;
}
