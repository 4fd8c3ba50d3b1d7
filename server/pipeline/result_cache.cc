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

bool Holds(const TaskResult& manifest, const TaskTrees& trees) {
  if (!Holds(manifest, trees.tree) || manifest.base.empty() != (trees.base == nullptr)) return false;
  return manifest.base.empty() || Holds(manifest.base.front(), *trees.base);
}

TaskResult ManifestOf(const TaskResult& result) {
  TaskResult manifest;
  manifest.inputs = result.inputs;
  manifest.absent = result.absent;
  for (const TaskResult& base : result.base) manifest.base.push_back(ManifestOf(base));
  return manifest;
}

std::string BlobOf(const Tree& tree, const std::string& path) {
  const std::optional<BlobId> blob = tree.FindBlob(path);
  return blob ? blob->value() : "";
}

// One side as far as a verdict is made of it.
bool SidesAgree(const TaskResult& one, const TaskResult& other) {
  return one.findings == other.findings && one.measurements == other.measurements && one.failures == other.failures &&
         one.declarations == other.declarations && one.duplicates == other.duplicates &&
         one.suppressed == other.suppressed;
}

}  // namespace

std::string ResultCache::Key(const AnalysisTask& task, const TaskTrees& trees, std::string_view config_digest,
                             std::string_view analyzer_build) {
  AnalysisTask asked = task;
  asked.task_id.clear();
  asked.attempt = 0;
  asked.project = ProjectId("any");  // the same unit of a fork is the same unit
  asked.run = RunId("any");
  asked.commit = CommitId();
  asked.at_base = false;
  // The manifest names the main file, too; in the key it keeps the versions of a file from crowding one another out.
  std::string main_blobs;
  if (auto* unit = std::get_if<UnitTask>(&asked.work)) {
    unit->config_commit = CommitId();
    main_blobs = BlobOf(trees.tree, unit->main_file);
    if (unit->base) {
      unit->base->commit = CommitId();
      if (trees.base != nullptr) absl::StrAppend(&main_blobs, " ", BlobOf(*trees.base, unit->base->main_file));
    }
  }
  return Sha256Hex(absl::StrCat(wire::Serialize(wire::ToProto(asked)), "\n", main_blobs, "\n",
                                std::string(config_digest), "\n", std::string(analyzer_build)));
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

bool ResultCache::Agree(const TaskResult& one, const TaskResult& other) {
  return SidesAgree(one, other) && one.base.size() == other.base.size() &&
         std::ranges::equal(one.base, other.base, SidesAgree);
}

bool ResultCache::FollowsFromInputs(const TaskResult& result) {
  return !result.inputs.empty() && std::ranges::all_of(result.failures, [](const AnalysisFailure& failure) {
    return failure.kind == FailureKind::kParseError;
  }) && std::ranges::all_of(result.base, FollowsFromInputs);
}

std::optional<TaskResult> ResultCache::Find(std::string_view key, const TaskTrees& trees, bool at_base) {
  const auto holds = [&](std::string_view bytes) {
    const absl::StatusOr<TaskResult> manifest = wire::ParseResult(bytes);
    return manifest.ok() && Holds(*manifest, trees);
  };
  const auto found = store_.FindResult(key, holds);
  if (!found.ok()) {
    spdlog::warn("result cache: {}", found.status().ToString());
    return std::nullopt;
  }
  if (!*found) return std::nullopt;
  absl::StatusOr<TaskResult> result = wire::ParseResult(**found);
  if (!result.ok() || result->base.empty() != (trees.base == nullptr)) return std::nullopt;
  for (AnalysisFailure& failure : result->failures) failure.at_base = at_base;
  return *std::move(result);
}

void ResultCache::Save(std::string_view key, const TaskResult& result, absl::Time now) {
  if (!FollowsFromInputs(result)) return;
  TaskResult kept = result;
  kept.cost = {};
  const absl::Status status =
      store_.SaveResult(key, {wire::SerializeResult(ManifestOf(result)), wire::SerializeResult(kept)}, now);
  if (!status.ok()) spdlog::warn("result cache: {}", status.ToString());
}

void ResultCache::Drop(std::string_view key) {
  const absl::Status status = store_.DropResults(key);
  if (!status.ok()) spdlog::warn("result cache: {}", status.ToString());
}

}  // namespace mergegate::pipeline
