// One side of a comparison of paths: its functions, and what the static analyzer finds in them. Known from earlier
// tasks as far as possible; parsed when that does not suffice.
//
//   PathSide base(side, preamble, artifacts);
//   if (!base.LoadFunctions()) base.Parse([&] { ... base.Analyze(chosen) ... });
//
// Thread safety: none. All arguments must outlive it.
#ifndef MERGEGATE_ANALYZERS_PATH_SIDE_H_
#define MERGEGATE_ANALYZERS_PATH_SIDE_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyzers/artifacts.h"
#include "analyzers/closure/closures.h"
#include "analyzers/declarations.h"
#include "analyzers/path_analysis.h"
#include "analyzers/preamble.h"
#include "analyzers/unit_side.h"
#include "mergegate/v1/engine.pb.h"

namespace mergegate::analyzers {

class PathSide {
 public:
  PathSide(UnitSide& side, const Preamble* preamble, Artifacts& artifacts)
      : side_(side), preamble_(preamble), artifacts_(artifacts) {}

  // The functions, as an earlier task left them. False when none did.
  bool LoadFunctions();
  // Parses; `inside` runs while the syntax tree lives, unless the unit does not compile. The functions are known then.
  void Parse(const std::function<void()>& inside);
  bool parsed() const { return compiler_ != nullptr; }

  const std::vector<v1::FunctionRecord>& functions() const { return functions_; }

  // Looks at the chosen functions (indices). True when everything was known or could be found out; false when a parse
  // is needed: nothing is written then.
  bool Analyze(const std::set<size_t>& chosen);
  // What was found in functions so far, in no order.
  const std::vector<v1::Finding>& findings() const { return findings_; }
  // The innermost function (an index) of the main file in which a finding lies; -1 for none.
  int PlaceOf(const v1::Finding& finding) const;

  // Everything found, ordered, with the manifest.
  void Write(v1::TaskResult& result) const;
  const std::string& problem() const { return problem_; }
  const std::optional<CompileError>& error() const { return error_; }
  v1::TaskCost& cost() { return cost_; }

 private:
  v1::PathRecord RecordOf(size_t function, bool explore, bool& known);
  v1::PathRecord Make(size_t function, bool explore);
  v1::PlacedFindings TakePlaced();
  bool Unplace(const v1::PlacedFindings& placed, std::vector<v1::Finding>& findings);
  v1::Anchor AnchorOf(const std::string& path, int line);
  std::string NameOf(const v1::FunctionRecord& function) const;
  void SaveFunctions();
  Digest UnitKey() const;
  std::vector<size_t> Order(const std::set<size_t>& chosen) const;
  std::vector<std::vector<size_t>> Awaited(const std::vector<size_t>& order, bool in_one_process) const;

  UnitSide& side_;
  const Preamble* preamble_;
  Artifacts& artifacts_;
  std::vector<v1::FunctionRecord> functions_;
  v1::TaskResult manifest_;  // inputs and absent
  std::vector<v1::Finding> findings_, of_unit_;
  int suppressed_ = 0;
  std::string problem_;
  std::optional<CompileError> error_;
  v1::TaskCost cost_;

  // While parsed.
  std::unique_ptr<TidyRun> tidy_;
  clang::CompilerInstance* compiler_ = nullptr;
  source::TreeLocations* locations_ = nullptr;
  std::unique_ptr<Closures> closures_;
  std::unique_ptr<TreeDeclarations> declarations_;  // made when a finding wants a name
  std::unique_ptr<PathAnalysis> analysis_;
  unsigned suppressed_before_ = 0;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_PATH_SIDE_H_
