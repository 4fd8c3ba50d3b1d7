// CHECKS: -*,bugprone-use-after-move,bugprone-suspicious-semicolon
// SUPPRESSED: 3
void a(int x) {
  if (x == 1);  // NOLINT
  if (x == 2);  // NOLINT(bugprone-suspicious-semicolon)
  // NOLINTNEXTLINE(bugprone-*)
  if (x == 3);
  if (x == 4);  // NOLINT(bugprone-use-after-move) // FINDING: bugprone-suspicious-semicolon
  if (x == 5);  // FINDING: bugprone-suspicious-semicolon
}
