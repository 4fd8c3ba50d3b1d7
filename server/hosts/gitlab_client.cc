// HostClient for GitLab: commit statuses, one note that is kept current, discussions on lines.
#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/hosts/host_client.h"
#include "server/hosts/memory.h"
#include "server/publication/escape.h"
#include "server/publication/verdict_text.h"

namespace mergegate::hosts {
namespace {

using nlohmann::json;
using publication::LineComment;

constexpr char kName[] = "mergegate";
constexpr size_t kMostDescription = 255;
constexpr size_t kMostNote = 900'000;  // GitLab takes 1,000,000 characters

// The three commits that a place in a diff is named by.
struct Versions {
  std::string base, start, head;
};

class GitLabClient final : public HostClient {
 public:
  explicit GitLabClient(HostApi& api) : api_(api) {}

  absl::StatusOr<std::string> PublishStatus(const Place& place, const HostStatus& status, Memory& memory,
                                            Try how) override {
    static constexpr const char* kStates[] = {"running", "success", "failed", "failed"};
    json body = {{"state", kStates[static_cast<int>(status.state)]},
                 {"name", kName},
                 {"description", publication::OneLine(status.title, kMostDescription)}};
    if (!status.link.empty()) body["target_url"] = status.link;
    if (!place.change.head_ref.empty() && !place.change.from_fork) body["ref"] = place.change.head_ref;
    const std::string slot = StatusSlot(place);
    ASSIGN_OR_RETURN(const json known, RecallJson(memory, slot));
    if (known != body) {
      const absl::Status posted =
          api_.Call("POST", absl::StrCat(Project(place), "/statuses/", place.head.value()), body, {}).status();
      // It stands there already, says GitLab, in these words.
      if (!posted.ok() && !absl::StrContains(posted.message(), "Cannot transition status")) return posted;
      RETURN_IF_ERROR(KeepJson(memory, slot, body));
    }
    if (status.state == StatusState::kPending || place.change.number == 0) return "";
    RETURN_IF_ERROR(UpsertNote(place, status.markdown, "summary", status.state != StatusState::kPass, memory, how));
    return "";
  }

  absl::StatusOr<bool> HasStatus(const Place& place, Memory& memory) override {
    ASSIGN_OR_RETURN(const std::string known, memory.Recall(StatusSlot(place)));
    return !known.empty();
  }

  absl::StatusOr<std::string> PublishReview(const Place& place, const HostReview& review, Memory& memory,
                                            Try how) override {
    if (place.change.number == 0) return "";
    ASSIGN_OR_RETURN(json known, RecallJson(memory, "review"));  // discussions by the keys of their findings
    json said = In(known, "discussions").is_object() ? In(known, "discussions") : json::object();
    const auto keep = [&] {
      known["discussions"] = said;
      return KeepJson(memory, "review", known);
    };
    if (how.again) {
      ASSIGN_OR_RETURN(const int64_t me, OwnId());
      ASSIGN_OR_RETURN(const json list, api_.List(Request(place) + "/discussions?per_page=100", "", {}));
      for (const json& discussion : list) {
        const json& notes = In(discussion, "notes");
        if (!notes.is_array() || notes.empty() || IntIn(In(notes[0], "author"), "id") != me) continue;
        const std::string key = publication::FindMark(TextIn(notes[0], "body"));
        if (!key.empty() && In(notes[0], "resolved") != true) said[key] = TextIn(discussion, "id");
      }
    }
    std::vector<std::string> notes;
    const bool fresh =
        std::ranges::any_of(review.comments, [&](const LineComment& comment) { return !said.contains(comment.key); });
    if (fresh) {
      ASSIGN_OR_RETURN(const Versions versions, NewestVersions(place));
      if (versions.head != place.head.value()) {
        return absl::StrCat("GitLab's newest version is ", versions.head.substr(0, 12), ", not this one");
      }
      for (const LineComment& comment : review.comments) {
        if (said.contains(comment.key)) continue;
        const auto answer = api_.Call("POST", Request(place) + "/discussions",
                                      {{"body", comment.body}, {"position", Position(comment, versions)}}, {});
        if (absl::IsInvalidArgument(answer.status())) {  // a line that GitLab does not show; the note has it
          notes.push_back(std::string(answer.status().message()));
          continue;
        }
        RETURN_IF_ERROR(answer.status());
        said[comment.key] = TextIn(answer->json, "id");
        RETURN_IF_ERROR(keep());
      }
    }
    std::vector<std::string> gone;
    for (const auto& [key, discussion] : said.items()) {
      if (std::ranges::find(review.standing, key) == review.standing.end()) gone.push_back(key);
    }
    for (const std::string& key : gone) {
      const std::string id = said[key].is_string() ? said[key].get<std::string>() : "";
      const absl::Status resolved =
          api_.Call("PUT", absl::StrCat(Request(place), "/discussions/", EscapePath(id)), {{"resolved", true}}, {})
              .status();
      if (!resolved.ok() && !absl::IsNotFound(resolved)) return resolved;  // somebody may have deleted it
      said.erase(key);
      RETURN_IF_ERROR(keep());
    }
    return absl::StrJoin(notes, "; ");
  }

