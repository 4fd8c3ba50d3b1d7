// What earlier tasks of this project left for later ones, and what this task leaves.
//
//   Artifacts artifacts("/cache/leveldb");              // "" = nothing was left
//   auto manifest = artifacts.FindFor("preamble", key, tree);      // of what holds for the files of this tree
//   if (auto content = manifest ? artifacts.Find(manifest->artifact()) : std::nullopt) ...
//   artifacts.Put("entry/0a1b...", bytes);
//   artifacts.MoveTo(answer);
//
// A damaged artifact is one that is absent; the answer says so, and the worker removes it. Nothing depends on what is
// here but time: every artifact follows from its name and the files of its manifest.
// Thread safety: none. Ownership: contents live as long as this.
#ifndef MERGEGATE_ANALYZERS_ARTIFACTS_H_
#define MERGEGATE_ANALYZERS_ARTIFACTS_H_

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "analyzers/cache/artifact_file.h"
#include "analyzers/closure/digest.h"
#include "analyzers/source/git_tree.h"
#include "mergegate/v1/analysis.pb.h"
#include "mergegate/v1/engine.pb.h"

namespace mergegate::analyzers {

// What a tree was asked for so far.
v1::Manifest ManifestOf(const source::GitTree& tree);

class Artifacts {
 public:
  explicit Artifacts(std::string folder) : folder_(std::move(folder)) {}

  // Empty optional when there is none.
  std::optional<std::string_view> Find(const std::string& name);
  void Put(const std::string& name, std::string content);

  // Two steps, for what depends on the files that its making read: a key names the question, and each answer is valid
  // for trees in which those files are the same.
  std::optional<v1::Manifest> FindFor(std::string_view kind, const Digest& key, source::GitTree& tree);
  std::string PutFor(std::string_view kind, const Digest& key, v1::Manifest manifest, std::string content);

  void MoveTo(v1::AnalyzerAnswer& answer);

 private:
  v1::Manifests ManifestsOf(const std::string& name);

  const std::string folder_;
  std::map<std::string, std::string> made_;
  std::map<std::string, cache::ArtifactContent> read_;
  std::set<std::string> absent_, damaged_;
};

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_ARTIFACTS_H_
