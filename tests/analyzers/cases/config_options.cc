// CheckOptions and arguments of the base commit's configuration; arguments that could reach files are not taken over.
// SUPPRESSED: 0
// ARGS: -std=c++20
#if !defined(FROM_CONFIG) || __has_include("secret.h")
#error "ExtraArgs"
#endif
int Long(int x) {  // FINDING: readability-function-size function 'Long' exceeds recommended size/complexity
  ++x;
  ++x;
  return x;
}
//--- hidden/secret.h
int secret;
//--- base:.clang-tidy
Checks: '-*,readability-function-size'
ExtraArgs: ['-DFROM_CONFIG', '-I/src/hidden']
CheckOptions:
  readability-function-size.StatementThreshold: 2
