// The head's remainder, put together from what was parsed of it and from the base's record of what was left out.
#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "analyzers/findings.h"
#include "analyzers/function_record.h"
#include "analyzers/remainder.h"

namespace mergegate::analyzers {
namespace {

// Checks that say how often something is used: where bodies are left out, they would be wrong. What the bodies use has
// not changed, so the base knows.
bool IsAboutUse(const std::string& check) {
  // Parameters are used by their own function alone.
  if (check.ends_with("-parameter") || check.ends_with("-parameters")) return false;
  return check.starts_with("clang-diagnostic-un") || check.starts_with("misc-unused-");
}

std::vector<size_t> LineStarts(const std::string& text) {
  std::vector<size_t> starts = {0, 0};  // lines count from 1
  for (size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) starts.push_back(at + 1);
  return starts;
}

bool InstallsSignalHandlers(const std::string& text) {
  for (size_t at = text.find("signal"); at != std::string::npos; at = text.find("signal", at + 1)) {
    const bool starts_word =
        at == 0 || (std::isalnum(static_cast<unsigned char>(text[at - 1])) == 0 && text[at - 1] != '_');
    const size_t next = text.find_first_not_of(" \t", at + 6);
    if (starts_word && next != std::string::npos && text[next] == '(') return true;
  }
  return text.find("sigaction") != std::string::npos;
}

// Checks that follow calls from everywhere see as far as the static analyzer.
// Nullopt when they need all of the unit.
std::optional<BodyChange::Reach> ReachOf(const UnitSide& side) {
  const std::unique_ptr<TidyRun> tidy = side.MakeTidyRun(UnitSide::Tier::kMatching);
  tidy->context().setCurrentFile(side.main_file());
  for (const char* check : {"bugprone-signal-handler", "cert-sig30-c", "cert-msc54-cpp"}) {
    if (tidy->context().isCheckEnabled(check) && InstallsSignalHandlers(side.text())) return std::nullopt;
  }
  if (tidy->context().isCheckEnabled("misc-no-recursion")) return BodyChange::Reach::kClosure;
  for (const auto& option : tidy->context().getOptions().CheckOptions) {
    if (option.getKey().ends_with("exception-escape.FunctionsThatShouldNotThrow")) return BodyChange::Reach::kClosure;
  }
  return BodyChange::Reach::kText;
}

class Merge {
 public:
  Merge(const UnitSide& head, const v1::TaskResult& headers, const UnitSide& base_side, const v1::UnitRecord& base,
        const BodyChange& change, Remainder& parsed)
      : head_(head),
        headers_(headers),
        base_(base),
        change_(change),
        parsed_(parsed),
        base_main_(base_side.unit().main_file()),
        base_lines_(LineStarts(base_side.text())),
        head_lines_(LineStarts(head.text())) {
    for (int i = 0; i < base.functions_size(); ++i) {
      const v1::FunctionRecord& function = base.functions(i);
      if (!change.IsAffected(i) || function.first_line() <= 0) continue;
      affected_at_base_.emplace_back(function.first_line(), function.last_line());
      const int first = change.ToHead(function.first_line()), last = change.ToHead(function.last_line());
      if (first > 0 && last > 0) affected_at_head_.emplace_back(first, last);
    }
  }

  // False when more has changed than bodies.
  bool Run() { return SameUses() && MergeFindings() && MergeHidden() && (MergeMeasurements(), MergeDeclarations()); }

 private:
  using Ranges = std::vector<std::pair<int, int>>;
  static bool In(const Ranges& ranges, int line) {
    return std::any_of(ranges.begin(), ranges.end(),
                       [&](const auto& range) { return range.first <= line && line <= range.second; });
  }

  bool SameUses() {
    std::set<uint64_t> before, after;
    for (const v1::FunctionRecord& function : base_.functions()) {
      before.insert(function.uses().begin(), function.uses().end());
      if (change_.ChangedAtBase(function.first_line()) < 0) {
        after.insert(function.uses().begin(), function.uses().end());
      }
    }
    for (const v1::FunctionRecord& function : parsed_.record.functions()) {
      if (change_.ChangedAtHead(function.first_line()) >= 0) {
        after.insert(function.uses().begin(), function.uses().end());
      }
    }
    return before == after;
  }

  bool IsMain(const std::string& path) const { return path == base_main_; }

