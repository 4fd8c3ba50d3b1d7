// Whatever strangers write, it stays text: one line, no markup that starts, no fence that ends early.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "server/publication/escape.h"
#include "server/publication/line_comments.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

// Every `c` has an odd number of backslashes before it.
bool Escaped(const std::string& text, char c) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != c) continue;
    size_t backslashes = 0;
    while (backslashes < i && text[i - 1 - backslashes] == '\\') ++backslashes;
    if (backslashes % 2 == 0) return false;
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  using namespace mergegate::publication;
  const std::string line = OneLine(text, 200);
  Require(line.size() <= 200 && line.find('\n') == std::string::npos && line.find('\0') == std::string::npos);
  Require(OneLine(line, 200) == line);

  const std::string escaped = Inline(text, 200);
  for (const char c : {'<', '>', '`', '*', '_', '[', ']', '|', '#', '~'}) Require(Escaped(escaped, c));
  Require(escaped.find("://") == std::string::npos);
  Require(escaped.find('\n') == std::string::npos);

  const std::string code = Code(text);
  Require(code.find('\n') == std::string::npos);
  Require(code.empty() || (code.front() == '`' && code.back() == '`'));

  const std::string fenced = Fenced(text, "suggestion");
  const std::string fence = fenced.substr(0, fenced.find('s'));
  Require(fenced.find(fence, fence.size()) == fenced.size() - fence.size() - 1);  // the one at its end

  Require(CutMarkdown(std::string(text), 100).size() <= 100);
  static_cast<void>(Link("x", text));
  static_cast<void>(FindMark(text));
  return 0;
}
