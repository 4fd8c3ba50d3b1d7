// Links are followed inside the tree and nowhere else.
// CHECKS: -*,bugprone-suspicious-semicolon
// INPUT: inside.h
// INPUT: real/header.h
#if __has_include("absolute.h") || __has_include("climbing.h") || __has_include("loop.h") || __has_include("up/etc/passwd")
#error "a link led out of the tree"
#endif
#include "inside.h"
//--- real/header.h
inline void a(int x) {
  if (x);  // FINDING: bugprone-suspicious-semicolon
}
//--- link:inside.h real/header.h
//--- link:absolute.h /etc/passwd
//--- link:climbing.h ../etc/passwd
//--- link:loop.h loop.h
//--- link:up ..
