#include "server/planning/cover.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/planning/compile_commands.h"
#include "server/planning/cover_goals.h"
#include "server/planning/include_index.h"
#include "server/planning/lexical_path.h"
#include "server/planning/plan.h"

namespace mergegate::planning {
namespace {

using Names = std::set<std::string, std::less<>>;

// Units that mention a goal and show nothing new, until the rest is taken to be like them.
int Patience(const Goal& goal, bool seen) {
  if (goal.kind == Goal::Kind::kFile) return 3;
  return seen || goal.at_base ? 1 : 2;
}

// What one more unit may show: of a goal, an argument list that the text names, or "" for what text cannot tell.
using Promise = std::pair<size_t, std::string>;

// Which files mention a goal, and which units these belong to.
class MentionIndex {
 public:
  MentionIndex(const IncludeIndex& index, const IncludeGraph& graph) : index_(index), graph_(graph) {}

  // Of the files that include the header, those that hold one of the words. Ordered.
  std::vector<std::string> FilesFor(const Goal& goal) {
    std::vector<uint64_t> digests;
    for (const std::string& word : goal.words) digests.push_back(IdentifierDigest(word));
    std::vector<std::string> files;
    for (const std::string& file : IncludersOf(goal.header)) {
      if (index_.MentionsAny(file, digests)) files.push_back(file);
    }
    return files;
  }

  bool IsPartOf(const std::string& file, const std::string& unit) {
    return file == unit || std::ranges::binary_search(IncludersOf(file), unit);
  }

  bool HoldsAny(const std::string& file, const std::vector<uint64_t>& words) const {
    return index_.MentionsAny(file, words);
  }

  const Mentions& In(const std::string& file, const std::string& word) {
    const auto [known, is_new] = mentions_.try_emplace({file, word});
    if (is_new && index_.MentionsAny(file, {IdentifierDigest(word)})) {
      known->second = ScanMentions(index_.Text(file), word);
    }
    return known->second;
  }

 private:
  const std::vector<std::string>& IncludersOf(const std::string& file) {
    const auto [known, is_new] = includers_.try_emplace(file);
    if (is_new) known->second = graph_.IncludersOf(file);
    return known->second;
  }

  const IncludeIndex& index_;
  const IncludeGraph& graph_;
  std::map<std::string, std::vector<std::string>> includers_;
  std::map<std::pair<std::string, std::string>, Mentions> mentions_;
};

class CoverSearch {
 public:
  explicit CoverSearch(const CoverInput& input)
      : input_(input), mentions_(input.head_commands.index(), *input.plan.includes) {
    for (const UnitTask& unit : input.plan.head) chosen_.insert(unit.main_file);
    for (std::string& file : input.head_commands.KnownMainFiles()) known_.insert(std::move(file));
    for (size_t i = 0; i < input.plan.head.size(); ++i) {
      Names& read = read_.emplace_back();
      if (i >= input.head.size() || FatalFailure(input.head[i]) != nullptr) continue;
      for (const InputFile& file : input.head[i].inputs) read.insert(file.path);
    }
  }

  Cover Run() {
    goals_ = FindGoals(input_);
    for (size_t i = 0; i < goals_.size(); ++i) Examine(i);
    Cover cover;
    cover.next = Choose();
    bound_reached_ = !promises_.empty() && cover.next.empty();
    for (size_t i = 0; i < goals_.size(); ++i) {
      if (goals_[i].kind != Goal::Kind::kFile) cover.declarations.push_back(Prove(i));
      if (goals_[i].kind == Goal::Kind::kHidden) cover.hidden.push_back(Hidden(i));
    }
    return cover;
  }

