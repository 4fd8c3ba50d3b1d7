// CHECKS: -*,bugprone-suspicious-semicolon
// SUPPRESSED: 1
void a(int x) {
  if (x == 1);  // NOLINT was here before
  if (x == 2);  // NOLINT // CHANGE-ADDS // FINDING: bugprone-suspicious-semicolon
  // NOLINTNEXTLINE // CHANGE-ADDS
  if (x == 3);  // FINDING: bugprone-suspicious-semicolon
}
const char* kWord = "suppress";  // CHANGE-ADDS
