// Words of titles and paths, for what is alike without being the same.
//
//   TitleWords("db: fix the cache eviction")    {"cache", "eviction", "^db"}
//   PathWords("table/filter_block_test.cc")     {"table", "filter", "block"}
#ifndef MERGEGATE_SERVER_REVIEWERS_WORDS_H_
#define MERGEGATE_SERVER_REVIEWERS_WORDS_H_

#include <string>
#include <string_view>
#include <vector>

namespace mergegate::reviewers {

// Lower-case words of three letters or more, without the commonest ones; then the subsystem before a colon with '^' in
// front, and its part before a slash. No duplicates, at most 16.
std::vector<std::string> TitleWords(std::string_view title);

// The words of a path's components, lower case, cut at anything but letters and digits and where case rises; without
// the file's extension and without words of fewer than three letters and "src", "include", "test" and the like.
// No duplicates, at most 12, the last components first.
std::vector<std::string> PathWords(std::string_view path);

// The folders above a path, nearest first; the root is none.
std::vector<std::string_view> FoldersOf(std::string_view path);

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_WORDS_H_
