// ARGS: -std=c++99
// FAILURE: NO_COMMAND clang does not understand the compile command: invalid value 'c++99'
int a;