  // To the head's lines; false when a place lies in a body that changed.
  bool Shift(v1::Finding& finding) const {
    const auto shift = [&](int line) { return line == 0 ? 0 : change_.ToHead(line); };
    if (IsMain(finding.path())) {
      const int line = shift(finding.line());
      if (line == 0) return false;
      if (finding.end_line() > 0) finding.set_end_line(finding.end_line() + line - finding.line());
      finding.set_line(line);
      finding.set_path(head_.unit().main_file());
    }
    for (v1::Note& note : *finding.mutable_notes()) {
      if (!IsMain(note.path())) continue;
      if (note.line() > 0 && shift(note.line()) == 0) return false;
      note.set_line(shift(note.line()));
      note.set_path(head_.unit().main_file());
    }
    for (v1::Fix& fix : *finding.mutable_fixes()) {
      for (v1::Edit& edit : *fix.mutable_edits()) {
        if (!IsMain(edit.path())) continue;
        const int line = shift(edit.start_line()), end_line = shift(edit.end_line());
        if (line == 0 || end_line == 0) return false;
        const auto before = static_cast<int64_t>(base_lines_.at(static_cast<size_t>(edit.start_line())));
        const auto after = static_cast<int64_t>(head_lines_.at(static_cast<size_t>(line)));
        edit.set_offset(edit.offset() - before + after);
        edit.set_start_line(line);
        edit.set_end_line(end_line);
        edit.set_path(head_.unit().main_file());
      }
    }
    finding.set_unit(head_.unit().main_file());
    finding.set_guessed(head_.unit().source() == v1::COMMAND_SOURCE_INFERRED);
    return true;
  }

  using FindingKeys = std::set<decltype(FindingKey(v1::Finding()))>;

  bool MergeFindings() {
    // Of fixes that reach out of their function, one may carry what another would carry now.
    for (const v1::Finding& finding : base_.part().findings()) {
      if (!StaysInside(finding, base_main_, &BodyChange::SkippedAtBase, &BodyChange::ChangedAtBase)) return false;
    }
    std::vector<v1::Finding> merged, seen_here;
    FindingKeys parsed_keys;
    for (const v1::Finding& finding : parsed_.record.part().findings()) parsed_keys.insert(FindingKey(finding));
    FindingKeys elsewhere;  // those of the base that no change can touch
    for (const v1::Finding& at_base : base_.part().findings()) {
      v1::Finding finding = at_base;
      const int line = IsMain(finding.path()) ? finding.line() : 0;
      if (line == 0 && !parsed_keys.contains(FindingKey(finding)) && HangsOnChange(finding)) return false;
      const bool left_out = line > 0 && change_.SkippedAtBase(line) >= 0;
      const bool affected = line > 0 && !left_out && In(affected_at_base_, line);
      if (affected && !IsAboutUse(finding.check())) continue;
      if (!Shift(finding)) {
        if (affected) continue;
        return false;
      }
      if (!left_out) elsewhere.insert(FindingKey(finding));
      merged.push_back(std::move(finding));
    }
    for (const v1::Finding& finding : parsed_.record.part().findings()) {
      const int line = finding.path() == head_.unit().main_file() ? finding.line() : 0;
      if (line > 0 && change_.SkippedAtHead(line) >= 0) continue;
      if (line > 0 && change_.ChangedAtHead(line) >= 0) {
        if (!IsAboutUse(finding.check()) || elsewhere.contains(FindingKey(finding)) || IsInterior(line)) {
          merged.push_back(finding);
        }
        continue;
      }
      if (IsAboutUse(finding.check())) continue;
      if (line > 0 && !In(affected_at_head_, line) && !elsewhere.contains(FindingKey(finding))) return false;
      seen_here.push_back(finding);
    }
    // What was seen here is told as it is here.
    FindingKeys here;
    for (const v1::Finding& finding : seen_here) here.insert(FindingKey(finding));
    std::erase_if(merged, [&](const v1::Finding& finding) { return here.contains(FindingKey(finding)); });
    merged.insert(merged.end(), std::make_move_iterator(seen_here.begin()), std::make_move_iterator(seen_here.end()));
    std::sort(merged.begin(), merged.end(), [](const auto& a, const auto& b) { return FindingKey(a) < FindingKey(b); });
    merged.erase(std::unique(merged.begin(), merged.end(),
                             [](const auto& a, const auto& b) { return FindingKey(a) == FindingKey(b); }),
                 merged.end());
    for (const v1::Finding& finding : merged) {
      if (!StaysInside(finding, head_.unit().main_file(), &BodyChange::SkippedAtHead, &BodyChange::ChangedAtHead)) {
        return false;
      }
    }
    auto& findings = *parsed_.record.mutable_part()->mutable_findings();
    findings.Clear();
    findings.Add(merged.begin(), merged.end());
    return true;
  }

