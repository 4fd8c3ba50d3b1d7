#include "server/reviewers/words.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "server/reviewers/text.h"

namespace mergegate::reviewers {
namespace {

constexpr size_t kMostTitleWords = 16, kMostPathWords = 12;
constexpr size_t kLongestTitle = 1000;

constexpr std::string_view kCommonWords[] = {"the", "and", "for", "with",   "not",    "from", "this", "that",
                                             "fix", "add", "use", "remove", "update", "make", "when", "into"};
constexpr std::string_view kCommonFolders[] = {"src",  "include", "test", "tests",    "lib",       "libs",
                                               "main", "org",     "com",  "internal", "unittests", "unittest"};

void AddOnce(std::vector<std::string>& words, std::string word, size_t most) {
  if (words.size() < most && std::ranges::find(words, word) == words.end()) words.push_back(std::move(word));
}

// "net/mlx5: fix ..." has the subsystem "net/mlx5".
std::string_view Subsystem(std::string_view title) {
  const size_t colon = title.find(':');
  if (colon == std::string_view::npos || colon < 2 || colon > 40) return {};
  const std::string_view prefix = title.substr(0, colon);
  const bool plain = std::ranges::all_of(prefix, [](unsigned char c) {
    return absl::ascii_isalnum(c) || c >= 0x80 || c == '_' || c == '/' || c == '.' || c == '+' || c == ' ' || c == '-';
  });
  return plain ? prefix : std::string_view();
}

}  // namespace

std::vector<std::string> TitleWords(std::string_view title) {
  title = title.substr(0, kLongestTitle);
  std::vector<std::string> words;
  for (size_t i = 0; i < title.size();) {
    if (!absl::ascii_isalpha(static_cast<unsigned char>(title[i]))) {
      ++i;
      continue;
    }
    size_t end = i;
    while (end < title.size() && (absl::ascii_isalnum(static_cast<unsigned char>(title[end])) || title[end] == '_'))
      ++end;
    std::string word = Lower(title.substr(i, end - i));
    if (word.size() > 2 && std::ranges::find(kCommonWords, word) == std::end(kCommonWords)) {
      AddOnce(words, std::move(word), kMostTitleWords);
    }
    i = end;
  }
  if (const std::string_view subsystem = Subsystem(title); !subsystem.empty()) {
    const std::string whole = Lower(Strip(subsystem));
    AddOnce(words, "^" + whole, kMostTitleWords);
    if (const size_t slash = whole.find('/'); slash != std::string::npos) {
      AddOnce(words, "^" + whole.substr(0, slash), kMostTitleWords);
    }
  }
  return words;
}

std::vector<std::string> PathWords(std::string_view path) {
  std::vector<std::string> words;
  std::string_view rest = path.substr(path.size() > 400 ? path.size() - 400 : 0);
  const size_t slash = rest.rfind('/');
  if (const size_t dot = rest.rfind('.');
      dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash + 1)) {
    rest = rest.substr(0, dot);
  }
  while (!rest.empty() && words.size() < kMostPathWords) {
    const size_t cut = rest.rfind('/');
    const std::string_view component = cut == std::string_view::npos ? rest : rest.substr(cut + 1);
    rest = cut == std::string_view::npos ? std::string_view() : rest.substr(0, cut);
    std::string word;
    const auto flush = [&] {
      if (word.size() > 2 && std::ranges::find(kCommonFolders, word) == std::end(kCommonFolders)) {
        AddOnce(words, word, kMostPathWords);
      }
      word.clear();
    };
    char before = 0;
    for (const char c : component) {
      const auto byte = static_cast<unsigned char>(c);
      if (!absl::ascii_isalnum(byte) && byte < 0x80) {
        flush();
      } else {
        if (absl::ascii_isupper(byte) && absl::ascii_islower(static_cast<unsigned char>(before))) flush();
        word += absl::ascii_tolower(byte);
      }
      before = c;
    }
    flush();
  }
  return words;
}

std::vector<std::string_view> FoldersOf(std::string_view path) {
  std::vector<std::string_view> folders;
  for (size_t slash = path.rfind('/'); slash != std::string_view::npos && slash != 0;
       slash = path.rfind('/', slash - 1)) {
    folders.push_back(path.substr(0, slash));
  }
  return folders;
}

}  // namespace mergegate::reviewers
