#include "CLimits256.h"
#define LIMIT(name) name##_256
#include "../CLimits/kernels.inc"