  absl::StatusOr<std::string> RequestReviewers(const Place& place, const std::vector<std::vector<std::string>>& people,
                                               Memory& memory) override {
    if (place.change.number == 0) return "";
    ASSIGN_OR_RETURN(json known, RecallJson(memory, "reviewers"));
    json asked = In(known, "asked").is_object() ? In(known, "asked") : json::object();  // ids by login
    // PUT replaces the whole list: read, merge, write.
    ASSIGN_OR_RETURN(const HostAnswer request, api_.Call("GET", Request(place), nullptr, {}));
    const int64_t author = IntIn(In(request.json, "author"), "id");
    std::set<int64_t> before;
    for (const json& user : In(request.json, "reviewers")) before.insert(IntIn(user, "id"));
    std::set<int64_t> after = before;
    std::vector<std::string> notes;
    json now = json::object();
    for (const std::vector<std::string>& logins : people) {
      const auto old = std::ranges::find_if(logins, [&](const std::string& login) { return asked.contains(login); });
      if (old != logins.end()) {
        now[*old] = asked[*old];
        continue;
      }
      int64_t id = 0;
      std::string name;
      for (const std::string& login : logins) {
        ASSIGN_OR_RETURN(id, MemberId(place, login));
        name = login;
        if (id != 0) break;
      }
      if (id == 0) {
        notes.push_back(logins.empty() ? "a reviewer has no login here"
                                       : absl::StrCat(logins.front(), " is no member"));
      } else if (id != author) {
        now[name] = id;
        after.insert(id);
      }
    }
    for (const auto& [login, id] : asked.items()) {
      if (!now.contains(login) && id.is_number_integer()) after.erase(id.get<int64_t>());
    }
    if (after != before) {
      ASSIGN_OR_RETURN(const HostAnswer written, api_.Call("PUT", Request(place), {{"reviewer_ids", after}}, {}));
      const json& there = In(written.json, "reviewers");
      if (there.is_array() && there.size() < after.size()) {
        notes.push_back(absl::StrCat("GitLab kept ", there.size(), " of ", after.size(), " reviewers"));
      }
    }
    if (now != asked) {
      known["asked"] = now;
      RETURN_IF_ERROR(KeepJson(memory, "reviewers", known));
    }
    return absl::StrJoin(notes, "; ");
  }

  absl::StatusOr<std::string> Reply(const Place& place, const std::string& markdown, const std::string& key,
                                    Memory& memory, Try how) override {
    if (place.change.number == 0) return "a commit alone takes no notes";
    ASSIGN_OR_RETURN(const json known, RecallJson(memory, absl::StrCat("note:", key)));
    if (IntIn(known, "id") != 0) return "";
    RETURN_IF_ERROR(UpsertNote(place, markdown, key, /*may_create=*/true, memory, how));
    return "";
  }

  absl::StatusOr<std::string> UploadSarif(const Place&, const std::string&) override {
    return absl::FailedPreconditionError("GitLab takes no SARIF; its Code Quality report comes from the CI job");
  }

