// Tells whether two texts of a main file differ in nothing but the bodies of some functions, and which: then no other
// line can mean anything else than before, and the bodies that cannot notice need not be parsed again.
//
//   std::optional<BodyChange> change = BodyChange::Find(base_functions, base_text, head_text);
//   if (change && !change->MustParse(index)) ...        // its body may be left out
//   change->ToHead(17)                                   // the line at the head; 0 inside a changed body
//
// Bodies count from the line after their first brace to the line before their last one. A body in which preprocessor
// directives change is no body but a change of the file.
// Thread safety: immutable value.
#ifndef MERGEGATE_ANALYZERS_BODY_CHANGE_H_
#define MERGEGATE_ANALYZERS_BODY_CHANGE_H_

#include <optional>
#include <string_view>
#include <vector>

#include "mergegate/v1/engine.pb.h"

namespace mergegate::analyzers {

using FunctionRecords = google::protobuf::RepeatedPtrField<v1::FunctionRecord>;

class BodyChange {
 public:
  // How far a changed body is seen. By text: checks look at one function, but for exceptions, which they follow through
  // calls out of functions that bar them. By closure: the static analyzer follows everything.
  enum class Reach { kText, kClosure };
  // Nullopt when something else differs, too, or nothing could be left out.
  static std::optional<BodyChange> Find(const FunctionRecords& base, std::string_view base_text,
                                        std::string_view head_text, Reach reach);

  Reach reach() const { return reach_; }
  // By index of a base function. Affected: its body changed, or it sees one that did.
  bool IsAffected(int index) const { return affected_[static_cast<size_t>(index)]; }
  // Affected, or reached by one that is: its body is needed.
  bool MustParse(int index) const { return needed_[static_cast<size_t>(index)]; }
  // The outermost function that is left out around a line of the base or head (an index); -1 for none.
  int SkippedAtBase(int line) const { return At(line, &Body::base_first, &Body::base_last, true); }
  int SkippedAtHead(int line) const { return At(line, &Body::head_first, &Body::head_last, true); }
  // The same for functions whose bodies changed.
  int ChangedAtBase(int line) const { return At(line, &Body::base_first, &Body::base_last, false); }
  int ChangedAtHead(int line) const { return At(line, &Body::head_first, &Body::head_last, false); }
  int ToHead(int base_line) const;
  // The function left out that starts on this line of the head; -1 for none.
  int SkippedFrom(int head_line) const;

 private:
  struct Body {
    int function;               // index
    int base_first, base_last;  // lines of the whole function
    int head_first, head_last;
    bool changed = false;
  };
  int At(int line, int Body::* first, int Body::* last, bool skipped) const;

  Reach reach_ = Reach::kClosure;
  std::vector<Body> bodies_;  // ordered
  std::vector<bool> affected_, needed_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_BODY_CHANGE_H_
