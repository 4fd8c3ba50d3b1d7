// CHECKS: -*,clang-diagnostic-*
// ARGS: -std=c++20 -Wall
// FAILURE: PARSE_ERROR case.cc:4: source file is not valid UTF-8
int café = 1;  // FINDING: clang-diagnostic-error source file is not valid UTF-8
const char* k = "café";  // FINDING: clang-diagnostic-invalid-source-encoding
int cafÃ©;
