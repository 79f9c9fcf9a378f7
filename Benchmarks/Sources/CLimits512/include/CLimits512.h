#pragma once
#define LIMIT(name) name##_512
#include "../../CLimits/kernels.h"
#undef LIMIT
