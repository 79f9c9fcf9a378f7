#include "CLimits256.h"
#define LIMIT(name) name##_256
#define WIDTH 32
#include "../CLimits/kernels.inc"
