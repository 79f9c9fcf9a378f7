#pragma once
#include "team.h"
#include "loops.h"
