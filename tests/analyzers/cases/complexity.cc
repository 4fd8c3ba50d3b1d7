// Counted by hand. clang-tidy counts cognitive complexity by the same paper and must agree where both are annotated.
// ANALYZERS: clang-tidy,code-metrics
int Straight(int a) { return a; }  // METRIC: cognitive=0 cyclomatic=1 nesting=0 lines=1 parameters=1

// if +1, else if +1, else +1
int Chain(int a) {  // METRIC: cognitive=3 cyclomatic=3 nesting=1 lines=9 // FINDING: readability-function-cognitive-complexity complexity of 3
  if (a == 1) {
    return 1;
  } else if (a == 2) {
    return 2;
  } else {
    return 3;
  }
}

// for +1, for +2, if +3, continue to the outer by goto +1
int Primes(int max) {  // METRIC: cognitive=7 cyclomatic=4 nesting=3 // FINDING: readability-function-cognitive-complexity complexity of 7
  int total = 0;
  for (int i = 1; i <= max; ++i) {
    for (int j = 2; j < i; ++j) {
      if (i % j == 0) {
        goto next;
      }
    }
    total += i;
  next:;
  }
  return total;
}

// switch +1; three cases are three decisions, default is none
const char* Word(int n) {  // METRIC: cognitive=1 cyclomatic=4 nesting=1 parameters=1 // FINDING: readability-function-cognitive-complexity complexity of 1
  switch (n) {
    case 1:
      return "one";
    case 2:
    case 3:
      return "some";
    default:
      return "lots";
  }
}

// if +1, && || && are three runs +3
bool Runs(bool a, bool b, bool c, bool d, bool e, bool f) {  // METRIC: cognitive=4 cyclomatic=7 parameters=6 // FINDING: readability-function-cognitive-complexity complexity of 4
  if (a && b && c || d || e && f) return true;
  return false;
}

// if +1, && +1, a negated group starts anew: && +1
bool Negated(bool a, bool b, bool c) {  // METRIC: cognitive=3 cyclomatic=4 // FINDING: readability-function-cognitive-complexity
  if (a && !(b && c)) return true;
  return false;
}

const int kSmall[] = {1, 2};

// try 0, if +1, for +2, catch +1, ?: +2
int Tries(int a) {  // METRIC: cognitive=6 cyclomatic=5 nesting=2 // FINDING: readability-function-cognitive-complexity complexity of 6
  try {
    if (a) {
      for (int x : kSmall) a += x;
    }
  } catch (...) {
    return a ? 1 : 0;
  }
  return a;
}

// a lambda nests: if +2; while +1, do +1
int Nested(int a) {  // METRIC: cognitive=4 cyclomatic=4 nesting=1 // FINDING: readability-function-cognitive-complexity complexity of 4
  auto f = [&](int x) {  // FINDING: readability-function-cognitive-complexity lambda has cognitive complexity of 1
    if (x) a = x;
  };
  while (a > 10) --a;
  do --a; while (a > 5);
  f(a);
  return a;
}

// if +1, recursion +1; clang-tidy does not count recursion
int Factorial(int n) {  // METRIC: cognitive=2 cyclomatic=2 // FINDING: readability-function-cognitive-complexity complexity of 1
  if (n < 2) return 1;
  return n * Factorial(n - 1);
}

template <typename T>  // METRIC: cognitive=1 cyclomatic=2 lines=5
T Larger(T a, T b) {  // FINDING: readability-function-cognitive-complexity complexity of 1
  if (a < b) return b;
  return a;
}
int instantiated = Larger(1, 2);
//--- base:.clang-tidy
Checks: '-*,readability-function-cognitive-complexity'
CheckOptions:
  readability-function-cognitive-complexity.Threshold: 0
