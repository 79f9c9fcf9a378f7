#pragma once

// What only an instruction can tell or do: waiting politely, counting ticks, finding who called, and
// asking the processor what it is. Every function has an answer on every architecture.

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#elif defined(__aarch64__)
#include <sys/auxv.h>
#endif

/// Tells the processor that the thread spins, so that it saves power and its sibling runs faster.
static inline void processor_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("isb" ::: "memory");  // `yield` is a no-op on most cores; `isb` waits a little.
#endif
}

/// Asks for a line of memory that will be read soon; nothing happens where there is none.
static inline void processor_prefetch(const void *address) {
  __builtin_prefetch(address);
}

/// Returns a counter that runs at a constant rate on all cores, or 0 where there is none.
static inline uint64_t processor_ticks(void) {
#if defined(__x86_64__)
  return __builtin_ia32_rdtsc();
#elif defined(__aarch64__)
  uint64_t ticks;
  __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
  return ticks;
#else
  return 0;
#endif
}

/// Returns how often `processor_ticks` counts in a second, or 0 where it must be measured.
static inline uint64_t processor_ticks_per_second(void) {
#if defined(__aarch64__)
  uint64_t frequency;
  __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
  return frequency;
#else
  return 0;
#endif
}

/// Returns how many processors the calling process may run on, or 0 when the system does not tell.
/// The mask is larger than `cpu_set_t` on the largest machines, hence the system call itself.
static inline int processor_usable_count(void) {
  uint64_t mask[1024] = {0};
  const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
  int count = 0;
  for (long i = 0; i < bytes / (long)sizeof *mask; i++) count += __builtin_popcountll(mask[i]);
  return count;
}

/// Returns what the calling thread has set by `processor_set_loop_record`, at first null: where its
/// loops note who works on them.
void *processor_loop_record(void);
void processor_set_loop_record(void *record);

/// Returns a number that tells the calling thread from all others that run.
uintptr_t processor_thread(void);

/// Writes up to `capacity` return addresses, nearest first, beginning with that of this call, and returns
/// how many. They are found by frame pointers, which are followed within the thread's own stack only:
/// what is compiled without them, such as parts of asynchronous functions, may leave anything in their
/// place.
int processor_callers(uintptr_t *callers, int capacity);

/// Who made the processor, as far as Martlet tells them apart.
typedef enum {
  processor_vendor_other,
  processor_vendor_intel,
  processor_vendor_amd,
} processor_vendor_t;

/// What the processor says it is. The family and the model are those of the makers' manuals.
typedef struct {
  processor_vendor_t vendor;
  uint32_t family;
  uint32_t model;
  /// AVX2 and fused multiply-add, saved by the operating system.
  bool avx2;
  /// AVX-512 F, DQ, BW, CD and VL (what OpenBLAS calls SkylakeX), saved by the operating system.
  bool avx512;
} processor_identity_t;

#if defined(__x86_64__)
/// Returns which register states the operating system saves: extended control register 0.
static inline uint64_t processor_saved_states(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

static inline void processor_read_vector_features(
    processor_identity_t* identity, uint32_t features1, uint32_t features7) {
  const uint32_t osxsave = 1u << 27, avx = 1u << 28, fma = 1u << 12;
  if ((features1 & (osxsave | avx)) != (osxsave | avx)) return;
  const uint64_t ymm = 0x6, zmm = 0xe6;  // SSE and AVX; the same, masks and upper registers
  const uint64_t saved = processor_saved_states();
  const uint32_t avx2 = 1u << 5;
  const uint32_t avx512 = 1u << 16 | 1u << 17 | 1u << 28 | 1u << 30 | 1u << 31;
  identity->avx2 = (saved & ymm) == ymm && (features7 & avx2) && (features1 & fma);
  identity->avx512 = identity->avx2 && (saved & zmm) == zmm && (features7 & avx512) == avx512;
}
#endif

/// Asks the processor what it is. In a virtual machine this takes tens of microseconds: ask once.
static inline processor_identity_t processor_identify(void) {
  processor_identity_t identity = {processor_vendor_other, 0, 0, false, false};
#if defined(__x86_64__)
  uint32_t a, b, c, d;
  if (!__get_cpuid(0, &a, &b, &c, &d)) return identity;
  if (b == signature_INTEL_ebx) identity.vendor = processor_vendor_intel;
  if (b == signature_AMD_ebx) identity.vendor = processor_vendor_amd;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return identity;
  const uint32_t features1 = c;
  identity.family = (a >> 8) & 0xf;
  identity.model = (a >> 4) & 0xf;
  if (identity.family == 0xf || identity.family == 6) identity.model |= (a >> 12) & 0xf0;
  if (identity.family == 0xf) identity.family += (a >> 20) & 0xff;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    processor_read_vector_features(&identity, features1, b);
  }
#endif
  return identity;
}

/// Writes up to `capacity` words that are the same on every processor of one kind and differ where the
/// instructions do, and returns how many.
static inline int processor_signature(uint32_t* words, int capacity) {
  int count = 0;
#define PUT(WORD) do { if (count < capacity) words[count++] = (WORD); } while (0)
#if defined(__x86_64__)
  // Leaf and subleaf. The processor's number stands in leaf 1, register B, which is left out.
  static const uint32_t leaves[][2] = {{0, 0}, {1, 0}, {7, 0}, {7, 1}, {7, 2}, {0xd, 1},
                                       {0x14, 0}, {0x19, 0}, {0x1e, 0}, {0x24, 0},
                                       {0x80000001, 0}, {0x80000008, 0}};
  uint32_t features1 = 0;
  for (unsigned i = 0; i < sizeof leaves / sizeof *leaves; i++) {
    uint32_t a = 0, b = 0, c = 0, d = 0;
    const uint32_t leaf = leaves[i][0];
    if (!__get_cpuid_count(leaf, leaves[i][1], &a, &b, &c, &d)) a = b = c = d = 0;
    if (leaf == 1) features1 = c;
    // What the next two tell besides depends on what is switched on or on the addresses' width.
    if (leaf == 0xd) b = c = d = 0;
    if (leaf == 0x80000008) a = c = d = 0;
    PUT(a);
    PUT(leaf == 1 ? 0 : b);
    PUT(c);
    PUT(d);
  }
  if (features1 & 1u << 27) {
    const uint64_t saved = processor_saved_states();
    PUT((uint32_t)saved);
    PUT((uint32_t)(saved >> 32));
  }
#elif defined(__aarch64__)
  const uint64_t features = getauxval(AT_HWCAP), features2 = getauxval(AT_HWCAP2);
  uint64_t identity = 0;
  // Linux answers for this register where the bit says so.
  if (features & 1u << 11) __asm__ volatile("mrs %0, midr_el1" : "=r"(identity));
  PUT((uint32_t)features);
  PUT((uint32_t)(features >> 32));
  PUT((uint32_t)features2);
  PUT((uint32_t)(features2 >> 32));
  PUT((uint32_t)identity);
#endif
#undef PUT
  return count;
}
