#include "server/pipeline/run_memo.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/domain/names.h"
#include "server/wire/convert.h"

namespace mergegate::pipeline {
namespace {

std::optional<storage::VerdictRecord> Read(std::string_view bytes) {
  v1::KeptVerdict kept;
  v1::Verdict verdict;
  if (!kept.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || !verdict.ParseFromString(kept.verdict()) ||
      verdict.state() == v1::VERDICT_STATE_UNSPECIFIED) {
    return std::nullopt;
  }
  return storage::VerdictRecord{.state = static_cast<VerdictState>(verdict.state()),
                                .verdict = kept.verdict(),
                                .facts = kept.facts(),
                                .stats = kept.stats()};
}

// What is wrong with the change or the request will be so again; what the machine did need not.
bool FollowsFromRequest(const Facts& facts) {
  return std::ranges::all_of(facts.failures, [](const AnalysisFailure& failure) {
    return failure.kind == FailureKind::kParseError || failure.kind == FailureKind::kNoCommand;
  });
}

}  // namespace

std::string RunMemo::Key() const {
  const std::optional<std::string> build = parts_.board.AnalyzerBuild(run_.id, run_.submission.caller_analyzes);
  if (!build) return "";
  std::string fields;
  const auto add = [&fields](std::string_view field) {
    absl::StrAppend(&fields, field.size(), ":", std::string(field));
  };
  add(parts_.version);
  add(*build);
  add(run_.submission.project.value());
  add(patch_set_.base.value());
  add(patch_set_.head.value());
  add(policy_.source);
  add(policy_.text);
  add(absl::StrCat(static_cast<int>(commands_.source)));
  add(Sha256Hex(commands_.json));
  for (const ImportedReport& report : run_.submission.reports) {
    add(report.name);
    add(report.at_base ? "1" : "0");
    add(Sha256Hex(report.text));
    if (report.kind == ReportKind::kCoverage) add("coverage");
  }
  return absl::StrCat("run ", Sha256Hex(fields));
}

std::optional<storage::VerdictRecord> RunMemo::Find(Stopwatch& watch) {
  const std::string key = Key();
  if (key.empty()) return std::nullopt;
  const auto found = parts_.store.FindResult(key, [](std::string_view) { return true; });
  if (!found.ok()) spdlog::warn("kept verdicts: {}", found.status().ToString());
  if (!found.ok() || !*found) return std::nullopt;
  known_ = Read(**found);
  if (!known_) return std::nullopt;
  parts_.metrics.Count(Counter::kMemoHits);
  if (parts_.chance() < parts_.recheck_share) {
    parts_.metrics.Count(Counter::kCacheRechecks);
    return std::nullopt;
  }
  v1::RunStats stats;
  if (stats.ParseFromString(known_->stats)) watch.AddAnalyzers({}, 0, stats.units_total());
  storage::VerdictRecord record = *std::move(known_);
  known_.reset();
  record.stats = wire::Serialize(wire::ToProto(watch.Finish()));
  return record;
}

storage::VerdictRecord RunMemo::Keep(const Facts& facts, storage::VerdictRecord record) {
  const std::string key = Key();
  if (key.empty()) return record;
  if (!FollowsFromRequest(facts)) return known_ ? *known_ : record;
  if (known_ && (known_->verdict != record.verdict || known_->facts != record.facts)) {
    parts_.metrics.Count(Counter::kCacheDisagreements);
    parts_.metrics.Count(Counter::kCacheEvictions);
    spdlog::error("kept verdicts: {} of {} is not what its analysis says now; replaced. Key {}", Name(known_->state),
                  facts.head_commit.value(), key);
  }
  v1::KeptVerdict kept;
  kept.set_verdict(record.verdict);
  kept.set_facts(record.facts);
  kept.set_stats(record.stats);
  const absl::Status status = parts_.store.SaveResult(key, {"", wire::Serialize(kept)}, parts_.clock.Now());
  if (!status.ok()) spdlog::warn("kept verdicts: {}", status.ToString());
  return record;
}

}  // namespace mergegate::pipeline