  // A finding in a header, made by an instantiation of this file: true when a body that changed may have made it.
  bool HangsOnChange(v1::Finding finding) const {
    NameByLine(headers_, finding);
    if (finding.usr().find("@F@") == std::string::npos && finding.usr().find("@FT@") == std::string::npos) return true;
    const uint64_t place = UsrDigest(finding.usr());
    return std::any_of(base_.functions().begin(), base_.functions().end(), [&](const v1::FunctionRecord& function) {
      const auto& reached = function.reaches_elsewhere();
      return change_.ChangedAtBase(function.first_line()) >= 0 &&
             std::binary_search(reached.begin(), reached.end(), place);
    });
  }

  // False for a fix that reaches out of the finding's function: it counts uses, calls or includes elsewhere.
  bool StaysInside(const v1::Finding& finding, const std::string& main_file, int (BodyChange::*skipped)(int) const,
                   int (BodyChange::*changed)(int) const) const {
    const auto function_at = [&](const std::string& path, int line) {
      return path != main_file ? -1 : std::max((change_.*skipped)(line), (change_.*changed)(line));
    };
    const int home = function_at(finding.path(), finding.line());
    for (const v1::Fix& fix : finding.fixes()) {
      for (const v1::Edit& edit : fix.edits()) {
        if (edit.path() != finding.path() || function_at(edit.path(), edit.start_line()) != home) return false;
      }
    }
    return true;
  }

  // Inside a changed body, not in what declares the function.
  bool IsInterior(int head_line) const {
    const int index = change_.ChangedAtHead(head_line);
    if (index < 0) return false;
    const v1::FunctionRecord& function = base_.functions(index);
    const int first = change_.ToHead(function.first_line());
    return head_line > first + (function.body_first_line() - function.first_line()) &&
           head_line < change_.ToHead(function.last_line());
  }

  bool MergeHidden() {
    std::vector<v1::HiddenFinding> merged;
    for (v1::HiddenFinding hidden : base_.hidden()) {
      if (hidden.line() > 0 && change_.SkippedAtBase(hidden.line()) < 0 && In(affected_at_base_, hidden.line())) {
        continue;
      }
      if (hidden.line() > 0) hidden.set_line(change_.ToHead(hidden.line()));
      merged.push_back(std::move(hidden));
    }
    for (const v1::HiddenFinding& hidden : parsed_.record.hidden()) {
      if (hidden.line() > 0 && In(affected_at_head_, hidden.line())) merged.push_back(hidden);
    }
    auto& all = *parsed_.record.mutable_hidden();
    all.Clear();
    all.Add(merged.begin(), merged.end());
    return true;
  }

  void MergeMeasurements() {
    auto& all = *parsed_.record.mutable_part()->mutable_measurements();
    const auto left_out = [&](const v1::FunctionMeasurement& m) {
      return m.path() == head_.unit().main_file() && change_.SkippedAtHead(m.start_line()) >= 0;
    };
    all.erase(std::remove_if(all.begin(), all.end(), left_out), all.end());
    for (v1::FunctionMeasurement measurement : base_.part().measurements()) {
      if (!IsMain(measurement.path()) || change_.SkippedAtBase(measurement.start_line()) < 0) continue;
      measurement.set_path(head_.unit().main_file());
      measurement.set_start_line(change_.ToHead(measurement.start_line()));
      measurement.set_end_line(change_.ToHead(measurement.end_line()));
      *all.Add() = std::move(measurement);
    }
  }

