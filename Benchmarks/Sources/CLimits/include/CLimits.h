#pragma once
#include "team.h"
