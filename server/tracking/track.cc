#include "server/tracking/track.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/domain/fingerprint.h"
#include "server/tracking/declarations.h"
#include "server/tracking/diff_index.h"

namespace mergegate::tracking {
namespace {

// What makes two findings one, and the order in which they are shown.
auto Identity(const Finding& f) { return std::tie(f.path, f.line, f.column, f.check, f.message); }

// One finding per identity, ordered by it. Of several, one under a command that was not guessed, of the first unit.
std::vector<Finding> Distinct(std::vector<Finding> findings) {
  std::vector<size_t> order(findings.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::ranges::sort(order, [&](size_t a, size_t b) {
    const auto key = [&](size_t i) {
      return std::tuple_cat(Identity(findings[i]), std::tie(findings[i].guessed, findings[i].unit), std::tuple(i));
    };
    return key(a) < key(b);
  });
  std::vector<Finding> distinct;
  for (const size_t i : order) {
    if (!distinct.empty() && Identity(distinct.back()) == Identity(findings[i])) continue;
    distinct.push_back(std::move(findings[i]));
  }
  return distinct;
}

// A finding on its way through the passes.
struct Candidate {
  const Finding* finding = nullptr;
  std::string text;     // of its line, without blanks; empty when not known
  std::string message;  // stable
  // Where it stands, or would stand, at the head.
  std::optional<std::string_view> path;
  std::optional<int> line;
  bool matched = false;
};

// Pairs what is left on both sides by key, each at most once, in order; findings without a key stay out.
template <typename KeyOf>
void Match(std::vector<Candidate>& base, std::vector<Candidate>& head, const KeyOf& key_of) {
  using Key = typename std::invoke_result_t<KeyOf, const Candidate&>::value_type;
  std::map<Key, std::vector<Candidate*>> waiting;  // last one first
  for (auto candidate = base.rbegin(); candidate != base.rend(); ++candidate) {
    if (candidate->matched) continue;
    if (std::optional<Key> key = key_of(*candidate)) waiting[*std::move(key)].push_back(&*candidate);
  }
  for (Candidate& candidate : head) {
    if (candidate.matched) continue;
    const std::optional<Key> key = key_of(candidate);
    const auto found = key ? waiting.find(*key) : waiting.end();
    if (found == waiting.end() || found->second.empty()) continue;
    found->second.back()->matched = candidate.matched = true;
    found->second.pop_back();
  }
}

using Place = std::tuple<std::string_view, int, std::string_view>;  // path, line, check

std::optional<Place> PlaceOf(const Candidate& c) {
  if (!c.path || !c.line) return std::nullopt;
  return Place(*c.path, *c.line, c.finding->check);
}

std::map<Place, int> CountPlaces(const std::vector<Candidate>& candidates) {
  std::map<Place, int> count;
  for (const Candidate& candidate : candidates) {
    if (const auto place = PlaceOf(candidate)) ++count[*place];
  }
  return count;
}

void MatchByLine(std::vector<Candidate>& base, std::vector<Candidate>& head) {
  Match(base, head, [](const Candidate& c) -> std::optional<std::pair<Place, std::string_view>> {
    const std::optional<Place> place = PlaceOf(c);
    if (!place) return std::nullopt;
    return std::make_pair(*place, std::string_view(c.message));
  });
  // One of the check on the line, before and after: it is the same whatever the message says now.
  const std::map<Place, int> at_base = CountPlaces(base);
  const std::map<Place, int> at_head = CountPlaces(head);
  Match(base, head, [&](const Candidate& c) -> std::optional<Place> {
    const std::optional<Place> place = PlaceOf(c);
    const auto is_single = [&](const std::map<Place, int>& count) {
      const auto found = count.find(*place);
      return found != count.end() && found->second == 1;
    };
    return place && is_single(at_base) && is_single(at_head) ? place : std::nullopt;
  });
}

void MatchByText(std::vector<Candidate>& base, std::vector<Candidate>& head) {
  using Said = std::tuple<std::string_view, std::string_view, std::string_view>;  // check, message, text
  const auto said = [](const Candidate& c) { return Said(c.finding->check, c.message, c.text); };
  Match(base, head, [&](const Candidate& c) -> std::optional<std::pair<std::string_view, Said>> {
    if (c.text.empty() || !c.path) return std::nullopt;
    return std::make_pair(*c.path, said(c));
  });
  Match(base, head, [&](const Candidate& c) -> std::optional<Said> {
    if (c.text.empty()) return std::nullopt;
    return said(c);
  });
}

void MatchByDeclaration(std::vector<Candidate>& base, std::vector<Candidate>& head) {
  // The USR tells overloads apart; the name outlives the renaming of a file that a USR of internal linkage holds.
  for (const auto declaration : {&Finding::usr, &Finding::function}) {
    using Key = std::tuple<std::string_view, std::string_view, std::string_view>;
    Match(base, head, [declaration](const Candidate& c) -> std::optional<Key> {
      const std::string& name = c.finding->*declaration;
      if (name.empty()) return std::nullopt;
      return Key(name, c.finding->check, c.message);
    });
  }
}

// Names what in the change made a finding that is not on a changed line.
class CauseFinder {
 public:
  CauseFinder(const Diff& diff, const DiffIndex& index, const std::vector<Declaration>& declarations)
      : diff_(diff),
        index_(index),
        declarations_(declarations),
        map_(declarations),
        changed_(ChangedDeclarations(diff, declarations)),
        causes_(declarations, changed_) {
    for (const int changed : changed_) by_path_[At(changed).path].push_back(changed);
  }

  // True when the finding's declaration leads to a changed one, or a step of it lies on a changed line.
  bool HasNamedCause(const Finding& finding) const {
    return Reached(finding) >= 0 || std::ranges::any_of(finding.notes, [&](const Note& note) {
             return note.line > 0 && index_.AddsWithin(note.path, note.line, note.line);
           });
  }

  std::string CauseOf(const Finding& finding) const {
    int cause = Reached(finding);
    if (cause < 0) cause = OnPath(finding);
    if (cause >= 0) return At(cause).name.empty() ? At(cause).path : At(cause).name;
    if (index_.FindNew(finding.path) != nullptr) return finding.path;
    return OnlyCppFile();
  }

 private:
  const Declaration& At(int index) const { return declarations_[static_cast<size_t>(index)]; }

  // From the enclosing declaration along references.
  int Reached(const Finding& finding) const {
    if (causes_.Knows(finding.usr)) return causes_.OfUsr(finding.usr);
    const int enclosing = map_.Innermost(finding.path, finding.line);
    return enclosing < 0 ? -1 : causes_.Of(enclosing);
  }

  // A changed declaration that a step of the explanation lies in, else one in the file of a step.
  int OnPath(const Finding& finding) const {
    int same_file = -1;
    for (const Note& note : finding.notes) {
      const auto found = by_path_.find(note.path);
      if (found == by_path_.end()) continue;
      const auto holds = [&](int i) { return At(i).start_line <= note.line && note.line <= At(i).end_line; };
      const auto holder = std::ranges::find_if(found->second, holds);
      if (holder != found->second.end()) return *holder;
      if (same_file < 0) same_file = found->second.front();
    }
    return same_file;
  }

  std::string OnlyCppFile() const {
    const ChangedFile* only = nullptr;
    for (const ChangedFile& file : diff_.files) {
      if (!IsCpp(file.path())) continue;
      if (only != nullptr) return "the change (no single declaration found)";
      only = &file;
    }
    return only == nullptr ? "the change (no single declaration found)" : only->path();
  }

  const Diff& diff_;
  const DiffIndex& index_;
  const std::vector<Declaration>& declarations_;
  const DeclarationMap map_;
  const std::vector<int> changed_;
  const Causes causes_;
  std::unordered_map<std::string_view, std::vector<int>> by_path_;
};

int RankInOutput(BaselineState state) {
  switch (state) {
    case BaselineState::kNew:
      return 0;
    case BaselineState::kCaused:
      return 1;
    case BaselineState::kFixed:
      return 2;
    case BaselineState::kUnchanged:
    case BaselineState::kUnspecified:
      break;
  }
  return 3;
}

}  // namespace

std::vector<Finding> Track(TrackInput input) {
  const DiffIndex index(input.diff);
  std::vector<Finding> base_findings = Distinct(std::move(input.base));
  std::vector<Finding> findings = Distinct(std::move(input.head));

  std::vector<Candidate> base;
  for (const Finding& finding : base_findings) {
    Candidate candidate{&finding, WithoutBlanks(finding.line_text), StableMessage(finding.message),
                        index.NewPath(finding.path), std::nullopt};
    if (const auto place = index.MapLine(finding.path, finding.line)) candidate.line = place->second;
    base.push_back(std::move(candidate));
  }
  std::vector<Candidate> head;
  for (const Finding& finding : findings) {
    head.push_back(
        {&finding, WithoutBlanks(finding.line_text), StableMessage(finding.message), finding.path, finding.line});
  }
  MatchByLine(base, head);
  MatchByText(base, head);
  MatchByDeclaration(base, head);

  const CauseFinder causes(input.diff, index, input.head_declarations);
  for (size_t i = 0; i < head.size(); ++i) {
    Finding& finding = findings[i];
    finding.caused_by.clear();
    if (head[i].matched) {
      finding.state = BaselineState::kUnchanged;
    } else if (index.AddsWithin(finding.path, finding.line, finding.end_line)) {
      finding.state = BaselineState::kNew;
    } else if (input.units_without_base.contains(finding.unit) && index.FindNew(finding.path) == nullptr &&
               !causes.HasNamedCause(finding)) {
      finding.state = BaselineState::kUnchanged;
    } else {
      finding.state = BaselineState::kCaused;
      finding.caused_by = causes.CauseOf(finding);
    }
  }
  for (size_t i = 0; i < base.size(); ++i) {
    if (base[i].matched) continue;
    base_findings[i].state = BaselineState::kFixed;
    base_findings[i].caused_by.clear();
    findings.push_back(std::move(base_findings[i]));
  }
  std::ranges::sort(findings, [](const Finding& a, const Finding& b) {
    const auto key = [](const Finding& f) { return std::tuple_cat(std::tuple(RankInOutput(f.state)), Identity(f)); };
    return key(a) < key(b);
  });
  AssignFingerprints(findings);
  return findings;
}

}  // namespace mergegate::tracking
