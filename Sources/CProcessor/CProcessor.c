#include "CProcessor.h"

#include <pthread.h>

static _Thread_local void *loop_record;

void *processor_loop_record(void) { return loop_record; }

void processor_set_loop_record(void *record) { loop_record = record; }

uintptr_t processor_thread(void) { return (uintptr_t)pthread_self(); }