  bool MergeDeclarations() {
    using Place = std::tuple<std::string, std::string, int>;  // USR, path and line at the head
    const v1::TaskResult& old = base_.part();
    v1::TaskResult& part = *parsed_.record.mutable_part();
    google::protobuf::RepeatedPtrField<v1::Declaration> merged;
    std::map<Place, int> at;
    std::vector<int> of_parsed(static_cast<size_t>(part.declarations_size()), -1);
    std::vector<int> of_base(static_cast<size_t>(old.declarations_size()), -1);
    const auto place_of = [](const v1::Declaration& d) { return Place(d.usr(), d.path(), d.start_line()); };
    const auto to_head = [&](v1::Declaration declaration) {
      if (IsMain(declaration.path())) {
        declaration.set_path(head_.unit().main_file());
        declaration.set_start_line(change_.ToHead(declaration.start_line()));
        declaration.set_end_line(change_.ToHead(declaration.end_line()));
      }
      return declaration;
    };
    for (int i = 0; i < part.declarations_size(); ++i) {
      const v1::Declaration& declaration = part.declarations(i);
      if (declaration.path() == head_.unit().main_file() && change_.SkippedAtHead(declaration.start_line()) >= 0) {
        continue;
      }
      of_parsed[static_cast<size_t>(i)] = merged.size();
      at.emplace(place_of(declaration), merged.size());
      *merged.Add() = declaration;
    }
    const int first_of_base = merged.size();
    for (int i = 0; i < old.declarations_size(); ++i) {
      const v1::Declaration& declaration = old.declarations(i);
      const v1::Declaration here = to_head(declaration);
      if (!IsMain(declaration.path()) || change_.SkippedAtBase(declaration.start_line()) < 0) {
        // What instantiates it may have been left out.
        const auto known = at.find(place_of(here));
        if (known == at.end()) continue;
        of_base[static_cast<size_t>(i)] = known->second;
        auto& made = *merged[known->second].mutable_instantiations();
        made.MergeFrom(declaration.instantiations());
        std::sort(made.begin(), made.end());
        made.erase(std::unique(made.begin(), made.end()), made.end());
        continue;
      }
      of_base[static_cast<size_t>(i)] = merged.size();
      at.emplace(place_of(here), merged.size());
      *merged.Add() = here;
    }
    for (int i = 0; i < merged.size(); ++i) {
      google::protobuf::RepeatedField<int> references;
      for (const int reference : merged[i].references()) {
        int to = (i < first_of_base ? of_parsed : of_base)[static_cast<size_t>(reference)];
        if (to < 0 && i < first_of_base) {
          const auto found = at.find(place_of(part.declarations(reference)));
          if (found != at.end()) to = found->second;
        }
        if (to >= 0) references.Add(to);
      }
      *merged[i].mutable_references() = std::move(references);
    }
    google::protobuf::RepeatedPtrField<v1::OuterReference> outer;
    const auto add_outer = [&](const v1::OuterReference& reference, int declaration) {
      if (declaration < 0) return;
      v1::OuterReference& out = *outer.Add();
      out = reference;
      out.set_declaration(static_cast<uint32_t>(declaration));
    };
    for (const v1::OuterReference& reference : parsed_.record.outer_references()) {
      add_outer(reference, of_parsed[reference.declaration()]);
    }
    for (const v1::OuterReference& reference : base_.outer_references()) {
      const int declaration = of_base[reference.declaration()];
      if (declaration >= first_of_base) add_outer(reference, declaration);
    }
    std::map<std::string, std::set<uint64_t>> made;
    for (const auto* record : {&base_.outer_instantiations(), &parsed_.record.outer_instantiations()}) {
      for (const v1::OuterInstantiations& of : *record) made[of.usr()].insert(of.digests().begin(), of.digests().end());
    }
    parsed_.record.clear_outer_instantiations();
    for (const auto& [usr, digests] : made) {
      v1::OuterInstantiations& out = *parsed_.record.add_outer_instantiations();
      out.set_usr(usr);
      out.mutable_digests()->Add(digests.begin(), digests.end());
    }
    *part.mutable_declarations() = std::move(merged);
    *parsed_.record.mutable_outer_references() = std::move(outer);
    SortDeclarations(parsed_.record);
    return true;
  }

  const UnitSide& head_;
  const v1::TaskResult& headers_;
  const v1::UnitRecord& base_;
  const BodyChange& change_;
  Remainder& parsed_;
  const std::string base_main_;
  std::vector<size_t> base_lines_, head_lines_;
  Ranges affected_at_base_, affected_at_head_;
};

}  // namespace

std::optional<Remainder> ExamineChangedBodies(UnitSide& head, const Preamble& preamble, const UnitSide& base_side,
                                              const v1::UnitRecord& base) {
  if (base.part().failures_size() > 0) return std::nullopt;
  // A warning that follows calls, from functions that nothing else singles out.
  for (const std::string& argument : head.unit().arguments()) {
    if (argument == "-Wfunction-effects") return std::nullopt;
  }
  const std::optional<BodyChange::Reach> reach = ReachOf(head);
  if (!reach) return std::nullopt;
  const auto change = BodyChange::Find(base.functions(), base_side.text(), head.text(), *reach);
  if (!change) return std::nullopt;
  Remainder rest = ParseRemainder(head, &preamble, &base.functions(), &*change);
  if (!rest.problem.empty() || rest.error || rest.bodies_missed) return std::nullopt;
  if (!Merge(head, preamble.record().part(), base_side, base, *change, rest).Run() ||
      rest.record.part().findings_size() > head.task().limits().max_findings()) {
    return std::nullopt;
  }
  return rest;
}

}  // namespace mergegate::analyzers
