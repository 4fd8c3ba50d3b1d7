// Rules of ownership out of any bytes, and what they demand for some paths. The first byte chooses the kind of file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "server/reviewers/owners.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate::reviewers;
  if (size == 0) return 0;
  static const char* const kFiles[] = {"CODEOWNERS", ".gitlab/CODEOWNERS", "OWNERS", "OWNERS_ALIASES"};
  const std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const OwnerRules rules = ReadOwnerRules({{kFiles[data[0] % 4], text}, {"db/OWNERS", text}});
  if (rules.problems().size() > 100) std::abort();
  for (const auto& demand :
       rules.DemandsOf({"a.cc", "db/version_set.cc", "docs/x/y.md", "\xff"}, {}, {{"@o/t", {"ann"}}})) {
    if (demand.paths.empty()) std::abort();
  }
  return 0;
}
