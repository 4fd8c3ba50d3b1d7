#include "server/publication/escape.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace mergegate::publication {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kNothing = "\xE2\x80\x8B";      // U+200B, zero width space: ends a word, shows nothing

// The character at the start of `text`: its size, 0 when it is no UTF-8, and its code point.
struct Character {
  size_t size = 0;
  uint32_t code = 0;
};

Character First(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (byte(0) < 0x80) return {1, byte(0)};
  const size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
  if (byte(0) < 0xc2 || byte(0) > 0xf4 || size > text.size()) return {};
  uint32_t code = byte(0) & (0xffu >> (size + 1));
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3fu);
  }
  constexpr uint32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  return code < kSmallest[size] || surrogate || code > 0x10ffff ? Character{} : Character{size, code};
}

bool IsHidden(uint32_t code) {
  return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0x61c || (code >= 0x200b && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x2069) || code == 0xfeff ||
         (code >= 0xe0000 && code <= 0xe007f);
}

// The longest run of `c` in `text`.
size_t LongestRun(std::string_view text, char c) {
  size_t longest = 0, run = 0;
  for (const char at : text) longest = std::max(longest, run = at == c ? run + 1 : 0);
  return longest;
}

}  // namespace

std::string OneLine(std::string_view text, size_t most) {
  std::string line;
  size_t fits = 0;  // the length at which "..." still fits behind
  while (!text.empty()) {
    const Character character = First(text);
    std::string_view shown = text.substr(0, character.size);
    if (character.code == '\n' || character.code == '\t' || character.code == '\r') {
      shown = " ";
    } else if (character.size == 0 || IsHidden(character.code)) {
      shown = kReplacement;
    }
    if (line.size() + shown.size() > most) return line.substr(0, fits) + "...";
    line += shown;
    if (line.size() + 3 <= most) fits = line.size();
    text.remove_prefix(std::max<size_t>(character.size, 1));
  }
  return line;
}

std::string Inline(std::string_view text, size_t most) {
  const std::string line = OneLine(text, most);
  std::string escaped;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '.' && i >= 3 && absl::AsciiStrToLower(line.substr(i - 3, 3)) == "www") escaped += kNothing;
    const bool bullet = i == 0 && (c == '-' || c == '+');
    if (bullet || std::string_view("\\`*_[]<>&#|~:$!^{}").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
    if (c == ':' && i + 1 < line.size() && line[i + 1] == '/') escaped += kNothing;  // no link either
    // What hosts take for a mention or a reference when a word follows; an empty character ends it.
    if (std::string_view("@#!~%&$^").find(c) != std::string_view::npos && i + 1 < line.size() && line[i + 1] != ' ') {
      escaped += kNothing;
    }
    if (c == '-' && i >= 2 && line.compare(i - 2, 2, "GH") == 0) escaped += kNothing;  // "GH-12" is one, too
  }
  return escaped;
}

std::string Code(std::string_view text, size_t most) {
  const std::string line = OneLine(text, most);
  if (line.empty()) return "";
  const std::string fence(LongestRun(line, '`') + 1, '`');
  const bool pad = line.front() == '`' || line.back() == '`' || (line.front() == ' ' && line.back() == ' ');
  return absl::StrCat(fence, pad ? " " : "", line, pad ? " " : "", fence);
}

std::string Fenced(std::string_view text, std::string_view info) {
  const std::string fence(std::max<size_t>(3, LongestRun(text, '`') + 1), '`');
  return absl::StrCat(fence, std::string(info), "\n", std::string(text),
                      text.empty() || text.ends_with('\n') ? "" : "\n", fence, "\n");
}

std::string Link(std::string_view text, std::string_view url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) return std::string(text);
  std::string target;
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || std::string_view("-._~:/?#@!$&'*+,;=%").find(c) != std::string_view::npos) {
      target += c;
    } else {
      absl::StrAppendFormat(&target, "%%%02X", byte);
    }
  }
  return absl::StrCat("[", std::string(text), "](", target, ")");
}

std::string UrlPath(std::string_view path) {
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (absl::ascii_isalnum(byte) || std::string_view("-._~/+@,").find(c) != std::string_view::npos) {
      escaped += c;
    } else {
      absl::StrAppendFormat(&escaped, "%%%02X", byte);
    }
  }
  return escaped;
}

std::string CutMarkdown(std::string text, size_t most) {
  if (text.size() <= most) return text;
  constexpr std::string_view kCut = "\n... cut here: more than fits.\n";
  const size_t end = text.rfind('\n', most - kCut.size() - 1);  // the newline stays, too
  return text.substr(0, end == std::string::npos ? 0 : end + 1) + std::string(kCut);
}

}  // namespace mergegate::publication
