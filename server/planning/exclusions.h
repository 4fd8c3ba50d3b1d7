// Which files are generated or vendored by the rules of the base commit.
//
//   Exclusions exclusions(base_tree, policy.exclude_paths);
//   exclusions.Why("third_party/x.cc")    "excluded by the policy"
//
// Thread safety: one thread at a time, as its tree. Ownership: tree and patterns must outlive it.
#ifndef MERGEGATE_SERVER_PLANNING_EXCLUSIONS_H_
#define MERGEGATE_SERVER_PLANNING_EXCLUSIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "server/domain/tree.h"
#include "server/planning/include_index.h"

namespace mergegate::planning {

class Exclusions {
 public:
  Exclusions(const Tree& base, const IncludeIndex& base_index, const std::vector<std::string>& exclude_paths);

  // Reason for excluding a path by the policy or by linguist-generated and linguist-vendored of a .gitattributes;
  // empty when it is not excluded.
  std::string Why(std::string_view path) const;
  // Likewise, and by a marker among the first lines of the file at the base.
  std::string WhyChanged(std::string_view path, std::string_view base_path) const;

 private:
  struct Attribute {
    std::string directory;  // of the .gitattributes
    std::string pattern;
    std::string name;
    bool set = true;
  };
  const Tree& base_;
  const std::vector<std::string>& exclude_paths_;
  std::vector<Attribute> attributes_;  // later ones win
};

// True for a line that marks its file as generated.
bool IsGeneratedMarker(std::string_view line);

// True for a line of .gitattributes that marks files as generated or vendored.
bool MarksGenerated(std::string_view line);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_EXCLUSIONS_H_
