#include "CLimits1024.h"
#define LIMIT(name) name##_1024
#define WIDTH 128
#include "../CLimits/kernels.inc"
