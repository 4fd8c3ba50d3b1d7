#include "client/cli/push.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "client/cli/format/names.h"

namespace mergegate::client {
namespace {

// Which of the commits the server lacks. Makes the project when there is none.
absl::StatusOr<std::set<std::string>> FindMissing(Session& session, const std::vector<std::string>& commits,
                                                  Progress& progress) {
  v1::FindMissingCommitsRequest request;
  request.set_name(session.ProjectName());
  for (const std::string& commit : commits) request.add_commits(commit);
  auto answer = session.connection().FindMissingCommits(request);
  if (answer.status().code() == absl::StatusCode::kNotFound) {
    v1::CreateProjectRequest create;
    create.set_project_id(session.project());
    create.mutable_project();
    if (const auto project = session.connection().CreateProject(create); !project.ok()) return project.status();
    progress.Note(fmt::format("created {} on the server", session.ProjectName()));
    answer = session.connection().FindMissingCommits(request);
  }
  if (!answer.ok()) return answer.status();
  return std::set<std::string>(answer->missing().begin(), answer->missing().end());
}

}  // namespace

absl::Status PushMissing(Session& session, const std::vector<std::string>& tips, Progress& progress) {
  const LocalRepository& repository = session.repository();
  const auto missing = FindMissing(session, tips, progress);
  if (!missing.ok()) return missing.status();
  v1::PushPackHeader header;
  header.set_name(session.ProjectName());
  header.set_shallow(repository.IsShallow());
  std::vector<std::string> lacking;
  for (const std::string& tip : tips) {
    if (missing->contains(tip) && repository.HasCommit(tip)) {
      lacking.push_back(tip);
      header.add_tips(tip);
    }
  }
  if (lacking.empty()) return absl::OkStatus();

  // What else the server may have, so that the pack can leave it out.
  std::vector<std::string> known = repository.LikelyShared(tips);
  const auto unknown = FindMissing(session, known, progress);
  if (!unknown.ok()) return unknown.status();
  std::erase_if(known, [&](const std::string& commit) { return unknown->contains(commit); });
  std::ranges::copy_if(tips, std::back_inserter(known),
                       [&](const std::string& tip) { return !missing->contains(tip); });

  size_t bytes = 0;
  size_t objects = 0;
  const auto pushed = session.connection().PushPack(
      header, [&](const std::function<absl::Status(std::string_view)>& send) -> absl::Status {
        const auto written = repository.WritePack(
            lacking, known,
            [&](std::string_view part) {
              bytes += part.size();
              return send(part);
            },
            [&](size_t done, size_t total) {
              progress.Update({.stage = total == 0 ? "push: counting objects" : "push: packing objects",
                               .done = static_cast<long>(done),
                               .total = static_cast<long>(total)});
            });
        if (!written.ok()) return written.status();
        objects = *written;
        progress.Update({.stage = fmt::format("push: {} KiB sent, the server indexes them", bytes / 1024)});
        return absl::OkStatus();
      });
  if (!pushed.ok()) return pushed.status();
  progress.Note(
      fmt::format("pushed {} ({} KiB)", Count(static_cast<long>(objects), "object", "objects"), (bytes + 1023) / 1024));
  return absl::OkStatus();
}

}  // namespace mergegate::client
