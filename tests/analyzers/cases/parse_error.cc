// CHECKS: -*,modernize-use-nullptr
// FAILURE: PARSE_ERROR case.cc:5: use of undeclared identifier 'missing'
void a(int x) {
  char* p = 0;  // FINDING: modernize-use-nullptr
  missing(x);   // FINDING: clang-diagnostic-error use of undeclared identifier 'missing'
}
