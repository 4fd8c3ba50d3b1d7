// Findings in headers of the tree count, those in system headers of the tree do not.
// CHECKS: -*,bugprone-suspicious-semicolon
// ARGS: -std=c++17 -Iinclude -isystem /src/third_party
// INPUT: include/lib/a.h
// INPUT: third_party/b.h
// ABSENT: lib
// ABSENT: include/b.h
#include "lib/a.h"
#include <b.h>
#include <mine.h>
//--- include/lib/a.h
inline void InHeader(int x) {
  if (x);  // FINDING: bugprone-suspicious-semicolon // IN: InHeader
}
//--- include/mine.h
#define HOLLOW(x) if (x); else
//--- third_party/b.h
inline void InSystemHeader(int x) {
  if (x);
}