 private:
  // Which units outside the plan mention the goal, and what they promise.
  void Examine(size_t index) {
    const Goal& goal = goals_[index];
    const std::vector<std::string> files = FilesOf(goal);
    std::map<std::string, std::vector<std::string>> files_of;  // unit -> files that mention the goal
    for (const std::string& unit : input_.plan.candidates.at(goal.header)) {
      for (const std::string& file : files) {
        if (mentions_.IsPartOf(file, unit)) files_of[unit].push_back(file);
      }
      if (goal.kind == Goal::Kind::kFile || (goal.kind == Goal::Kind::kHidden && DefinesAny(unit, goal.words))) {
        files_of[unit].push_back(unit);
      }
      if (files_of.contains(unit) && !chosen_.contains(unit)) ++left_out_[index];
    }
    if (goal.kind == Goal::Kind::kParsed) return;
    others_.clear();
    const std::string own = WordFor(goal.name);
    for (const std::string& word : goal.words) {
      if (word != own) others_.push_back(IdentifierDigest(word));
    }
    const Tried tried = LookBack(goal, files_of);
    for (const auto& [unit, mentioning] : files_of) {
      if (chosen_.contains(unit)) continue;
      const auto [arguments, bare] = News(goal, mentioning, tried.read, tried.arguments);
      for (const std::string& list : arguments) promises_[unit].emplace(index, list);
      if (bare && !tried.enough) promises_[unit].emplace(index, "");
    }
  }

  std::vector<std::string> FilesOf(const Goal& goal) {
    return goal.kind == Goal::Kind::kFile ? std::vector<std::string>() : mentions_.FilesFor(goal);
  }

  bool DefinesAny(const std::string& unit, const std::set<std::string>& names) const {
    return std::ranges::any_of(input_.head_commands.For(unit).arguments, [&](const std::string& argument) {
      if (!argument.starts_with("-D") && !argument.starts_with("-U")) return false;
      return names.contains(argument.substr(2, argument.find('=') - 2));
    });
  }

  // What files say that was not read before: argument lists not seen yet, and whether they mention the goal otherwise.
  std::pair<std::set<std::string>, bool> News(const Goal& goal, const std::vector<std::string>& files,
                                              const Names& read, const std::set<std::string>& seen) {
    std::set<std::string> arguments;
    bool bare = false;
    const std::string own = WordFor(goal.name);
    for (const std::string& file : files) {
      if (read.contains(file)) continue;
      if (goal.kind != Goal::Kind::kTemplate) return {{}, true};
      const Mentions& mentions = mentions_.In(file, own);
      // Through another template arguments are not what the text names.
      bare = bare || mentions.bare || mentions.arguments.empty() || mentions_.HoldsAny(file, others_);
      for (const std::string& list : mentions.arguments) {
        if (!seen.contains(list)) arguments.insert(list);
      }
    }
    return {std::move(arguments), bare};
  }

  // What the chosen units came to, in the order in which they were chosen.
  struct Tried {
    Names read;
    std::set<std::string> arguments;  // that the text of what they read names
    bool enough = false;              // nothing new is to be expected of text that does not name its arguments
  };
  Tried LookBack(const Goal& goal, const std::map<std::string, std::vector<std::string>>& files_of) {
    Tried tried;
    std::set<uint64_t> instantiations;
    bool seen = false;
    int in_vain = 0;
    for (size_t i = 0; i < input_.plan.head.size(); ++i) {
      const auto mentioning = files_of.find(input_.plan.head[i].main_file);
      if (read_[i].empty()) {  // failed
        if (goal.kind == Goal::Kind::kFile && mentioning != files_of.end()) ++in_vain;
        continue;
      }
      bool news = false;
      for (const Sight& sight : goal.sights) {
        if (sight.unit != static_cast<int>(i)) continue;
        news = sight.used && goal.kind != Goal::Kind::kTemplate;
        for (const uint64_t arguments : sight.instantiations) news = instantiations.insert(arguments).second || news;
      }
      const bool asked =
          mentioning != files_of.end() && News(goal, mentioning->second, tried.read, tried.arguments).second;
      if (news) in_vain = 0;
      if (asked && !news) ++in_vain;
      seen = seen || news;
      tried.read.insert(read_[i].begin(), read_[i].end());
      if (mentioning == files_of.end() || goal.kind != Goal::Kind::kTemplate) continue;
      const auto named = News(goal, mentioning->second, {}, {}).first;
      tried.arguments.insert(named.begin(), named.end());
    }
    tried.enough = (seen && goal.kind == Goal::Kind::kUsed) || in_vain >= Patience(goal, seen);
    return tried;
  }

