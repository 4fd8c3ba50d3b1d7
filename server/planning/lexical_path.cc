#include "server/planning/lexical_path.h"

#include <vector>

namespace mergegate::planning {

std::string NormalizePath(std::string_view path) {
  const bool absolute = path.starts_with('/');
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (segment.empty() || segment == ".") continue;
    if (segment == "..") {
      if (!segments.empty() && segments.back() != "..") {
        segments.pop_back();
        continue;
      }
      if (absolute) continue;
    }
    segments.push_back(segment);
  }
  std::string normalized = absolute ? "/" : "";
  for (std::string_view segment : segments) {
    if (!normalized.empty() && normalized.back() != '/') normalized += '/';
    normalized += segment;
  }
  return normalized.empty() ? "." : normalized;
}

std::string ResolvePath(std::string_view directory, std::string_view path) {
  if (path.starts_with('/')) return NormalizePath(path);
  std::string joined(directory);
  joined += '/';
  joined += path;
  return NormalizePath(joined);
}

std::optional<std::string_view> RelativeTo(std::string_view root, std::string_view path) {
  if (root == path) return std::string_view();
  if (root == "/" && path.starts_with('/')) return path.substr(1);
  if (root.empty() || !path.starts_with(root) || path[root.size()] != '/') return std::nullopt;
  return path.substr(root.size() + 1);
}

std::string_view Directory(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view FileName(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

std::string_view Stem(std::string_view path) {
  const std::string_view name = FileName(path);
  return name.substr(0, name.rfind('.'));
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  if (directory.empty()) return std::string(name);
  if (name.empty()) return std::string(directory);
  std::string joined(directory);
  joined += '/';
  joined += name;
  return joined;
}

}  // namespace mergegate::planning
