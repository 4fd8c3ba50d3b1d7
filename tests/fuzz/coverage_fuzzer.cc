// Whatever the bytes, parsing ends with a status, and paths and lines can be used as such.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/reports/coverage.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto report = mergegate::reports::ParseCoverage({reinterpret_cast<const char*>(data), size});
  if (!report.ok()) return 0;
  for (const auto& [path, lines] : report->files) {
    if (path.empty() || path == ".." || path.starts_with("../") || path.find('\n') != std::string::npos) std::abort();
    if (!lines.empty() && lines.begin()->first < 1) std::abort();
  }
  return 0;
}
