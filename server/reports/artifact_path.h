// Turns the URIs of a report into paths of the repository.
//
//   RelativePath("file:///home/me/repo/src/a%20b.cc", {"/home/me/repo"})    "src/a b.cc"
//
// Thread safety: pure functions.
#ifndef MERGEGATE_SERVER_REPORTS_ARTIFACT_PATH_H_
#define MERGEGATE_SERVER_REPORTS_ARTIFACT_PATH_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mergegate::reports {

// Path that a file: URI, a Windows path or a relative reference means, decoded, with '/' between normalized segments;
// absolute ones begin with '/' ("/C:/code" for drives). nullopt for other schemes, bad escapes, control characters and
// more than 8192 bytes.
std::optional<std::string> DecodeUri(std::string_view uri);

// A path that is not a URI, so nothing in it is escaped: with '/' between normalized segments, without "../" at the
// front. nullopt for an empty one, control characters and more than 8192 bytes.
std::optional<std::string> PlainPath(std::string_view path);

// `uri` below the longest of `roots` (decoded) that holds it, or as it is when relative. nullopt when it is absolute
// and below none, when it leaves the root, and for the root itself.
std::optional<std::string> RelativePath(std::string_view uri, const std::vector<std::string>& roots);

}  // namespace mergegate::reports

#endif  // MERGEGATE_SERVER_REPORTS_ARTIFACT_PATH_H_
