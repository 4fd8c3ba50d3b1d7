// Which declaration encloses a line, and which changed declaration a place depends on.
//
// Thread safety: immutable after construction. Ownership: the declarations must outlive the objects.
#ifndef MERGEGATE_SERVER_TRACKING_DECLARATIONS_H_
#define MERGEGATE_SERVER_TRACKING_DECLARATIONS_H_

#include <string_view>
#include <unordered_map>
#include <vector>

#include "server/domain/analysis.h"

namespace mergegate::tracking {

// Lines of every file divided among their innermost declarations. Declarations with no sound range are left out.
class DeclarationMap {
 public:
  explicit DeclarationMap(const std::vector<Declaration>& declarations);

  // Consecutive lines with the same innermost declarations: those of smallest range, several when equal.
  struct Segment {
    int first = 0;
    int last = 0;
    int group = 0;
  };
  // Segments of a file, ascending and disjoint.
  const std::vector<Segment>& Segments(std::string_view path) const;
  // Indices of the declarations of a group, ascending; never empty.
  const std::vector<int>& Group(int group) const { return groups_[static_cast<size_t>(group)]; }
  // The innermost declaration around a line (the first of several); -1 when there is none.
  int Innermost(std::string_view path, int line) const;

 private:
  void AddFile(std::string_view path, std::vector<int>& indices);

  const std::vector<Declaration>& declarations_;
  std::unordered_map<std::string_view, std::vector<Segment>> segments_;
  std::vector<std::vector<int>> groups_;
};

// For every declaration the nearest changed one that it refers to, directly or through others. Declarations of one USR
// are one: a caller refers to the header's, the change is in the source file's.
class Causes {
 public:
  Causes(const std::vector<Declaration>& declarations, const std::vector<int>& changed);

  // Index of the nearest changed declaration; `index` itself when changed; -1 when none is reachable.
  int Of(int index) const { return cause_[entity_[static_cast<size_t>(index)]]; }
  // As Of, for any declaration with this USR; -1 when it is empty or unknown.
  int OfUsr(std::string_view usr) const;
  bool Knows(std::string_view usr) const { return by_usr_.contains(usr); }

 private:
  std::vector<size_t> entity_;  // per declaration
  std::unordered_map<std::string_view, size_t> by_usr_;
  std::vector<int> cause_;  // per entity
};

}  // namespace mergegate::tracking

#endif  // MERGEGATE_SERVER_TRACKING_DECLARATIONS_H_
