#include "server/domain/duplication.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <tuple>

namespace mergegate {

int DuplicatedLines(const Facts& facts) {
  std::vector<std::tuple<std::string_view, int, int>> blocks;
  for (const DuplicateBlock& block : facts.duplicates) {
    blocks.emplace_back(block.path, block.start_line, block.end_line);
  }
  std::ranges::sort(blocks);
  int64_t lines = 0;
  std::string_view path;
  int64_t covered_to = 0;  // last line of `path` that is counted already
  for (const auto& [block_path, first, last] : blocks) {
    if (block_path != path) covered_to = 0;
    path = block_path;
    const int64_t from = std::max<int64_t>(first, covered_to + 1);
    if (last < from) continue;
    lines += last - from + 1;
    covered_to = last;
  }
  return static_cast<int>(std::min<int64_t>(lines, std::max(facts.cpp_lines_added, 0)));
}

bool IsDuplicationFailure(const AnalysisFailure& failure) {
  return failure.analyzer == "duplication" || (failure.analyzer.empty() && failure.unit == "duplication");
}

}  // namespace mergegate
