// One run of the compiler's frontend over a main file, with or without its preamble.
//
//   UnitParse parse(side, preamble, tidy);
//   parse.on_parsed = [&](ParsedUnit& unit) { ... };          // the syntax tree lives only inside
//   std::string problem = parse.Run();
//
// Thread safety: none. All arguments must outlive it.
#ifndef MERGEGATE_ANALYZERS_UNIT_PARSE_H_
#define MERGEGATE_ANALYZERS_UNIT_PARSE_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "analyzers/preamble.h"
#include "analyzers/source/tree_locations.h"
#include "analyzers/unit_side.h"
#include "clang/Frontend/CompilerInstance.h"

namespace mergegate::analyzers {

class UnitParse {
 public:
  UnitParse(UnitSide& side, const Preamble* preamble, TidyRun& tidy) : side_(side), preamble_(preamble), tidy_(tidy) {}

  // Before the first token.
  std::function<void(clang::CompilerInstance&, source::TreeLocations&)> on_begin;
  // After the last token: the checks' matchers run, when they are wanted, before this.
  std::function<void(clang::CompilerInstance&, source::TreeLocations&)> on_parsed;
  // Whether to leave out a function's body; null = never.
  std::function<bool(const clang::Decl*, clang::CompilerInstance&)> skip_body;
  // Whether checks take part at all.
  bool with_checks = true;

  // Empty, or why there was no parse.
  std::string Run();

  // Top-level declarations below the preamble; all of the unit's without one.
  const std::vector<clang::Decl*>& scope() const { return scope_; }
  // Instantiations, made below the preamble, of templates of the tree that stand in it.
  const std::vector<clang::Decl*>& late() const { return late_; }

 private:
  class Action;
  class First;
  class Last;
  class Replay;

  UnitSide& side_;
  const Preamble* preamble_;
  TidyRun& tidy_;
  std::unique_ptr<source::TreeLocations> locations_;
  std::vector<clang::Decl*> scope_, late_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_UNIT_PARSE_H_
