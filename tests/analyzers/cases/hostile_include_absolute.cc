// ANALYZERS: clang-tidy,static-analyzer,code-metrics
// FAILURE: PARSE_ERROR '/etc/passwd' file not found
#include "/etc/passwd"
