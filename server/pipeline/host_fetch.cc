#include "server/pipeline/host_fetch.h"

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"

namespace mergegate::pipeline {
namespace {

// Held while a project's mirror is fetched into: two first fetches at once would bring everything twice.
std::unique_lock<std::mutex> Turn(const std::string& mirror) {
  static std::mutex guard;
  static std::map<std::string, std::unique_ptr<std::mutex>> turns;
  std::mutex* turn = nullptr;
  {
    std::lock_guard lock(guard);
    std::unique_ptr<std::mutex>& known = turns[mirror];
    if (known == nullptr) known = std::make_unique<std::mutex>();
    turn = known.get();
  }
  return std::unique_lock(*turn);
}

std::string BranchRef(const std::string& branch) { return absl::StrCat("refs/heads/", branch); }

std::string Onto(const std::string& from, const std::string& to) { return absl::StrCat("+", from, ":", to); }

// What the host calls the head of a change, and what it is called here.
std::string HeadRefspec(const HostConfig& host, const HostChange& change) {
  const std::string here = absl::StrCat("refs/mergegate/hosts/", change.change);
  if (change.number == 0) return Onto(BranchRef(change.head_ref), here);
  return Onto(
      absl::StrCat(host.kind == HostKind::kGitLab ? "refs/merge-requests/" : "refs/pull/", change.number, "/head"),
      here);
}

absl::Status Fetch(const Inbound& inbound, const HostConfig& host, const HostProject& project, git::Mirror& mirror,
                   const std::vector<std::string>& refspecs) {
  ASSIGN_OR_RETURN(const std::string header, inbound.git_header(host, project));
  return mirror.Fetch(RemoteOf(host, project.full_name), refspecs, header).status();
}

}  // namespace

std::string RemoteOf(const HostConfig& host, const std::string& full_name) {
  return absl::StrCat(host.git_url, "/", full_name, ".git");
}

absl::StatusOr<CommitId> FetchChange(const Inbound& inbound, const HostConfig& host, const HostProject& project,
                                     const HostChange& change) {
  ASSIGN_OR_RETURN(const auto mirror, inbound.parts.mirrors.Open(project.project));
  const auto has_all = [&] {
    return !change.base.empty() && mirror->HasCommit(change.base) && mirror->HasCommit(change.head);
  };
  const std::string base_ref = BranchRef(change.base_ref);
  if (!has_all()) {
    const auto turn = Turn(mirror->path());
    if (!has_all()) {
      RETURN_IF_ERROR(Fetch(inbound, host, project, *mirror, {Onto(base_ref, base_ref), HeadRefspec(host, change)}));
    }
  }
  if (!mirror->HasCommit(change.head)) {
    return absl::UnavailableError(absl::StrCat("commit ", change.head.value(), " of ", change.change,
                                               " is not to be had from ", RemoteOf(host, project.full_name)));
  }
  RETURN_IF_ERROR(mirror->Keep(change.head));
  CommitId base = change.base;
  if (base.empty() || !mirror->HasCommit(base)) {
    absl::StatusOr<CommitId> tip = mirror->CommitOf(base_ref);
    if (!tip.ok()) {
      return absl::UnavailableError(
          absl::StrCat("branch ", change.base_ref, " is not to be had from ", RemoteOf(host, project.full_name)));
    }
    base = *tip;
  }
  RETURN_IF_ERROR(mirror->Keep(base));
  return base;
}

absl::StatusOr<CommitId> FetchDefaultBranch(const Inbound& inbound, const HostConfig& host,
                                            const HostProject& project) {
  ASSIGN_OR_RETURN(const auto mirror, inbound.parts.mirrors.Open(project.project));
  const std::string ref = BranchRef(project.default_branch);
  {
    const auto turn = Turn(mirror->path());
    RETURN_IF_ERROR(Fetch(inbound, host, project, *mirror, {Onto(ref, ref)}));
  }
  RETURN_IF_ERROR(mirror->SetDefaultBranch(project.default_branch));
  return mirror->CommitOf(ref);
}

}  // namespace mergegate::pipeline
