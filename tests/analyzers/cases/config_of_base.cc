// The base commit's .clang-tidy counts, by directory; the one that the change brings does not.
// ARGS: -std=c++20
#include "lib/a.h"
void b(int x) {
  if (x);  // FINDING: bugprone-suspicious-semicolon
  char* p = 0;
}
//--- lib/a.h
inline char* p = 0;
//--- .clang-tidy
Checks: '-*,modernize-use-nullptr'
//--- base:.clang-tidy
Checks: '-*,bugprone-suspicious-semicolon,readability-function-size'
