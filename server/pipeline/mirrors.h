// Which bare mirror belongs to which project: <root>/<project>.git.
//
// Thread safety: Open may be called from any thread; each caller gets a mirror of its own.
#ifndef MERGEGATE_SERVER_PIPELINE_MIRRORS_H_
#define MERGEGATE_SERVER_PIPELINE_MIRRORS_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "server/domain/ids.h"
#include "server/git/mirror.h"

namespace mergegate::pipeline {

class Mirrors {
 public:
  // `adopted`: object directories of the caller's own repositories, by project (local mode).
  explicit Mirrors(std::string root, std::map<ProjectId, std::string> adopted = {})
      : root_(std::move(root)), adopted_(std::move(adopted)) {}

  absl::StatusOr<std::unique_ptr<git::Mirror>> Open(const ProjectId& project) const {
    const auto it = adopted_.find(project);
    std::lock_guard lock(opening_);  // whoever comes second must not find it half made
    return git::Mirror::OpenOrCreate(absl::StrCat(root_, "/", project.value(), ".git"),
                                     it == adopted_.end() ? "" : it->second);
  }
  const std::string& root() const { return root_; }

 private:
  const std::string root_;
  const std::map<ProjectId, std::string> adopted_;
  mutable std::mutex opening_;
};

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_MIRRORS_H_
