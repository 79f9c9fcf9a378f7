#pragma once
#define LIMIT(name) name##_1024
#include "../../CLimits/kernels.h"
#undef LIMIT
