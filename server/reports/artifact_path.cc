#include "server/reports/artifact_path.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace mergegate::reports {
namespace {

bool IsLetter(char c) { return absl::ascii_isalpha(static_cast<unsigned char>(c)); }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> PercentDecoded(std::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

// Without "." and "..", which go no higher than the root of an absolute path. A relative one may begin with "..".
std::string Normalized(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment == ".." && !segments.empty() && segments.back() != "..") {
      segments.pop_back();
    } else if (segment != ".." || !absolute) {
      segments.push_back(segment);
    }
  }
  std::string normalized;
  for (std::string_view segment : segments) {
    if (absolute || !normalized.empty()) normalized += '/';
    normalized += segment;
  }
  return normalized.empty() && absolute ? "/" : normalized;
}

}  // namespace

std::optional<std::string> DecodeUri(std::string_view uri) {
  constexpr size_t kLongestUri = 8192;
  if (uri.size() > kLongestUri) return std::nullopt;
  while (!uri.empty() && uri.front() == ' ') uri.remove_prefix(1);
  std::string path;
  const bool drive = uri.size() >= 2 && IsLetter(uri[0]) && uri[1] == ':';
  const size_t colon = uri.find(':');
  if (uri.starts_with("file:")) {
    uri.remove_prefix(5);
    if (uri.starts_with("//")) {
      uri.remove_prefix(2);
      const size_t slash = uri.find('/');  // the host in front is nobody's business
      uri.remove_prefix(slash == std::string_view::npos ? uri.size() : slash);
    }
    const std::optional<std::string> decoded = PercentDecoded(uri);
    if (!decoded.has_value()) return std::nullopt;
    path = "/" + *decoded;
  } else if (drive) {
    path = "/" + std::string(uri);  // a Windows path, not a URI: nothing is escaped
  } else if (colon != std::string_view::npos && colon < uri.find('/')) {
    return std::nullopt;  // http: and the like
  } else {
    const std::optional<std::string> decoded = PercentDecoded(uri);
    if (!decoded.has_value()) return std::nullopt;
    path = *decoded;
  }
  if (std::ranges::any_of(path, [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); })) {
    return std::nullopt;
  }
  std::ranges::replace(path, '\\', '/');
  return Normalized(path);
}

std::optional<std::string> PlainPath(std::string_view path) {
  constexpr size_t kMaxPathBytes = 8192;
  if (path.empty() || path.size() > kMaxPathBytes ||
      std::ranges::any_of(path, [](char c) { return absl::ascii_iscntrl(static_cast<unsigned char>(c)); })) {
    return std::nullopt;
  }
  std::string slashed(path);
  std::ranges::replace(slashed, '\\', '/');
  if (slashed.size() > 2 && IsLetter(slashed[0]) && slashed[1] == ':' && slashed[2] == '/') slashed.insert(0, "/");
  std::string plain = Normalized(slashed);
  while (plain.starts_with("../")) plain.erase(0, 3);
  if (plain.empty() || plain == "/" || plain == "..") return std::nullopt;
  return plain;
}

std::optional<std::string> RelativePath(std::string_view uri, const std::vector<std::string>& roots) {
  std::optional<std::string> path = DecodeUri(uri);
  if (!path.has_value()) return std::nullopt;
  if (path->starts_with('/')) {
    size_t longest = 0;
    for (const std::string& root : roots) {
      const size_t length = root == "/" ? 0 : root.size();
      if (path->size() > length + 1 && path->starts_with(root) && (*path)[length] == '/') {
        longest = std::max(longest, length + 1);
      }
    }
    if (longest == 0) return std::nullopt;
    path->erase(0, longest);
  }
  if (path->empty() || *path == ".." || path->starts_with("../")) return std::nullopt;
  return path;
}

}  // namespace mergegate::reports
