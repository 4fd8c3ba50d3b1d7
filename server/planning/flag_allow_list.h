// The table of compiler flags: what is kept, what is dropped without a word, what is refused and why. A flag that is
// not in the table is refused.
//
//   FindFlag("-I/x")    {spelling "-I", shape kValue, fate kDirectory}
//   FindFlag("-fplugin=x.so")   {..., fate kRefused, reason "loads code into the compiler"}
//
// Thread safety: pure functions over constant tables.
#ifndef MERGEGATE_SERVER_PLANNING_FLAG_ALLOW_LIST_H_
#define MERGEGATE_SERVER_PLANNING_FLAG_ALLOW_LIST_H_

#include <optional>
#include <string_view>

namespace mergegate::planning {

// How a flag is written.
enum class FlagShape {
  kAlone,     // exactly the spelling
  kPrefix,    // the spelling and any text behind it, in one argument
  kValue,     // the value behind the spelling or in the next argument
  kSeparate,  // the value in the next argument only
};

// What becomes of a flag.
enum class FlagFate {
  kKept,       // as it is (kValue: spelling and value joined)
  kWord,       // kept when the text behind the spelling is a plain word: letters, digits and -_+.,:=
  kDirectory,  // kept when the value is a directory of the tree or below a toolchain root
  kFile,       // likewise for a file
  kIgnored,    // dropped in silence: no influence on what the code means, or unknown to clang
  kRefused,    // dropped and said
};

struct FlagRule {
  std::string_view spelling;
  FlagShape shape = FlagShape::kAlone;
  FlagFate fate = FlagFate::kRefused;
  std::string_view reason;  // for kRefused: a clause that follows "flag: "
};

// The rule with the longest spelling that fits `argument`; nullopt for a flag nobody has heard of.
std::optional<FlagRule> FindFlag(std::string_view argument);

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_FLAG_ALLOW_LIST_H_
