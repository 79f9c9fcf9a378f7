#include "frames.h"

#include <stdlib.h>
#include <ucontext.h>

#if defined(__x86_64__)
__asm__(
    ".text\n"
    ".globl frames_call\n"
    ".type frames_call, @function\n"
    "frames_call:\n"
    "  pushq %rbp\n"
    "  movq %rdi, %rbp\n"
    "  movq %rdx, %rdi\n"
    "  callq *%rsi\n"
    "  popq %rbp\n"
    "  ret\n"
    ".size frames_call, .-frames_call\n"
    ".section .note.GNU-stack,\"\",@progbits\n"
    ".text\n");
#elif defined(__aarch64__)
__asm__(
    ".text\n"
    ".globl frames_call\n"
    ".type frames_call, @function\n"
    "frames_call:\n"
    "  stp x29, x30, [sp, #-16]!\n"
    "  mov x29, x0\n"
    "  mov x0, x2\n"
    "  blr x1\n"
    "  ldp x29, x30, [sp], #16\n"
    "  ret\n"
    ".size frames_call, .-frames_call\n"
    ".section .note.GNU-stack,\"\",@progbits\n"
    ".text\n");
#else
void frames_call(uintptr_t value, void (*body)(void *), void *context) { body(context); }
#endif

static void (*elsewhere_body)(void *);
static void *elsewhere_context;

static void run_elsewhere(void) { elsewhere_body(elsewhere_context); }

void frames_call_elsewhere(void (*body)(void *), void *context) {
  enum { size = 1 << 20 };
  void *stack = malloc(size);
  if (!stack) return;
  ucontext_t here, there;
  elsewhere_body = body;
  elsewhere_context = context;
  if (!getcontext(&there)) {
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = size;
    there.uc_link = &here;
    makecontext(&there, run_elsewhere, 0);
    swapcontext(&here, &there);
  }
  free(stack);
}
