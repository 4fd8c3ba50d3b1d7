// CHECKS: -*,bugprone-suspicious-semicolon
// ARGS: -std=c++17 -I/src/gen
// FAILURE: PARSE_ERROR lib/user.h:2: 'build/config.h' file not found; "build/config.h" is neither in the commit nor
// ABSENT: lib/build
// ABSENT: gen
#include "lib/user.h"
//--- lib/user.h
// A generated header.
#include "build/config.h"
