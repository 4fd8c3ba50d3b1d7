// Whatever the bytes: a frame of a kept history is read as it would be written, or not at all; messages name ids only;
// words of code are few, and as long as words are.
#include <algorithm>
#include <cctype>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "server/git/risk_file.h"
#include "server/risk/links.h"
#include "server/risk/words.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  std::vector<risk::Commit> commits;
  if (git::DecodeCommits(bytes, commits) && git::EncodeCommits(commits) != bytes) std::abort();

  for (const std::string& cause : risk::ReadMessage(bytes).causes) {
    const auto digit = [](char c) {
      return std::isxdigit(static_cast<unsigned char>(c)) && !std::isupper(static_cast<unsigned char>(c));
    };
    if (cause.size() < 7 || cause.size() > 40 || !std::ranges::all_of(cause, digit)) std::abort();
  }
  Hunk hunk;
  for (const auto line : absl::StrSplit(absl::string_view(bytes.data(), bytes.size()), '\n'))
    hunk.added.emplace_back(line);
  const Diff diff{.files = {{.change = FileChange::kAdded, .old_path = {}, .new_path = "a.cc", .hunks = {hunk}}}};
  const std::vector<std::string> words = risk::WordsOf(diff);
  if (words.size() > risk::kMostWords) std::abort();
  for (const std::string& word : words) {
    if (word.size() < 3 || word.size() > 40 || bytes.find(word) == std::string_view::npos) std::abort();
  }
  return 0;
}
