// CHECKS: -*,clang-analyzer-core.NullDereference
// ANALYZERS: static-analyzer
int Before(const int* p) {
  if (p) return 0;
  [[clang::suppress]] return *p;
}
int After(const int* p) {
  if (p) return 0;
  [[clang::suppress]] return *p;  // CHANGE-ADDS // FINDING: clang-analyzer-core.NullDereference
}
int Macro(const int* p) {
  if (p) return 0;
  __attribute__((suppress)) return *p;  // CHANGE-ADDS // FINDING: clang-analyzer-core.NullDereference
}
