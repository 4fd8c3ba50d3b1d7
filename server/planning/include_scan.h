// Finds the #include lines of C and C++ text without preprocessing it.
//
//   ScanIncludes("#include \"a.h\"\n// #include \"b.h\"\n#import <c.h>\n")   {{"a.h", false}, {"c.h", true}}
//
// Comments, string and character literals, raw strings and line continuations are respected; conditionals are not
// evaluated, so both branches of an #if count. An include whose operand is a macro is left out.
//
// Thread safety: pure function.
#ifndef MERGEGATE_SERVER_PLANNING_INCLUDE_SCAN_H_
#define MERGEGATE_SERVER_PLANNING_INCLUDE_SCAN_H_

#include <string>
#include <string_view>
#include <vector>

namespace mergegate::planning {

struct Include {
  std::string name;    // between the quotes or brackets
  bool angle = false;  // <name>
  bool operator==(const Include&) const = default;
};

// In order of appearance, each (name, angle) once. Linear in the text, whatever it holds.
std::vector<Include> ScanIncludes(std::string_view text);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_INCLUDE_SCAN_H_
