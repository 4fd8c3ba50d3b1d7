// GitLab's webhooks. Traps: oldrev is there only when commits were pushed; a merge request has no commit of its base;
// users of other projects have no mail; bots are users named project_1_bot and the like.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "re2/re2.h"
#include "server/hosts/events_of.h"

namespace mergegate::hosts {
namespace {

constexpr std::string_view kBranches = "refs/heads/";

HostUser UserOf(const Json& user) {
  HostUser read{.login = user["username"].Name(), .number = user["id"].Digits()};
  static const RE2 kBot("(project|group)_\\d+_bot(_[0-9a-f]+)?|.*\\[bot\\]|ghost|support-bot|alert-bot|GitLab-.*-?Bot");
  read.bot = RE2::FullMatch(read.login, kBot);
  return read;
}

std::vector<HostUser> UsersOf(const Json& users) {
  std::vector<HostUser> read;
  for (size_t i = 0; i < users.size(); ++i) read.push_back(UserOf(users.At(i)));
  return read;
}

HostChangeState StateOf(const Json& request) {
  const Json state = request["state"];
  if (state.Is("merged")) return HostChangeState::kMerged;
  if (state.Is("closed") || state.Is("locked")) return HostChangeState::kClosed;
  return request["draft"].True() || request["work_in_progress"].True() ? HostChangeState::kDraft
                                                                       : HostChangeState::kOpen;
}

HostChange ChangeOf(const Json& request) {
  HostChange change;
  change.number = request["iid"].Number();
  if (change.number == 0) return change;
  change.change = absl::StrCat("mr-", change.number);
  change.state = StateOf(request);
  change.head = request["last_commit"]["id"].Commit();
  change.base_ref = request["target_branch"].Name();
  change.head_ref = request["source_branch"].Name();
  const std::string from = request["source_project_id"].Digits();
  change.from_fork = from.empty() || from != request["target_project_id"].Digits();
  change.title = request["title"].Text();
  change.updated = request["updated_at"].Time();
  return change;
}

// Those in `now` who are not in `before`.
std::vector<HostUser> Added(const std::vector<HostUser>& now, const std::vector<HostUser>& before) {
  std::vector<HostUser> added;
  for (const HostUser& user : now) {
    if (std::ranges::find(before, user) == before.end()) added.push_back(user);
  }
  return added;
}

HostEvent ReadMergeRequest(HostEvent event, const Json& body) {
  const Json request = body["object_attributes"];
  event.kind = HostEventKind::kChange;
  event.change = ChangeOf(request);
  if (event.change.number == 0 || event.change.head.empty()) return Ignored(event, "it names no merge request");
  event.at = event.change.updated;
  const Json action = request["action"];
  const Json changes = body["changes"];
  // The event names its author by number alone, but who opens one is the author.
  if (request["author_id"].Digits() == event.sender.number) event.change.author = event.sender.login;
  if (action.Is("open")) {
    event.step = ChangeStep::kOpened;
    event.people = UsersOf(body["reviewers"]);
  } else if (action.Is("reopen")) {
    event.step = ChangeStep::kReopened;
  } else if (action.Is("close") || action.Is("merge")) {
    event.step = ChangeStep::kClosed;
    event.change.state = action.Is("merge") ? HostChangeState::kMerged : HostChangeState::kClosed;
  } else if (action.Is("approved") || action.Is("approval")) {
    event.kind = HostEventKind::kSaid;
    event.said = ReviewEventKind::kApproved;
    event.trusted = true;  // GitLab takes approvals of those who may give them only
    event.commit = event.change.head;
  } else if (action.Is("unapproved") || action.Is("unapproval")) {
    event.kind = HostEventKind::kSaid;
    event.said = ReviewEventKind::kAccepted;  // looks at it still
  } else if (request["oldrev"].exists()) {
    event.step = ChangeStep::kPushed;
    event.change.previous = request["oldrev"].Commit();
  } else if (changes["target_branch"].exists()) {
    event.step = ChangeStep::kRetargeted;
  } else if (changes["draft"]["previous"].True() || changes["work_in_progress"]["previous"].True()) {
    event.step = ChangeStep::kReady;
  } else if (changes["reviewers"].exists()) {
    event.step = ChangeStep::kAsked;
    event.people = Added(UsersOf(changes["reviewers"]["current"]), UsersOf(changes["reviewers"]["previous"]));
  }
  return event;
}

HostEvent ReadNote(HostEvent event, const Json& body) {
  const Json note = body["object_attributes"];
  event.kind = HostEventKind::kSaid;
  event.said = ReviewEventKind::kCommented;
  event.id = note["id"].Digits();
  event.text = note["note"].Text();
  event.path = note["position"]["new_path"].Name();
  event.at = note["created_at"].Time();
  if (!note["noteable_type"].Is("MergeRequest")) return Ignored(event, "a note on something else than a merge request");
  event.change = ChangeOf(body["merge_request"]);
  event.commit = event.change.head;
  if (event.change.number == 0 || event.id.empty()) return Ignored(event, "it names no note on a merge request");
  if (note["system"].True()) return Ignored(event, "a note of the host itself");
  if (note["action"].exists() && !note["action"].Is("create")) return Ignored(event, "an edited note says nothing new");
  return event;
}

HostEvent ReadPush(HostEvent event, const Json& body) {
  event.kind = HostEventKind::kPushed;
  const std::string ref = body["ref"].Name();
  if (!ref.starts_with(kBranches)) return Ignored(event, "a tag, not a branch");
  event.ref = ref.substr(kBranches.size());
  event.before = body["before"].Commit();
  event.commit = body["after"].Commit();
  event.sender = {.login = body["user_username"].Name(), .number = body["user_id"].Digits()};
  return event;
}

}  // namespace

HostEvent ReadGitLabEvent(const Json& body) {
  const Json project = body["project"];
  HostEvent event{.sender = UserOf(body["user"])};
  event.repository = {.number = project["id"].Digits(),
                      .full_name = project["path_with_namespace"].Name(),
                      .default_branch = project["default_branch"].Name()};
  if (event.repository.number.empty()) event.repository.number = body["project_id"].Digits();
  std::string kind = body["object_kind"].Name();
  if (kind.empty()) kind = body["event_name"].Name();
  if (kind == "merge_request" && event.repository.number.empty()) {
    event.repository.number = body["object_attributes"]["target_project_id"].Digits();
  }
  if (kind == "project_rename" || kind == "project_transfer" || kind == "project_update") {
    event.kind = HostEventKind::kRepository;
    event.repository.full_name = body["path_with_namespace"].Name();
    event.at = body["updated_at"].Time();
    if (!event.repository.number.empty() && !event.repository.full_name.empty()) return event;
  }
  if (event.repository.number.empty()) return Ignored(event, "it names no project");
  if (kind == "merge_request") return ReadMergeRequest(event, body);
  if (kind == "note") return ReadNote(event, body);
  if (kind == "push") return ReadPush(event, body);
  static constexpr std::array<std::string_view, 11> kUnused = {"tag_push",   "pipeline",  "build",       "issue",
                                                               "work_item",  "emoji",     "release",     "member",
                                                               "deployment", "wiki_page", "feature_flag"};
  if (std::ranges::find(kUnused, kind) != kUnused.end()) return Ignored(event, "no decision depends on it");
  return Ignored(event, absl::StrCat("event \"", kind.substr(0, 100), "\" is not known here"));
}

}  // namespace mergegate::hosts
