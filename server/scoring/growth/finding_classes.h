// Classes of findings: what a person would learn to make fewer of them. A class outlives the renaming of a check.
//
//   ClassOf("bugprone-use-after-move").id      "memory"
//   ClassOf("clang-analyzer-core.DivideZero")  "arithmetic"
//   ClassOf("eslint/no-var")                   a class of its own, "eslint"
//
// Pure; safe from any thread.
#ifndef MERGEGATE_SERVER_SCORING_GROWTH_FINDING_CLASSES_H_
#define MERGEGATE_SERVER_SCORING_GROWTH_FINDING_CLASSES_H_

#include <string>
#include <string_view>

namespace mergegate::scoring {

struct FindingClass {
  std::string id = {};      // also a topic that courses can name
  std::string title = {};   // as people call it
  std::string advice = {};  // what to try, in a few words
  bool operator==(const FindingClass&) const = default;
};

// By our table; else by the check's module, the part before its first '-', '.' or '/'.
FindingClass ClassOf(std::string_view check);

// Whether a course's topic means the class: its id, or a word of its title of four letters or more, in any case.
bool MeansClass(std::string_view topic, const FindingClass& of);

}  // namespace mergegate::scoring

#endif  // MERGEGATE_SERVER_SCORING_GROWTH_FINDING_CLASSES_H_
