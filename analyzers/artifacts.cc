#include "analyzers/artifacts.h"

#include <algorithm>
#include <utility>

namespace mergegate::analyzers {
namespace {

constexpr int kMaxManifests = 8;

bool Holds(const v1::Manifest& manifest, source::GitTree& tree) {
  return std::all_of(manifest.inputs().begin(), manifest.inputs().end(),
                     [&](const v1::InputFile& input) { return tree.BlobAt(input.path()) == input.blob(); }) &&
         std::none_of(manifest.absent().begin(), manifest.absent().end(),
                      [&](const std::string& path) { return tree.Exists(path); });
}

}  // namespace

v1::Manifest ManifestOf(const source::GitTree& tree) {
  v1::Manifest manifest;
  for (const auto& [path, blob] : tree.inputs()) {
    v1::InputFile& input = *manifest.add_inputs();
    input.set_path(path);
    input.set_blob(blob);
  }
  for (const std::string& path : tree.absent()) manifest.add_absent(path);
  return manifest;
}

std::optional<std::string_view> Artifacts::Find(const std::string& name) {
  if (const auto made = made_.find(name); made != made_.end()) return made->second;
  if (const auto read = read_.find(name); read != read_.end()) return read->second.view();
  if (folder_.empty() || name.empty() || absent_.contains(name)) return std::nullopt;
  absl::StatusOr<cache::ArtifactContent> content = cache::ReadArtifact(folder_ + "/" + name);
  if (!content.ok()) {
    if (absl::IsDataLoss(content.status())) damaged_.insert(name);
    absent_.insert(name);
    return std::nullopt;
  }
  return read_.emplace(name, *std::move(content)).first->second.view();
}

void Artifacts::Put(const std::string& name, std::string content) { made_[name] = std::move(content); }

v1::Manifests Artifacts::ManifestsOf(const std::string& name) {
  v1::Manifests manifests;
  const auto content = Find(name);
  if (content && !manifests.ParseFromArray(content->data(), static_cast<int>(content->size()))) manifests.Clear();
  return manifests;
}

std::optional<v1::Manifest> Artifacts::FindFor(std::string_view kind, const Digest& key, source::GitTree& tree) {
  const v1::Manifests manifests = ManifestsOf(std::string(kind) + "-manifest/" + key.Hex());
  for (const v1::Manifest& manifest : manifests.manifests()) {
    if (Holds(manifest, tree)) return manifest;
  }
  return std::nullopt;
}

std::string Artifacts::PutFor(std::string_view kind, const Digest& key, v1::Manifest manifest, std::string content) {
  DigestBuilder builder;
  builder.Add(key);
  for (const v1::InputFile& input : manifest.inputs()) builder.Text(input.path()).Text(input.blob());
  builder.Number(static_cast<uint64_t>(manifest.absent_size()));
  for (const std::string& path : manifest.absent()) builder.Text(path);
  const std::string name = std::string(kind) + "/" + builder.Finish().Hex();
  manifest.set_artifact(name);
  const std::string list = std::string(kind) + "-manifest/" + key.Hex();
  v1::Manifests manifests;
  *manifests.add_manifests() = std::move(manifest);
  const v1::Manifests known = ManifestsOf(list);
  for (const v1::Manifest& other : known.manifests()) {
    if (other.artifact() != name && manifests.manifests_size() < kMaxManifests) *manifests.add_manifests() = other;
  }
  Put(list, manifests.SerializeAsString());
  made_.try_emplace(name, std::move(content));  // made twice it is the same, and somebody may be reading it
  return name;
}

void Artifacts::MoveTo(v1::AnalyzerAnswer& answer) {
  for (auto& [name, content] : made_) {
    v1::Artifact& artifact = *answer.add_artifacts();
    artifact.set_name(name);
    artifact.set_content(std::move(content));
  }
  for (const auto& [name, content] : read_) answer.add_used(name);
  for (const std::string& name : damaged_) answer.add_damaged(name);
  made_.clear();
}

}  // namespace mergegate::analyzers
