#include "server/pipeline/result_cache.h"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/wire/convert.h"

namespace mergegate::pipeline {
namespace {

bool Holds(const v1::TaskResult& manifest, const Tree& tree) {
  for (const v1::InputFile& input : manifest.inputs()) {
    const std::optional<BlobId> blob = tree.FindBlob(input.path());
    if (!blob || blob->value() != input.blob()) return false;
  }
  return std::ranges::none_of(manifest.absent(), [&](const std::string& path) { return tree.Exists(path); });
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
    v1::TaskResult manifest;
    if (!manifest.ParseFromString(candidate.manifest) || !Holds(manifest, tree)) continue;
    v1::TaskResult proto;
    if (!proto.ParseFromString(candidate.result)) continue;
    absl::StatusOr<TaskResult> result = wire::FromProto(proto);
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
  v1::TaskResult proto = wire::ToProto(kept);
  v1::TaskResult manifest;
  *manifest.mutable_inputs() = proto.inputs();
  *manifest.mutable_absent() = proto.absent();
  const absl::Status status = store_.SaveResult(key, {wire::Serialize(manifest), wire::Serialize(proto)}, now);
  if (!status.ok()) spdlog::warn("result cache: {}", status.ToString());
}

}  // namespace mergegate::pipeline