  std::string PlaceUrl(const Place& place) const override {
    if (api_.config().web_url.empty()) return "";
    return absl::StrCat(api_.config().web_url, "/", place.project.full_name, "/-/blob/", place.head.value(), "/");
  }
  std::string ChangeUrl(const Place& place) const override {
    if (api_.config().web_url.empty() || place.change.number == 0) return "";
    return absl::StrCat(api_.config().web_url, "/", place.project.full_name, "/-/merge_requests/", place.change.number);
  }
  HostKind kind() const override { return HostKind::kGitLab; }
  bool wants_sarif() const override { return false; }

 private:
  static std::string StatusSlot(const Place& place) { return absl::StrCat("status:", place.head.value()); }
  static std::string Project(const Place& place) {
    return absl::StrCat("/projects/", EscapePath(place.project.repository));
  }
  static std::string Request(const Place& place) {
    return absl::StrCat(Project(place), "/merge_requests/", place.change.number);
  }

  static json Position(const LineComment& comment, const Versions& versions) {
    json position = {{"position_type", "text"},   {"base_sha", versions.base},    {"start_sha", versions.start},
                     {"head_sha", versions.head}, {"old_path", comment.old_path}, {"new_path", comment.path},
                     {"new_line", comment.line}};
    if (comment.old_line > 0) position["old_line"] = comment.old_line;  // an unchanged line wants both
    return position;
  }

  absl::StatusOr<Versions> NewestVersions(const Place& place) {
    ASSIGN_OR_RETURN(const HostAnswer answer, api_.Call("GET", Request(place) + "/versions", nullptr, {}));
    if (!answer.json.is_array() || answer.json.empty()) {
      return absl::UnavailableError("GitLab has not prepared the merge request's diff yet");
    }
    const json& newest = answer.json[0];
    return Versions{TextIn(newest, "base_commit_sha"), TextIn(newest, "start_commit_sha"),
                    TextIn(newest, "head_commit_sha")};
  }

  // 0: nobody of that name is a member.
  absl::StatusOr<int64_t> MemberId(const Place& place, const std::string& login) {
    ASSIGN_OR_RETURN(
        const HostAnswer answer,
        api_.Call("GET", absl::StrCat(Project(place), "/members/all?query=", EscapePath(login), "&per_page=100"),
                  nullptr, {}));
    for (const json& member : answer.json) {
      if (absl::AsciiStrToLower(TextIn(member, "username")) == absl::AsciiStrToLower(login)) return IntIn(member, "id");
    }
    return 0;
  }

  absl::StatusOr<int64_t> OwnId() {
    ASSIGN_OR_RETURN(const HostAnswer answer, api_.Call("GET", "/user", nullptr, {}));
    return IntIn(answer.json, "id");
  }

  absl::Status UpsertNote(const Place& place, const std::string& markdown, const std::string& key, bool may_create,
                          Memory& memory, Try how) {
    const std::string slot = absl::StrCat("note:", key);
    const std::string path = Request(place) + "/notes";
    ASSIGN_OR_RETURN(json known, RecallJson(memory, slot));
    const json body = {
        {"body", absl::StrCat(publication::CutMarkdown(markdown, kMostNote), "\n", publication::HiddenMark(key))}};
    if (IntIn(known, "id") == 0 && how.again) {
      ASSIGN_OR_RETURN(const int64_t me, OwnId());
      ASSIGN_OR_RETURN(const json notes, api_.List(path + "?per_page=100", "", {}));
      for (const json& note : notes) {
        if (IntIn(In(note, "author"), "id") == me && publication::FindMark(TextIn(note, "body")) == key) {
          known["id"] = IntIn(note, "id");
        }
      }
    }
    if (IntIn(known, "id") != 0) {
      const absl::Status updated = api_.Call("PUT", absl::StrCat(path, "/", IntIn(known, "id")), body, {}).status();
      if (!absl::IsNotFound(updated)) {
        RETURN_IF_ERROR(updated);
        return KeepJson(memory, slot, known);
      }
    }
    if (!may_create) return absl::OkStatus();
    ASSIGN_OR_RETURN(const HostAnswer answer, api_.Call("POST", path, body, {}));
    return KeepJson(memory, slot, {{"id", IntIn(answer.json, "id")}});
  }

  HostApi& api_;
};

}  // namespace

std::unique_ptr<HostClient> MakeGitLabClient(HostApi& api) { return std::make_unique<GitLabClient>(api); }

}  // namespace mergegate::hosts
