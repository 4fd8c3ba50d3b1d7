// c
#include <b.h>

#include "a.h"
auto s = R"x(
#include "no"
)x";
int n = 1'0;
