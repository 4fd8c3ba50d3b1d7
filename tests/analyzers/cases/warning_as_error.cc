// A warning that -Werror turns into an error is a finding, but the unit has parsed.
// CHECKS: -*,clang-diagnostic-*
// ARGS: -std=c++17 -Wall -Werror
int a() {
  int unused = 1;  // FINDING: clang-diagnostic-unused-variable
  return 0;
}
