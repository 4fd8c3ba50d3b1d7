// Paths as text: nothing here looks at a file system, so that a path cannot lead anywhere by a symlink.
//
//   NormalizePath("/src/a/../b//c.h")      "/src/b/c.h"
//   ResolvePath("/src/build", "../x.h")    "/src/x.h"
//
// Thread safety: pure functions.
#ifndef MERGEGATE_SERVER_PLANNING_LEXICAL_PATH_H_
#define MERGEGATE_SERVER_PLANNING_LEXICAL_PATH_H_

#include <optional>
#include <string>
#include <string_view>

namespace mergegate::planning {

// Root under which compile commands see the commit's tree.
inline constexpr std::string_view kTreeRoot = "/src";

// Removes empty, "." and ".." segments. ".." above the root of an absolute path vanishes; leading ".." of a relative
// path stay. "" becomes ".".
std::string NormalizePath(std::string_view path);

// `path` if absolute, else below `directory`; normalized.
std::string ResolvePath(std::string_view directory, std::string_view path);

// What follows `root` in `path` ("" for the root itself), or nullopt when `path` is not `root` or below it. Both
// normalized; a root of "/" holds every absolute path.
std::optional<std::string_view> RelativeTo(std::string_view root, std::string_view path);

// "a/b" of "a/b/c.h", "" of "c.h".
std::string_view Directory(std::string_view path);

// "c.h" of "a/b/c.h".
std::string_view FileName(std::string_view path);

// "c" of "a/b/c.h".
std::string_view Stem(std::string_view path);

// "a/b" of "a" and "b"; either may be empty.
std::string JoinPath(std::string_view directory, std::string_view name);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_LEXICAL_PATH_H_
