#include "server/git/patch_path.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"

namespace mergegate::git {
namespace {

// As for trees elsewhere in this library; bounds the depth as well.
constexpr size_t kMaxPatchPathBytes = 4096;

bool IsOctal(char c) { return c >= '0' && c <= '7'; }

// Takes what follows a backslash; -1 when that is no escape of git's.
int TakeEscape(std::string_view& text) {
  constexpr std::string_view kNames = "abtnvfr\"\\";
  constexpr std::string_view kBytes = "\a\b\t\n\v\f\r\"\\";
  if (text.empty()) return -1;
  if (const size_t known = kNames.find(text[0]); known != std::string_view::npos) {
    text.remove_prefix(1);
    return static_cast<unsigned char>(kBytes[known]);
  }
  if (text.size() < 3 || text[0] > '3' || !IsOctal(text[0]) || !IsOctal(text[1]) || !IsOctal(text[2])) return -1;
  const int byte = (text[0] - '0') * 64 + (text[1] - '0') * 8 + (text[2] - '0');
  text.remove_prefix(3);
  return byte;
}

absl::StatusOr<std::string> TakeQuoted(std::string_view& text) {
  text.remove_prefix(1);
  std::string path;
  while (!text.empty()) {
    const char c = text.front();
    text.remove_prefix(1);
    if (c == '"') return path;
    if (c != '\\') {
      path += c;
      continue;
    }
    const int byte = TakeEscape(text);
    if (byte < 0) return absl::InvalidArgumentError("a path has an unknown escape after a backslash");
    path += static_cast<char>(byte);
  }
  return absl::InvalidArgumentError("a path lacks its closing quote");
}

}  // namespace

absl::StatusOr<std::string> TakePatchPath(std::string_view& text, std::string_view end) {
  if (text.starts_with('"')) return TakeQuoted(text);
  const std::string path(text.substr(0, text.find(end)));
  for (const char c : path) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) {
      return absl::InvalidArgumentError(
          "a path has a control character outside of quotes; if the diff's line ends were converted, send it as git "
          "printed it");
    }
  }
  text.remove_prefix(path.size());
  return path;
}

bool HasPatchPrefix(std::string_view name) {
  return name.size() >= 2 && name[1] == '/' && std::string_view("abciwo").find(name[0]) != std::string_view::npos;
}

absl::Status CheckPatchPath(std::string_view path) {
  if (path.empty()) return absl::InvalidArgumentError("the path is empty");
  if (path.size() > kMaxPatchPathBytes) return absl::InvalidArgumentError("the path is too long");
  if (path.find('\0') != std::string_view::npos) return absl::InvalidArgumentError("the path has a NUL byte");
  if (path.front() == '/') return absl::InvalidArgumentError("absolute paths are refused");
  for (const absl::string_view part : absl::StrSplit(absl::string_view(path.data(), path.size()), '/')) {
    if (part.empty()) return absl::InvalidArgumentError("the path has an empty component");
    if (part == "." || part == "..") return absl::InvalidArgumentError("paths must not contain . or ..");
    if (absl::AsciiStrToLower(part) == ".git") return absl::InvalidArgumentError("paths must not enter .git");
  }
  return absl::OkStatus();
}

}  // namespace mergegate::git
