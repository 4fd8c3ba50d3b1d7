// clang-analyzer checks belong to the static analyzer: asked for clang-tidy alone, they do not run.
// CHECKS: clang-analyzer-*,clang-diagnostic-*,bugprone-suspicious-semicolon
// ANALYZERS: clang-tidy
int First(const int* p) {
  if (!p) return *p;
  if (*p == 3);  // FINDING: bugprone-suspicious-semicolon // FINDING: clang-diagnostic-empty-body
  return 0;
}
