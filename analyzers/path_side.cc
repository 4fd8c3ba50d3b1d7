#include "analyzers/path_side.h"

#include <algorithm>
#include <utility>

#include "analyzers/findings.h"
#include "analyzers/forks.h"
#include "analyzers/function_record.h"
#include "analyzers/unit_parse.h"

namespace mergegate::analyzers {
namespace {

constexpr int kAllFindings = 1 << 20;  // the task's own limit counts at the end

}  // namespace

Digest PathSide::UnitKey() const {
  return DigestBuilder()
      .Add(side_.ChecksKey())
      .Number(static_cast<uint64_t>(side_.unit().analyzer_steps()))
      .Text(preamble_ == nullptr ? "" : preamble_->name())
      .Text(side_.text())
      .Finish();
}

bool PathSide::LoadFunctions() {
  const auto manifest = artifacts_.FindFor("functions", UnitKey(), side_.tree());
  const auto content = manifest ? artifacts_.Find(manifest->artifact()) : std::nullopt;
  v1::FunctionRecords records;
  if (!content || !records.ParseFromArray(content->data(), static_cast<int>(content->size()))) return false;
  functions_.assign(records.functions().begin(), records.functions().end());
  manifest_ = records.part();
  of_unit_.assign(records.part().findings().begin(), records.part().findings().end());
  suppressed_ = records.part().suppressed();
  return true;
}

void PathSide::SaveFunctions() {
  v1::FunctionRecords records;
  records.mutable_functions()->Add(functions_.begin(), functions_.end());
  v1::Manifest manifest = ManifestOf(side_.tree());
  *manifest_.mutable_inputs() = manifest.inputs();
  *manifest_.mutable_absent() = manifest.absent();
  *records.mutable_part() = manifest_;
  records.mutable_part()->mutable_findings()->Add(of_unit_.begin(), of_unit_.end());
  records.mutable_part()->set_suppressed(suppressed_);
  artifacts_.PutFor("functions", UnitKey(), std::move(manifest), records.SerializeAsString());
}

void PathSide::Parse(const std::function<void()>& inside) {
  const bool known = !functions_.empty();
  tidy_ = side_.MakeTidyRun(UnitSide::Tier::kPaths);
  UnitParse parse(side_, preamble_, *tidy_);
  parse.with_checks = false;
  bool enabled = false;
  parse.on_begin = [&](clang::CompilerInstance& compiler, source::TreeLocations&) {
    enabled = tidy_->ConfigureAnalyzer(compiler, side_.main_file());
  };
  parse.on_parsed = [&](clang::CompilerInstance& compiler, source::TreeLocations& locations) {
    if (tidy_->compile_error() != nullptr) {
      error_ = *tidy_->compile_error();
      return;
    }
    tidy_->Take();  // warnings are the matching tier's
    suppressed_before_ = tidy_->suppressed();
    compiler_ = &compiler;
    locations_ = &locations;
    closures_ = std::make_unique<Closures>(compiler.getASTContext(), locations);
    std::vector<clang::Decl*> in_tree;
    for (clang::Decl* decl : parse.scope()) {
      if (locations.Find(decl->getLocation())) in_tree.push_back(decl);
    }
    closures_->AddFunctionsOf(in_tree);
    closures_->Finish();
    if (enabled) analysis_ = std::make_unique<PathAnalysis>(compiler, *tidy_, side_.unit().analyzer_steps());
    if (!known) {
      functions_ = RecordFunctions(*closures_, compiler.getASTContext(), side_.unit().main_file());
      if (analysis_ != nullptr) {
        analysis_->ExamineUnit();
        analysis_->ExamineDeclarations(in_tree);
      }
      const v1::PlacedFindings of_unit = TakePlaced();
      Unplace(of_unit, of_unit_);
      suppressed_ += of_unit.suppressed();
      SaveFunctions();
    }
    inside();
    analysis_.reset();
    declarations_.reset();
    closures_.reset();
    compiler_ = nullptr;
    locations_ = nullptr;
  };
  cost_.set_parses(cost_.parses() + 1);
  if (preamble_ != nullptr && preamble_->reused()) cost_.set_preambles_reused(cost_.preambles_reused() + 1);
  problem_ = parse.Run();
  if (tidy_->compile_error() != nullptr) error_ = *tidy_->compile_error();
  tidy_.reset();
}

v1::Anchor PathSide::AnchorOf(const std::string& path, int line) {
  v1::Anchor anchor;
  if (path == side_.unit().main_file()) {
    const v1::FunctionRecord* best = nullptr;
    for (const v1::FunctionRecord& function : functions_) {
      if (function.usr().empty() || function.first_line() > line || function.last_line() < line) continue;
      if (best == nullptr || function.last_line() - function.first_line() < best->last_line() - best->first_line()) {
        best = &function;
      }
    }
    if (best != nullptr) {
      anchor.set_usr(best->usr());
      anchor.set_line(line - best->first_line());
      anchor.set_text(best->text());
      return anchor;
    }
  }
  anchor.set_line(line);
  anchor.set_blob(side_.tree().BlobAt(path));
  return anchor;
}

// What the analyzer has found since the last call.
v1::PlacedFindings PathSide::TakePlaced() {
  v1::PlacedFindings placed;
  const std::vector<clang::tidy::ClangTidyError> errors = tidy_->Take();
  placed.set_suppressed(static_cast<int>(tidy_->suppressed() - suppressed_before_));
  suppressed_before_ = tidy_->suppressed();
  if (errors.empty()) return placed;
  if (declarations_ == nullptr) {
    declarations_ = std::make_unique<TreeDeclarations>(*locations_);
    const auto decls = compiler_->getASTContext().getTranslationUnitDecl()->decls();
    declarations_->Collect(compiler_->getASTContext(), {decls.begin(), decls.end()}, {});
  }
  FindingWriter writer(side_.tree(), declarations_.get(), side_.unit());
  for (const clang::tidy::ClangTidyError& error : errors) writer.Add(error);
  v1::TaskResult found;
  writer.Write(kAllFindings, found);
  for (v1::Finding& finding : *found.mutable_findings()) {
    const auto place = [&](const std::string& path, int line) -> const v1::Anchor& {
      return *placed.add_anchors() = AnchorOf(path, line);
    };
    const v1::Anchor& anchor = place(finding.path(), finding.line());
    if (!anchor.usr().empty()) {
      finding.clear_path();
      finding.set_end_line(finding.end_line() == 0 ? 0 : finding.end_line() - finding.line() + 1);
      finding.clear_line();
    }
    for (v1::Note& note : *finding.mutable_notes()) {
      if (note.path().empty()) {
        placed.add_anchors();
        continue;
      }
      if (!place(note.path(), note.line()).usr().empty()) {
        note.clear_path();
        note.clear_line();
      }
    }
    *placed.add_findings() = std::move(finding);
  }
  return placed;
}

// False when a place no longer exists here: what was kept then does not help.
bool PathSide::Unplace(const v1::PlacedFindings& placed, std::vector<v1::Finding>& findings) {
  int next = 0;
  std::vector<v1::Finding> out;
  const auto line_of = [&](const v1::Anchor& anchor) {
    for (const v1::FunctionRecord& function : functions_) {
      if (function.usr() == anchor.usr() && function.first_line() > 0 && function.text() == anchor.text()) {
        return function.first_line() + anchor.line();
      }
    }
    return 0;
  };
  const source::Lookup main = side_.tree().Find(side_.unit().main_file());
  for (v1::Finding finding : placed.findings()) {
    const v1::Anchor& anchor = placed.anchors(next++);
    if (!anchor.usr().empty()) {
      finding.set_path(side_.unit().main_file());
      finding.set_line(line_of(anchor));
      if (finding.line() <= 0) return false;
      if (finding.end_line() > 0) finding.set_end_line(finding.line() + finding.end_line() - 1);
      finding.set_suppressed_by_change(main.kind == source::Lookup::Kind::kFile &&
                                       source::WouldHide(main.file->ignored, finding.line(), finding.check()));
    } else if (side_.tree().BlobAt(finding.path()) != anchor.blob()) {
      return false;
    }
    if (finding.fixes_size() > 0 && !anchor.usr().empty()) finding.clear_fixes();  // their offsets would not hold
    for (v1::Note& note : *finding.mutable_notes()) {
      const v1::Anchor& place = placed.anchors(next++);
      if (!place.usr().empty()) {
        note.set_path(side_.unit().main_file());
        note.set_line(line_of(place));
        if (note.line() <= 0) return false;
      } else if (!note.path().empty() && side_.tree().BlobAt(note.path()) != place.blob()) {
        return false;
      }
    }
    finding.set_unit(side_.unit().main_file());
    finding.set_guessed(side_.unit().source() == v1::COMMAND_SOURCE_INFERRED);
    out.push_back(std::move(finding));
  }
  findings.insert(findings.end(), std::make_move_iterator(out.begin()), std::make_move_iterator(out.end()));
  return true;
}

std::string PathSide::NameOf(const v1::FunctionRecord& function) const {
  return "paths/" + DigestBuilder()
                        .Add(side_.CommandKey())
                        .Text(side_.unit().checks())
                        .Number(static_cast<uint64_t>(side_.unit().analyzer_steps()))
                        .Text(function.closure())
                        .Finish()
                        .Hex();
}

// `known` stays true when an earlier task found out what is wanted.
v1::PathRecord PathSide::RecordOf(size_t index, bool explore, bool& known) {
  v1::PathRecord record;
  const auto content = artifacts_.Find(NameOf(functions_[index]));
  if (!content || !record.ParseFromArray(content->data(), static_cast<int>(content->size()))) record.Clear();
  std::vector<v1::Finding> ignored;
  known =
      content && (record.explored() || !explore) && Unplace(record.body(), ignored) && Unplace(record.paths(), ignored);
  return record;
}

v1::PathRecord PathSide::Make(size_t index, bool explore) {
  const Function& function = closures_->functions()[index];
  v1::PathRecord record;
  if (analysis_ == nullptr) return record;
  if (functions_[index].has_text()) analysis_->ExamineBody(*function.decl);
  *record.mutable_body() = TakePlaced();
  if (explore) {
    record.set_explored(true);
    std::set<std::string> inlined;
    std::map<const clang::Decl*, const Function*> by_decl;
    for (const Function& f : closures_->functions()) by_decl[f.decl->getCanonicalDecl()] = &f;
    for (const clang::Decl* decl : analysis_->Explore(*function.decl)) {
      const auto found = by_decl.find(decl);
      if (found != by_decl.end()) inlined.insert(found->second->closure.Bytes());
    }
    for (const std::string& closure : inlined) record.add_inlined(closure);
    *record.mutable_paths() = TakePlaced();
  }
  return record;
}

// Callers before what they call; otherwise as in the source.
std::vector<size_t> PathSide::Order(const std::set<size_t>& chosen) const {
  std::vector<std::pair<size_t, size_t>> ranked;  // how many of the chosen it cannot call, index
  for (const size_t index : chosen) {
    size_t reached = 0;
    for (const uint32_t other : functions_[index].calls()) reached += chosen.contains(other) ? 1 : 0;
    ranked.emplace_back(chosen.size() - std::min(reached, chosen.size()), index);
  }
  std::sort(ranked.begin(), ranked.end());
  std::vector<size_t> order;
  for (const auto& [rank, index] : ranked) order.push_back(index);
  return order;
}

// For each in the order, who before it may inline it (places in the order): only then is it known whether it is an
// entry point of its own. In one process everybody waits for the one before.
std::vector<std::vector<size_t>> PathSide::Awaited(const std::vector<size_t>& order, bool in_one_process) const {
  std::vector<std::vector<size_t>> awaited(order.size());
  std::vector<std::set<std::string>> reached(order.size());
  for (size_t i = 0; i < order.size(); ++i) {
    if (in_one_process) {
      if (i > 0) awaited[i].push_back(i - 1);
      continue;
    }
    for (const uint32_t other : functions_[order[i]].reaches()) reached[i].insert(functions_[other].closure());
    for (size_t before = 0; before < i; ++before) {
      if (reached[before].contains(functions_[order[i]].closure())) awaited[i].push_back(before);
    }
  }
  return awaited;
}

bool PathSide::Analyze(const std::set<size_t>& chosen) {
  enum class State { kWaiting, kRunning, kDone };
  struct Entry {
    State state = State::kWaiting;
    bool explore = false;
    v1::PathRecord record;
  };
  const std::vector<size_t> order = Order(chosen);
  const auto awaited = Awaited(order, side_.jobs() == 1);
  std::vector<Entry> entries(order.size());
  std::set<std::string> visited;
  int analyzed = 0, reused = 0;
  size_t waiting = order.size();
  const auto finish = [&](size_t at, v1::PathRecord record, bool known) {
    Entry& entry = entries[at];
    if (!known) artifacts_.Put(NameOf(functions_[order[at]]), record.SerializeAsString());
    if (entry.explore) {
      ++(known ? reused : analyzed);
      visited.insert(record.inlined().begin(), record.inlined().end());
    } else {
      record.clear_paths();
    }
    entry.record = std::move(record);
    entry.state = State::kDone;
  };
  Forks forks(side_.jobs());
  while (waiting > 0 || forks.running() > 0) {
    for (size_t at = 0; at < order.size() && !forks.full(); ++at) {
      Entry& entry = entries[at];
      if (entry.state != State::kWaiting || std::any_of(awaited[at].begin(), awaited[at].end(), [&](size_t before) {
            return entries[before].state != State::kDone;
          })) {
        continue;
      }
      const v1::FunctionRecord& function = functions_[order[at]];
      entry.explore = function.is_code() && (function.always_explored() || !visited.contains(function.closure()));
      bool known = false;
      v1::PathRecord record = RecordOf(order[at], entry.explore, known);
      if (!known && !parsed()) return false;
      const bool alone = waiting-- == 1 && forks.running() == 0;
      if (!known && entry.explore && !alone && side_.jobs() > 1 &&
          forks.Start(at, [&] { return Make(order[at], true).SerializeAsString(); })) {
        entry.state = State::kRunning;
        continue;
      }
      finish(at, known ? std::move(record) : Make(order[at], entry.explore), known);
    }
    if (forks.running() == 0) continue;
    const Forks::Done done = forks.Wait();
    v1::PathRecord record;
    if (!done.bytes || !record.ParseFromString(*done.bytes)) record = Make(order[done.id], true);
    finish(done.id, std::move(record), /*known=*/false);
  }
  for (const Entry& entry : entries) {
    for (const v1::PlacedFindings* placed : {&entry.record.body(), &entry.record.paths()}) {
      Unplace(*placed, findings_);
      suppressed_ += placed->suppressed();
    }
  }
  cost_.set_entries_analyzed(cost_.entries_analyzed() + analyzed);
  cost_.set_entries_reused(cost_.entries_reused() + reused);
  return true;
}

int PathSide::PlaceOf(const v1::Finding& finding) const {
  int best = -1;
  const auto lines = [&](int index) {
    const v1::FunctionRecord& function = functions_[static_cast<size_t>(index)];
    return function.last_line() - function.first_line();
  };
  if (finding.path() != side_.unit().main_file()) return best;
  for (int i = 0; i < static_cast<int>(functions_.size()); ++i) {
    const v1::FunctionRecord& function = functions_[static_cast<size_t>(i)];
    if (function.first_line() > finding.line() || function.last_line() < finding.line()) continue;
    if (best < 0 || lines(i) < lines(best)) best = i;
  }
  return best;
}

void PathSide::Write(v1::TaskResult& result) const {
  std::vector<v1::Finding> findings = findings_;
  findings.insert(findings.end(), of_unit_.begin(), of_unit_.end());
  // Of reports that differ in their notes alone, the shortest way is kept.
  std::sort(findings.begin(), findings.end(), [](const auto& a, const auto& b) {
    return std::make_tuple(FindingKey(a), a.notes_size(), a.SerializeAsString()) <
           std::make_tuple(FindingKey(b), b.notes_size(), b.SerializeAsString());
  });
  findings.erase(std::unique(findings.begin(), findings.end(),
                             [](const auto& a, const auto& b) { return FindingKey(a) == FindingKey(b); }),
                 findings.end());
  result.mutable_findings()->Add(findings.begin(), findings.end());
  result.set_suppressed(suppressed_);
  result.mutable_inputs()->MergeFrom(manifest_.inputs());
  result.mutable_absent()->MergeFrom(manifest_.absent());
}

}  // namespace mergegate::analyzers
