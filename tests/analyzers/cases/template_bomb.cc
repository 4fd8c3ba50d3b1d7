// Endless instantiation ends as a failure of the unit.
// CHECKS: -*,bugprone-use-after-move
// FAILURE: PARSE_ERROR recursive template instantiation exceeded maximum depth of 1024
template <int N>
struct Bomb {
  static constexpr int value = Bomb<N + 1>::value;  // FINDING: clang-diagnostic-error recursive template instantiation
};
int boom = Bomb<0>::value;
