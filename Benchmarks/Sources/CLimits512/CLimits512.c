#include "CLimits512.h"
#define LIMIT(name) name##_512
#define WIDTH 64
#include "../CLimits/kernels.inc"
