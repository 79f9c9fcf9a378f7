#pragma once
#define LIMIT(name) name##_256
#include "../../CLimits/kernels.h"
#undef LIMIT
