#pragma once
#include <complex.h>
#include <lapacke.h>
