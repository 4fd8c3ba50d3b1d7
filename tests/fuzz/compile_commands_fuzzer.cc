// Whatever the bytes, parsing ends with a status, and no flag gets past the allow-list.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/planning/compile_commands.h"
#include "server/planning/include_scan.h"
#include "tests/support/map_tree.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static const MapTree* const tree = new MapTree({{"a.cc", ""}, {"src/b.c", ""}, {"include/a.h", ""}});
  const auto commands = planning::ParseCompileCommands(text, *tree, CommandSource::kGiven);
  if (commands.ok()) {
    for (const auto& [file, command] : commands->by_file) {
      if (!tree->FindBlob(file).has_value()) std::abort();
      for (std::string_view argument : command.arguments) {
        if (!argument.starts_with('-') || argument.starts_with("-fplugin") || argument.starts_with("-Xclang") ||
            argument.starts_with("-o")) {
          std::abort();
        }
      }
    }
  }
  planning::ScanIncludes(text);
  return 0;
}
