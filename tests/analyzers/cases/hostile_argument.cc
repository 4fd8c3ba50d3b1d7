// ARGS: -std=c++20 -fplugin=/tmp/evil.so
// FAILURE: NO_COMMAND argument "-fplugin=/tmp/evil.so" is refused: it can load code into the compiler
int a;
