// Without configuration: faults, not taste.
// ANALYZERS: clang-tidy,static-analyzer
char* p = 0;
int First(const int* q) {
  if (!q) return *q;  // FINDING: clang-analyzer-core.NullDereference
  if (*q);  // FINDING: bugprone-suspicious-semicolon // FINDING: clang-diagnostic-empty-body
  return 0;
}
