// Whatever the bytes, parsing ends with a status, and findings stay inside the repository.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/reports/sarif.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto report = mergegate::reports::ParseSarif({reinterpret_cast<const char*>(data), size});
  if (!report.ok()) return 0;
  for (const mergegate::Finding& finding : report->findings) {
    const std::string_view path = finding.path;
    if (path.empty() || path.starts_with('/') || path == ".." || path.starts_with("../") ||
        path.find("/../") != std::string_view::npos || path.ends_with("/..") || finding.line < 0 ||
        finding.message.find('\n') != std::string::npos) {
      std::abort();
    }
  }
  return 0;
}
