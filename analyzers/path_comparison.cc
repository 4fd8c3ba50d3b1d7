#include "analyzers/path_comparison.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "analyzers/function_record.h"
#include "analyzers/path_side.h"
#include "analyzers/preamble.h"

namespace mergegate::analyzers {
namespace {

// Functions of `side` whose closures `other` does not have as often.
std::set<size_t> Affected(const PathSide& side, const PathSide* other) {
  std::map<std::string, int> there;
  if (other != nullptr) {
    for (const v1::FunctionRecord& function : other->functions()) ++there[function.closure()];
  }
  std::set<size_t> affected;
  for (size_t i = 0; i < side.functions().size(); ++i) {
    if (--there[side.functions()[i].closure()] < 0) affected.insert(i);
  }
  return affected;
}

class Comparison {
 public:
  Comparison(PathSide& head, PathSide* base) : head_(head), base_(base) {}

  void Run() {
    if (base_ != nullptr && !base_->LoadFunctions()) {
      bool compared = false;
      base_->Parse([&] {
        compared = true;
        WithHead();
      });
      // There is nothing to compare with; whether the head compiles is told all the same.
      if (!compared) head_.Parse([] {});
    } else {
      WithHead();
    }
  }

 private:
  void WithHead() {
    if (head_.LoadFunctions()) {
      Compare();
    } else {
      head_.Parse([this] { Compare(); });
    }
  }

  // A side is parsed only when something must be found out there.
  void Analyze(PathSide& side, const std::set<size_t>& chosen) {
    if (side.Analyze(chosen)) return;
    side.Parse([&] { side.Analyze(chosen); });
  }

  void Compare() {
    const std::set<size_t> at_head = Affected(head_, base_);
    Analyze(head_, at_head);
    if (base_ == nullptr) return;
    const std::set<size_t> at_base = Affected(*base_, &head_);
    Analyze(*base_, ThatMayFindTheSame(at_base));
    // What only one side has, in a function that both have: the other side may have it from elsewhere.
    const std::set<std::string> more = ClosuresToo(at_head, at_base);
    if (more.empty()) return;
    Analyze(head_, Choose(head_, more, at_head));
    Analyze(*base_, Choose(*base_, more, at_base));
  }

  // The base is asked for what the head is not to be charged with: functions that reach the place of one of its
  // findings.
  std::set<size_t> ThatMayFindTheSame(const std::set<size_t>& at_base) const {
    std::set<std::string> usrs;
    for (const v1::Finding& finding : head_.findings()) {
      const int place = head_.PlaceOf(finding);
      usrs.insert(place >= 0 ? head_.functions()[static_cast<size_t>(place)].usr() : finding.usr());
    }
    std::set<uint32_t> places;
    std::set<uint64_t> elsewhere;
    for (const std::string& usr : usrs) {
      const auto& functions = base_->functions();
      const auto same = std::find_if(functions.begin(), functions.end(), [&](const auto& f) { return f.usr() == usr; });
      const auto reaches_it = [digest = UsrDigest(usr)](const v1::FunctionRecord& function) {
        const auto& reached = function.reaches_elsewhere();
        return std::binary_search(reached.begin(), reached.end(), digest);
      };
      if (!usr.empty() && same != functions.end()) {
        places.insert(static_cast<uint32_t>(same - functions.begin()));
      } else if (!usr.empty() && std::any_of(functions.begin(), functions.end(), reaches_it)) {
        elsewhere.insert(UsrDigest(usr));
      } else {
        return at_base;  // no function there has this name: it may have been renamed
      }
    }
    std::set<size_t> chosen;
    for (const size_t index : at_base) {
      const v1::FunctionRecord& function = base_->functions()[index];
      const bool reaches = std::any_of(function.reaches().begin(), function.reaches().end(),
                                       [&](uint32_t reached) { return places.contains(reached); }) ||
                           std::any_of(function.reaches_elsewhere().begin(), function.reaches_elsewhere().end(),
                                       [&](uint64_t reached) { return elsewhere.contains(reached); });
      if (reaches) chosen.insert(index);
    }
    return chosen;
  }

