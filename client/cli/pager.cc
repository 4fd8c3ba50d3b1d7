#include "client/cli/pager.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace mergegate::client {

std::string PagerFor(const std::string& text, const Environment& env) {
  if (!env.terminal.out_is_tty || std::ranges::count(text, '\n') < env.terminal.rows) return "";
  auto command = env.variable("MERGEGATE_PAGER");
  if (!command) command = env.variable("PAGER");
  return !command || *command == "cat" ? "" : *command;
}

void ShowPaged(const std::string& text, Environment& env) {
  const std::string command = PagerFor(text, env);
  FILE* pager = nullptr;
  if (!command.empty()) {
    // less: pass colours through, leave the text on the screen.
    setenv("LESS", "FRX", /*overwrite=*/0);
    pager = popen(command.c_str(), "w");
  }
  if (pager == nullptr) {
    env.out << text << std::flush;
    return;
  }
  std::fwrite(text.data(), 1, text.size(), pager);
  pclose(pager);
}

}  // namespace mergegate::client
