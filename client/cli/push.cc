#include "client/cli/push.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "client/cli/format/names.h"

namespace mergegate::client {
namespace {

absl::StatusOr<v1::FindMissingCommitsResponse> FindMissing(Session& session,
                                                           const v1::FindMissingCommitsRequest& request,
                                                           Progress& progress) {
  auto answer = session.connection().FindMissingCommits(request);
  if (answer.ok() || answer.status().code() != absl::StatusCode::kNotFound) return answer;
  v1::CreateProjectRequest create;
  create.set_project_id(session.project());
  create.mutable_project();
  if (const auto project = session.connection().CreateProject(create); !project.ok()) return project.status();
  progress.Note(fmt::format("created {} on the server", session.ProjectName()));
  return session.connection().FindMissingCommits(request);
}

}  // namespace

absl::Status PushMissing(Session& session, const std::vector<std::string>& tips, Progress& progress) {
  const LocalRepository& repository = session.repository();
  std::vector<std::string> asked = tips;
  for (const std::string& commit : repository.LikelyShared(tips)) {
    if (std::ranges::find(tips, commit) == tips.end()) asked.push_back(commit);
  }
  v1::FindMissingCommitsRequest request;
  request.set_name(session.ProjectName());
  for (const std::string& commit : asked) request.add_commits(commit);
  const auto answer = FindMissing(session, request, progress);
  if (!answer.ok()) return answer.status();

  const std::set<std::string> missing(answer->missing().begin(), answer->missing().end());
  std::vector<std::string> known;
  std::ranges::copy_if(asked, std::back_inserter(known),
                       [&](const std::string& commit) { return !missing.contains(commit); });
  v1::PushPackHeader header;
  header.set_name(session.ProjectName());
  header.set_shallow(repository.IsShallow());
  std::vector<std::string> lacking;
  for (const std::string& tip : tips) {
    if (missing.contains(tip) && repository.HasCommit(tip)) {
      lacking.push_back(tip);
      header.add_tips(tip);
    }
  }
  if (lacking.empty()) return absl::OkStatus();

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