  // Greedy: whoever promises most. One unit is enough for what a goal promises beyond named argument lists: its result
  // tells whether to go on.
  std::vector<std::string> Choose() const {
    std::map<std::string, std::set<Promise>> open = promises_;
    int left = input_.policy.header_units == 0 ? static_cast<int>(open.size())
                                               : input_.policy.header_units - input_.plan.units_for_headers;
    std::vector<std::string> units;
    for (; left > 0 && !open.empty(); --left) {
      const auto rank = [&](const auto& entry) {
        return std::make_tuple(!known_.contains(entry.first), -std::ssize(entry.second), std::string_view(entry.first));
      };
      const auto best = std::ranges::min_element(open, {}, rank);
      units.push_back(best->first);
      const std::set<Promise> kept = std::move(best->second);
      open.erase(best);
      for (auto& [unit, promises] : open) {
        for (const Promise& promise : kept) promises.erase(promise);
      }
      std::erase_if(open, [](const auto& entry) { return entry.second.empty(); });
    }
    std::ranges::sort(units);
    return units;
  }

  DeclarationCoverage Prove(size_t index) {
    const Goal& goal = goals_[index];
    DeclarationCoverage proof{.name = goal.name,
                              .path = goal.path,
                              .line = goal.line,
                              .at_base = goal.at_base,
                              .units = {},
                              .instantiations = 0,
                              .units_left_out = left_out_[index],
                              .reason = {}};
    std::set<uint64_t> instantiations;
    for (const Sight& sight : goal.sights) {
      bool shows = goal.kind == Goal::Kind::kParsed || (goal.kind == Goal::Kind::kUsed && sight.used);
      if (goal.kind != Goal::Kind::kTemplate) shows = shows && proof.units.empty();
      for (const uint64_t arguments : sight.instantiations) shows = instantiations.insert(arguments).second || shows;
      if (shows) proof.units.push_back(sight.main_file);
    }
    proof.instantiations = static_cast<int>(instantiations.size());
    if (goal.kind == Goal::Kind::kHidden) {
      proof.reason = "hidden by conditionals in every analyzed unit";
    } else if (proof.units.empty() && !goal.sights.empty()) {
      proof.units = {goal.sights.front().main_file};
      proof.reason = goal.kind == Goal::Kind::kUsed ? "parsed, but no analyzed unit uses it"
                                                    : "parsed, but no analyzed unit instantiates it";
    }
    if (bound_reached_ && IsPromised(index)) {
      absl::StrAppend(&proof.reason, proof.reason.empty() ? "" : "; ", "analysis.header_units (",
                      input_.policy.header_units, ") kept further units out");
    }
    std::ranges::sort(proof.units);
    return proof;
  }

  bool IsPromised(size_t index) const {
    return std::ranges::any_of(promises_, [&](const auto& entry) {
      return std::ranges::any_of(entry.second, [&](const Promise& promise) { return promise.first == index; });
    });
  }

  FileCoverage Hidden(size_t index) const {
    const Goal& goal = goals_[index];
    FileCoverage file;
    file.path = goal.header;
    file.changed_lines = static_cast<int>(goal.lines.size());
    file.reason = absl::StrCat("from line ", goal.line, " on hidden by ", goal.name, " in every analyzed unit");
    return file;
  }

  const CoverInput& input_;
  MentionIndex mentions_;
  Names chosen_;
  Names known_;
  std::vector<Names> read_;  // by each unit of plan.head; nothing when it failed
  std::vector<Goal> goals_;
  std::vector<uint64_t> others_;    // of the goal under examination: words for the templates that reach it
  std::map<size_t, int> left_out_;  // goal -> units that mention it and are not in the plan
  std::map<std::string, std::set<Promise>> promises_;  // unit outside the plan -> what it may show
  bool bound_reached_ = false;
};

}  // namespace

Cover ExtendCover(const CoverInput& input) {
  if (input.plan.candidates.empty() || input.plan.includes == nullptr) return {};
  return CoverSearch(input).Run();
}

}  // namespace mergegate::planning
