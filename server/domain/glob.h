// Globs over paths and check ids, as in .gitignore's positive patterns.
//
//   GlobMatches("src/**/*.cc", "src/a/b.cc")   true
//   GlobMatches("*.h", "include/x.h")          true: a pattern without '/' matches the last segment
//   GlobMatches("bugprone-*", "bugprone-use-after-move")
//
// '*' and '?' do not cross '/', '**' does; [abc] and [!abc] are classes. Linear in text x pattern, whatever they hold.
#ifndef MERGEGATE_SERVER_DOMAIN_GLOB_H_
#define MERGEGATE_SERVER_DOMAIN_GLOB_H_

#include <string>
#include <string_view>
#include <vector>

namespace mergegate {

bool GlobMatches(std::string_view pattern, std::string_view text);
// True when any pattern matches.
bool AnyGlobMatches(const std::vector<std::string>& patterns, std::string_view text);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_GLOB_H_
