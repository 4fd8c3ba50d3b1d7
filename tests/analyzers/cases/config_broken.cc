// FAILURE: INTERNAL .clang-tidy:1:
// ARGS: -std=c++20
int a;
//--- base:.clang-tidy
Checks: [unfinished
