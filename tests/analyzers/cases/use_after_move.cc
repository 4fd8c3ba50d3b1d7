// CHECKS: -*,bugprone-use-after-move
// INPUT: case.cc
#include <string>
#include <utility>

void Take(std::string text);

unsigned long Length(std::string name) {
  Take(std::move(name));  // NOTE: move occurred here
  return name.size();     // FINDING: bugprone-use-after-move 'name' used after it was moved // IN: Length
}
