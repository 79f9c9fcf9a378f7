#include "CLimits512.h"
#define LIMIT(name) name##_512
#include "../CLimits/kernels.inc"
