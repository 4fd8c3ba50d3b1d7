// c
#include "a.h"
#include <b.h>
auto s = R"x(
#include "no"
)x"; int n = 1'0;
