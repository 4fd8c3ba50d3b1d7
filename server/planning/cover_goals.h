// What is to be covered of changed headers, and what each chosen unit showed of it. Part of cover.h's way.
//
// Thread safety: pure function.
#ifndef MERGEGATE_SERVER_PLANNING_COVER_GOALS_H_
#define MERGEGATE_SERVER_PLANNING_COVER_GOALS_H_

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/planning/cover.h"

namespace mergegate::planning {

// What one chosen unit showed of a goal.
struct Sight {
  int unit = -1;  // index into plan.head; -1 for a unit that the change deletes
  std::string main_file;
  bool used = false;  // from the main file, directly or through other declarations
  std::set<uint64_t> instantiations;
};

struct Goal {
  enum class Kind {
    kParsed,    // a declaration: to be parsed
    kUsed,      // a macro, a function with a body: to be used
    kTemplate,  // to be instantiated in every way
    kHidden,    // lines of a conditional branch: to be seen
    kFile,      // a header that no unit read to the end: to be read
  };
  Kind kind = Kind::kParsed;
  std::string header;  // changed header, at the head
  std::string name;
  std::string path;  // at the base for what is deleted
  int line = 0;
  bool at_base = false;
  std::set<std::string> words;  // by which text can mention it
  std::vector<Sight> sights;    // by units that saw it to the end, in the order of the plan
  std::vector<int> lines;       // of a hidden branch: the changed ones
};

// By path and line, those of the base last.
std::vector<Goal> FindGoals(const CoverInput& input);

// The word by which text names a declaration: the last part of a qualified name, or of the class for its constructors,
// destructor and operators.
std::string WordFor(std::string_view qualified_name);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_COVER_GOALS_H_
