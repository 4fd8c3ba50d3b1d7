// Check runs, commit statuses, comments that are kept current, SARIF.
#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "server/base/digest.h"
#include "server/base/gzip.h"
#include "server/base/status_macros.h"
#include "server/hosts/github_client.h"
#include "server/hosts/memory.h"
#include "server/publication/escape.h"
#include "server/publication/verdict_text.h"

namespace mergegate::hosts {
namespace {

using nlohmann::json;
using publication::Annotation;

constexpr char kName[] = "mergegate";       // of check runs, and the context of statuses
constexpr size_t kAnnotationsPerPage = 50;  // GitHub refuses more in one request

std::string_view Conclusion(StatusState state) {
  switch (state) {
    case StatusState::kPass:
      return "success";
    case StatusState::kFail:
      return "failure";
    default:
      return "action_required";  // "neutral" would let the change merge
  }
}

json ToJson(const Annotation& annotation) {
  constexpr const char* kLevels[] = {"notice", "warning", "failure"};
  json out = {{"path", annotation.path},          {"start_line", annotation.first_line},
              {"end_line", annotation.last_line}, {"annotation_level", kLevels[static_cast<int>(annotation.level)]},
              {"title", annotation.title},        {"message", annotation.message}};
  if (annotation.first_column > 0) {
    out["start_column"] = annotation.first_column;
    out["end_column"] = annotation.last_column;
  }
  return out;
}

std::string Moment(absl::Time time) { return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", time, absl::UTCTimeZone()); }

}  // namespace

std::unique_ptr<HostClient> MakeGitHubClient(HostApi& api, const Clock& clock) {
  return std::make_unique<GitHubClient>(api, clock);
}

std::string GitHubClient::Repository(const Place& place) const {
  const std::string& name = place.project.full_name;
  const size_t slash = std::min(name.find('/'), name.size());
  return absl::StrCat("/repos/", EscapePath(name.substr(0, slash)), "/",
                      EscapePath(slash == name.size() ? "" : name.substr(slash + 1)));
}

std::string GitHubClient::PlaceUrl(const Place& place) const {
  if (api_.config().web_url.empty()) return "";
  return absl::StrCat(api_.config().web_url, "/", place.project.full_name, "/blob/", place.head.value(), "/");
}

std::string GitHubClient::StatusSlot(const Place& place) const {
  return absl::StrCat(api_.config().app_id.empty() ? "status:" : "check:", place.head.value());
}

std::string GitHubClient::ChangeUrl(const Place& place) const {
  if (api_.config().web_url.empty() || place.change.number == 0) return "";
  return absl::StrCat(api_.config().web_url, "/", place.project.full_name, "/pull/", place.change.number);
}

absl::StatusOr<bool> GitHubClient::HasStatus(const Place& place, Memory& memory) {
  ASSIGN_OR_RETURN(const std::string known, memory.Recall(StatusSlot(place)));
  return !known.empty();
}

absl::StatusOr<std::string> GitHubClient::PublishStatus(const Place& place, const HostStatus& status, Memory& memory,
                                                        Try how) {
  if (api_.config().app_id.empty()) {
    RETURN_IF_ERROR(PublishCommitStatus(place, status, memory, how));
  } else {
    RETURN_IF_ERROR(PublishCheckRun(place, status, memory, how));
  }
  return "";
}

// One check run per commit. Annotations only ever get more, so a check run whose annotations are others than those that
// are to be told is followed by a new one of the same name, which then stands for the commit; the old one, which may
// have been pending again, ends as the new one does.
absl::Status GitHubClient::PublishCheckRun(const Place& place, const HostStatus& status, Memory& memory, Try how) {
  const std::string slot = StatusSlot(place);
  const std::string path = absl::StrCat(Repository(place), "/check-runs");
  // id, digest of annotations, how many were sent; the check run that it replaces
  ASSIGN_OR_RETURN(json known, RecallJson(memory, slot));

  json annotations = json::array();
  for (const Annotation& annotation : status.annotations) annotations.push_back(ToJson(annotation));
  const bool pending = status.state == StatusState::kPending;
  const std::string digest =
      annotations.empty() ? "" : Sha256Hex(annotations.dump(-1, ' ', false, json::error_handler_t::replace));
  if (!pending && IntIn(known, "sent") > 0 && TextIn(known, "digest") != digest) {
    known = {{"replaces", IntIn(known, "id")}};
    RETURN_IF_ERROR(KeepJson(memory, slot, known));
  }

  if (how.again) {
    ASSIGN_OR_RETURN(const json found, FindCheckRun(place, status.run));
    const int64_t id = IntIn(found, "id");
    const int64_t there = IntIn(In(found, "output"), "annotations_count");
    const bool old = id == IntIn(known, "replaces");
    if (id != 0 && !old && (id == IntIn(known, "id") || IntIn(known, "id") == 0)) {
      known["id"] = id;
      if (!pending) known["sent"] = std::max(IntIn(known, "sent"), there);
    }
  }
  if (!pending) known["digest"] = digest;

  const auto request = [&](json output_annotations, bool last) {
    json body = {{"name", kName},
                 {"external_id", status.run},
                 {"output",
                  {{"title", publication::OneLine(status.title, 255)},
                   {"summary", publication::CutMarkdown(status.markdown, publication::kMostMarkdown)}}}};
    if (!status.link.empty()) body["details_url"] = status.link;
    if (!output_annotations.empty()) body["output"]["annotations"] = std::move(output_annotations);
    if (pending || !last) {
      body["status"] = "in_progress";
    } else {
      body["status"] = "completed";
      body["conclusion"] = Conclusion(status.state);
      body["completed_at"] = Moment(clock_.Now());
    }
    return body;
  };
  while (true) {
    const auto sent = static_cast<size_t>(IntIn(known, "sent"));
    json page = json::array();
    for (size_t i = sent; i < std::min(sent + kAnnotationsPerPage, annotations.size()); ++i) {
      page.push_back(annotations[i]);
    }
    const size_t after = sent + page.size();
    // The conclusion comes with the last page only: the merge button looks at nothing else.
    const bool last = pending || after >= annotations.size();
    json body = request(std::move(page), last);
    if (IntIn(known, "id") == 0) {
      body["head_sha"] = place.head.value();
      ASSIGN_OR_RETURN(const HostAnswer answer, api_.Call("POST", path, body, As(place)));
      known["id"] = IntIn(answer.json, "id");
      if (IntIn(known, "id") == 0) return absl::UnavailableError(absl::StrCat("POST ", path, ": the answer has no id"));
    } else {
      const auto answer = api_.Call("PATCH", absl::StrCat(path, "/", IntIn(known, "id")), body, As(place));
      if (absl::IsNotFound(answer.status())) {  // it went away there: begin anew
        known = {{"digest", digest}};
        RETURN_IF_ERROR(KeepJson(memory, slot, known));
        const auto visible = api_.Call(
            "GET", absl::StrCat(Repository(place), "/commits/", place.head.value(), "/check-runs"), nullptr, As(place));
        RETURN_IF_ERROR(visible.status());  // or the repository did
        continue;
      }
      RETURN_IF_ERROR(answer.status());
    }
    if (!pending) known["sent"] = after;
    RETURN_IF_ERROR(KeepJson(memory, slot, known));
    if (last) break;
  }
  if (const int64_t old = IntIn(known, "replaces"); !pending && old != 0) {
    const auto ended =
        api_.Call("PATCH", absl::StrCat(path, "/", old), request(json::array(), /*last=*/true), As(place));
    if (!absl::IsNotFound(ended.status())) RETURN_IF_ERROR(ended.status());
    known.erase("replaces");
    return KeepJson(memory, slot, known);
  }
  return absl::OkStatus();
}

// The newest check run of ours for this run; an empty object when there is none.
absl::StatusOr<json> GitHubClient::FindCheckRun(const Place& place, const std::string& run) {
  ASSIGN_OR_RETURN(const json runs,
                   api_.List(absl::StrCat(Repository(place), "/commits/", place.head.value(),
                                          "/check-runs?check_name=", kName, "&filter=all&per_page=100"),
                             "check_runs", As(place), 3));
  json newest = json::object();
  for (const json& item : runs) {
    if (TextIn(item, "external_id") == run && IntIn(item, "id") > IntIn(newest, "id")) newest = item;
  }
  return newest;
}

absl::Status GitHubClient::PublishCommitStatus(const Place& place, const HostStatus& status, Memory& memory, Try how) {
  static constexpr const char* kStates[] = {"pending", "success", "failure", "error"};
  json body = {{"state", kStates[static_cast<int>(status.state)]},
               {"context", kName},
               {"description", publication::OneLine(status.title, publication::kMostDescription)}};
  if (!status.link.empty()) body["target_url"] = status.link;
  // A commit takes 1000 statuses per context: what stands there is not said again.
  const std::string slot = StatusSlot(place);
  ASSIGN_OR_RETURN(const json known, RecallJson(memory, slot));
  if (known != body) {
    RETURN_IF_ERROR(
        api_.Call("POST", absl::StrCat(Repository(place), "/statuses/", place.head.value()), body, As(place)).status());
    RETURN_IF_ERROR(KeepJson(memory, slot, body));
  }
  if (status.state == StatusState::kPending || place.change.number == 0) return absl::OkStatus();
  return UpsertComment(place, status.markdown, "summary", status.state != StatusState::kPass, memory, how);
}

absl::Status GitHubClient::UpsertComment(const Place& place, const std::string& markdown, const std::string& key,
                                         bool may_create, Memory& memory, Try how) {
  const std::string slot = absl::StrCat("comment:", key);
  const std::string path = absl::StrCat(Repository(place), "/issues/", place.change.number, "/comments");
  ASSIGN_OR_RETURN(json known, RecallJson(memory, slot));
  const json body = {{"body", absl::StrCat(publication::CutMarkdown(markdown, publication::kMostMarkdown - 100), "\n",
                                           publication::HiddenMark(key))}};
  if (IntIn(known, "id") == 0 && how.again) {
    ASSIGN_OR_RETURN(const std::string me, OwnLogin(place));
    ASSIGN_OR_RETURN(const json comments, api_.List(path + "?per_page=100", "", As(place)));
    for (const json& comment : comments) {
      if (TextIn(In(comment, "user"), "login") == me && publication::FindMark(TextIn(comment, "body")) == key) {
        known["id"] = IntIn(comment, "id");
      }
    }
  }
  if (IntIn(known, "id") != 0) {
    const auto answer =
        api_.Call("PATCH", absl::StrCat(Repository(place), "/issues/comments/", IntIn(known, "id")), body, As(place));
    if (!absl::IsNotFound(answer.status())) {
      RETURN_IF_ERROR(answer.status());
      return KeepJson(memory, slot, known);
    }
  }
  if (!may_create) return absl::OkStatus();
  ASSIGN_OR_RETURN(const HostAnswer answer, api_.Call("POST", path, body, As(place)));
  return KeepJson(memory, slot, {{"id", IntIn(answer.json, "id")}});
}

absl::StatusOr<std::string> GitHubClient::UploadSarif(const Place& place, const std::string& sarif) {
  const std::string ref = place.change.number > 0 ? absl::StrCat("refs/pull/", place.change.number, "/head")
                                                  : absl::StrCat("refs/heads/", place.change.base_ref);
  ASSIGN_OR_RETURN(
      const HostAnswer answer,
      api_.Call("POST", absl::StrCat(Repository(place), "/code-scanning/sarifs"),
                {{"commit_sha", place.head.value()}, {"ref", ref}, {"sarif", absl::Base64Escape(Deflate(sarif))}},
                As(place)));
  return absl::StrCat("upload ", TextIn(answer.json, "id"));
}

}  // namespace mergegate::hosts
