#pragma once
#include <cblas.h>

// Exported by OpenBLAS builds with DYNAMIC_ARCH, declared in no public header.
void gotoblas_dynamic_init(void);
void gotoblas_dynamic_quit(void);
