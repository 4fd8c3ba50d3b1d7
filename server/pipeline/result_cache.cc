#include "server/pipeline/result_cache.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/wire/convert.h"

namespace mergegate::pipeline {
namespace {

bool Holds(const TaskResult& manifest, const Tree& tree) {
  return std::ranges::all_of(manifest.inputs,
                             [&](const InputFile& input) { return tree.FindBlob(input.path) == input.blob; }) &&
         std::ranges::none_of(manifest.absent, [&](const std::string& path) { return tree.Exists(path); });
}

// Parse failures follow from the inputs; all others from the environment.
bool MayBeKept(const TaskResult& result) {
  return !result.inputs.empty() && std::ranges::all_of(result.failures, [](const AnalysisFailure& failure) {
    return failure.kind == FailureKind::kParseError;
  });
}

}  // namespace

std::string ResultCache::Key(const AnalysisTask& task, std::string_view config_digest,
                             std::string_view analyzer_build) {
  AnalysisTask asked = task;
  asked.task_id.clear();
  asked.attempt = 0;
  asked.project = ProjectId("any");  // the same unit of a fork is the same unit
  asked.run = RunId("any");
  asked.commit = CommitId();
  asked.at_base = false;
  if (auto* unit = std::get_if<UnitTask>(&asked.work)) unit->config_commit = CommitId();
  return Sha256Hex(absl::StrCat(wire::Serialize(wire::ToProto(asked)), "\n", std::string(config_digest), "\n",
                                std::string(analyzer_build)));
}

std::string ResultCache::ConfigDigest(const Tree& config) {
  std::string all;
  const absl::Status status = config.ForEachFile([&](std::string_view path, const BlobId& blob) {
    if (path == ".clang-tidy" || path.ends_with("/.clang-tidy")) {
      absl::StrAppend(&all, std::string(path), " ", blob.value(), "\n");
    }
  });
  if (!status.ok()) absl::StrAppend(&all, status.ToString());
  return Sha256Hex(all);
}

std::optional<TaskResult> ResultCache::Find(std::string_view key, const Tree& tree, bool at_base) {
  const auto candidates = store_.FindResults(key);
  if (!candidates.ok()) {
    spdlog::warn("result cache: {}", candidates.status().ToString());
    return std::nullopt;
  }
  for (const storage::CachedResult& candidate : *candidates) {
    const absl::StatusOr<TaskResult> manifest = wire::ParseResult(candidate.manifest);
    if (!manifest.ok() || !Holds(*manifest, tree)) continue;
    absl::StatusOr<TaskResult> result = wire::ParseResult(candidate.result);
    if (!result.ok()) continue;
    for (AnalysisFailure& failure : result->failures) failure.at_base = at_base;
    return *std::move(result);
  }
  return std::nullopt;
}

void ResultCache::Save(std::string_view key, const TaskResult& result, absl::Time now) {
  if (!MayBeKept(result)) return;
  TaskResult kept = result;
  kept.cost = {};
  TaskResult manifest;
  manifest.inputs = result.inputs;
  manifest.absent = result.absent;
  const absl::Status status =
      store_.SaveResult(key, {wire::SerializeResult(manifest), wire::SerializeResult(kept)}, now);
  if (!status.ok()) spdlog::warn("result cache: {}", status.ToString());
}

}  // namespace mergegate::pipeline
