#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/wire/convert.h"

namespace mergegate::wire {
namespace {

constexpr std::string_view kProjects = "projects/";
constexpr std::string_view kRuns = "/runs/";

bool IsSegment(std::string_view text) {
  const auto lower_or_digit = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return !text.empty() && text.size() <= 63 && lower_or_digit(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return lower_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

absl::Status BadName(std::string_view name, std::string_view form) {
  return absl::InvalidArgumentError(absl::StrCat("name: \"", std::string(name.substr(0, 200)), "\" is not of the form ",
                                                 std::string(form),
                                                 ", each segment [a-z0-9][a-z0-9._-]* of at most 63 characters"));
}

}  // namespace

absl::StatusOr<ProjectId> ParseProjectName(std::string_view name) {
  if (!name.starts_with(kProjects) || !IsSegment(name.substr(kProjects.size()))) {
    return BadName(name, "projects/{project}");
  }
  return ProjectId(std::string(name.substr(kProjects.size())));
}

absl::StatusOr<RunName> ParseRunName(std::string_view name) {
  const size_t runs = name.find(kRuns);
  if (runs == std::string_view::npos) return BadName(name, "projects/{project}/runs/{run}");
  const auto project = ParseProjectName(name.substr(0, runs));
  const std::string_view run = name.substr(runs + kRuns.size());
  if (!project.ok() || !IsSegment(run)) return BadName(name, "projects/{project}/runs/{run}");
  return RunName{*project, RunId(std::string(run))};
}

std::string ProjectName(const ProjectId& id) { return absl::StrCat("projects/", id.value()); }

std::string FormatRunName(const ProjectId& project, const RunId& run) {
  return absl::StrCat("projects/", project.value(), "/runs/", run.value());
}

absl::StatusOr<CommitId> ParseCommitId(std::string_view hex, std::string_view field) {
  const bool good = hex.size() == 40 &&
                    std::ranges::all_of(hex, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
  if (!good) {
    return absl::InvalidArgumentError(absl::StrCat(std::string(field), ": \"", std::string(hex.substr(0, 80)),
                                                   "\" is not a full object id (40 lower-case hex digits)"));
  }
  return CommitId(std::string(hex));
}

}  // namespace mergegate::wire
