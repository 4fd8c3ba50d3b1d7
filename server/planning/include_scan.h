// Reads C and C++ text without preprocessing it: what it includes, which names it mentions, what its conditionals are.
//
//   ScanIncludes("#include \"a.h\"\n// #include \"b.h\"\n#import <c.h>\n")   {{"a.h", false}, {"c.h", true}}
//   ScanMentions("Box<int> a; Box b;", "Box")                               arguments {"int"}, and bare
//
// Comments, string and character literals, raw strings and line continuations are respected; conditionals are not
// evaluated, so both branches of an #if count. An include whose operand is a macro is left out.
//
// Thread safety: pure functions, linear in the text, whatever it holds.
#ifndef MERGEGATE_SERVER_PLANNING_INCLUDE_SCAN_H_
#define MERGEGATE_SERVER_PLANNING_INCLUDE_SCAN_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace mergegate::planning {

struct Include {
  std::string name;    // between the quotes or brackets
  bool angle = false;  // <name>
  bool operator==(const Include&) const = default;
};

// In order of appearance, each (name, angle) once.
std::vector<Include> ScanIncludes(std::string_view text);

// The same number for the same name in every process.
uint64_t IdentifierDigest(std::string_view name);
// Digests of all identifiers and keywords, ordered, each once.
std::vector<uint64_t> ScanIdentifiers(std::string_view text);

// How a text mentions one name.
struct Mentions {
  std::set<std::string> arguments;  // between < and > behind it, without blanks
  bool bare = false;                // also without arguments, or with some that mean something in this text only
};
Mentions ScanMentions(std::string_view text, std::string_view name);

// Lines between two directives of one #if ... #endif. Include guards and "#ifndef X, #define X" are left out: their
// lines belong to the branch around them.
struct ConditionalBranch {
  std::string condition;  // "#ifdef _WIN32", "#else of #ifdef _WIN32"
  int group = 0;          // the same for all branches of one #if
  int first = 0;          // 1-based lines, without the directives
  int last = 0;
  std::set<std::string> names;  // identifiers in the conditions of the group
};
struct ConditionalText {
  std::vector<ConditionalBranch> branches;  // inner ones before those around them
  std::set<int> code_lines;                 // with tokens, or a #define; not blank, comment or another directive
};
ConditionalText ScanConditionals(std::string_view text);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_INCLUDE_SCAN_H_