  using Key = std::tuple<std::string, std::string, std::string>;
  static Key KeyOf(const v1::Finding& finding) { return {finding.check(), finding.message(), finding.line_text()}; }

  std::set<std::string> ClosuresToo(const std::set<size_t>& at_head, const std::set<size_t>& at_base) const {
    std::map<Key, int> balance;
    for (const v1::Finding& finding : head_.findings()) ++balance[KeyOf(finding)];
    for (const v1::Finding& finding : base_->findings()) --balance[KeyOf(finding)];
    std::set<std::string> more;
    const auto look = [&](const PathSide& side, const std::set<size_t>& affected) {
      for (const v1::Finding& finding : side.findings()) {
        if (balance[KeyOf(finding)] == 0) continue;
        const int place = side.PlaceOf(finding);
        if (place >= 0 && affected.contains(static_cast<size_t>(place))) continue;
        for (size_t i = 0; i < side.functions().size(); ++i) {
          const v1::FunctionRecord& function = side.functions()[i];
          if (affected.contains(i)) continue;
          // Of a place in a header it is not known who reaches it.
          const auto& reaches = function.reaches();
          if (place < 0 || std::find(reaches.begin(), reaches.end(), static_cast<uint32_t>(place)) != reaches.end()) {
            more.insert(function.closure());
          }
        }
      }
    };
    look(head_, at_head);
    look(*base_, at_base);
    return more;
  }

  static std::set<size_t> Choose(const PathSide& side, const std::set<std::string>& closures,
                                 const std::set<size_t>& without) {
    std::set<size_t> chosen;
    for (size_t i = 0; i < side.functions().size(); ++i) {
      if (closures.contains(side.functions()[i].closure()) && !without.contains(i)) chosen.insert(i);
    }
    return chosen;
  }

  PathSide& head_;
  PathSide* base_;
};

}  // namespace

std::vector<PathProblem> ComparePaths(UnitSide& head, UnitSide* base, Artifacts& artifacts, v1::TaskResult& result) {
  // Headers that are the same on both sides are not walked; when they differ, all of the unit is.
  std::optional<Preamble> preamble = PreambleOf(head, /*with_findings=*/false, artifacts);
  std::optional<Preamble> of_base;
  if (preamble && base != nullptr) {
    of_base = PreambleOf(*base, /*with_findings=*/false, artifacts);
    if (!of_base || of_base->name() != preamble->name()) preamble.reset();
  }
  // A new unit brings its headers along; a unit that is looked at alone at the base does not.
  if (base == nullptr && !head.task().at_base()) preamble.reset();

  PathSide at_head(head, preamble ? &*preamble : nullptr, artifacts);
  std::optional<PathSide> at_base;
  if (base != nullptr) at_base.emplace(*base, preamble ? &*of_base : nullptr, artifacts);
  Comparison(at_head, at_base ? &*at_base : nullptr).Run();

  std::vector<PathProblem> problems;
  const auto finish = [&](PathSide& side, bool is_base, v1::TaskResult& out) {
    if (!side.problem().empty() || side.error()) problems.push_back({is_base, side.problem(), side.error()});
    side.Write(out);
    if (preamble) {
      out.mutable_inputs()->MergeFrom(preamble->manifest().inputs());
      out.mutable_absent()->MergeFrom(preamble->manifest().absent());
    }
    v1::TaskCost& cost = *out.mutable_cost();
    cost.set_parses(cost.parses() + side.cost().parses());
    cost.set_preambles_reused(cost.preambles_reused() + side.cost().preambles_reused());
    cost.set_entries_analyzed(cost.entries_analyzed() + side.cost().entries_analyzed());
    cost.set_entries_reused(cost.entries_reused() + side.cost().entries_reused());
  };
  finish(at_head, false, result);
  if (at_base) finish(*at_base, true, *result.mutable_base());
  return problems;
}

}  // namespace mergegate::analyzers
