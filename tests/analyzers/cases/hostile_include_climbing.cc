// FAILURE: PARSE_ERROR '../../../etc/passwd' file not found
#if __has_include("/etc/passwd") || __has_include("../etc/passwd") || __has_include("/src/../etc/passwd")
#error "the file system shows too much"
#endif
#if __has_include("/usr/include/../../etc/passwd") || __has_include("/proc/self/environ")
#error "the file system shows too much"
#endif
#if !__has_include("/usr/include/../include/stdio.h") || !__has_include("../usr/include/stdio.h")
#error "the toolchain is not there"
#endif
#include "../../../etc/passwd"
