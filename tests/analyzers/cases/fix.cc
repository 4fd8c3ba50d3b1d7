// CHECKS: -*,performance-for-range-copy,performance-enum-size,modernize-use-nullptr
#include <string>
#include <vector>

unsigned long Sum(const std::vector<std::string>& names) {
  unsigned long sum = 0;
  for (std::string name : names) {  // FINDING: performance-for-range-copy // FIXED: for (const std::string& name : names) {
    sum += name.size();
  }
  return sum;
}
char* p = 0;  // FINDING: modernize-use-nullptr // FIXED: char* p = nullptr;
