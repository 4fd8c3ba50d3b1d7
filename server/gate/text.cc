#include "server/gate/text.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace mergegate::gate {

std::string Number(double value) {
  // The small term undoes representation error (0.29 * 10000 is 2899.99...), not more.
  std::string text = absl::StrFormat("%.4f", std::floor(value * 10000 + 1e-6) / 10000);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::string Percent(int64_t part, int64_t whole) {
  return absl::StrCat(Number(static_cast<double>(part * 10000 / whole) / 100), "%");
}

std::string Count(int64_t n, std::string_view noun) {
  return absl::StrCat(n, " ", std::string(noun), n == 1 ? "" : "s");
}

std::string ShowLines(const std::vector<int>& lines) {
  constexpr int kMostRanges = 10;
  std::string shown;
  int ranges = 0;
  for (size_t i = 0; i < lines.size();) {
    size_t end = i + 1;
    while (end < lines.size() && lines[end] == lines[end - 1] + 1) ++end;
    if (ranges++ == kMostRanges) {
      absl::StrAppend(&shown, ", ... and ", lines.size() - i, " more");
      break;
    }
    absl::StrAppend(&shown, shown.empty() ? "" : ", ", lines[i]);
    if (end > i + 1) absl::StrAppend(&shown, "-", lines[end - 1]);
    i = end;
  }
  return shown;
}

}  // namespace mergegate::gate
