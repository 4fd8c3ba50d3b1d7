// GitHub's webhooks. Fields and their traps: head.repo is null when the fork is gone; pull_requests of checks is empty
// for forks; an issue comment is about a pull request when issue.pull_request is there.
#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "server/hosts/events_of.h"

namespace mergegate::hosts {
namespace {

constexpr std::string_view kBranches = "refs/heads/";

HostUser UserOf(const Json& user) {
  HostUser read{.login = user["login"].Name(), .number = user["id"].Digits()};
  read.bot = user["type"].Is("Bot") || read.login.ends_with("[bot]");
  return read;
}

HostRepository RepositoryOf(const Json& repository) {
  return {.number = repository["id"].Digits(),
          .full_name = repository["full_name"].Name(),
          .default_branch = repository["default_branch"].Name()};
}

std::vector<HostUser> UsersOf(const Json& users) {
  std::vector<HostUser> read;
  for (size_t i = 0; i < users.size(); ++i) read.push_back(UserOf(users.At(i)));
  return read;
}

HostChange ChangeOf(const Json& pull) {
  HostChange change;
  change.number = pull["number"].Number();
  if (change.number == 0) return change;
  change.change = absl::StrCat("pr-", change.number);
  const bool merged = pull["merged"].True() || pull["merged_at"].exists();
  change.state = merged                       ? HostChangeState::kMerged
                 : pull["state"].Is("closed") ? HostChangeState::kClosed
                 : pull["draft"].True()       ? HostChangeState::kDraft
                                              : HostChangeState::kOpen;
  change.head = pull["head"]["sha"].Commit();
  change.base = pull["base"]["sha"].Commit();
  change.base_ref = pull["base"]["ref"].Name();
  change.head_ref = pull["head"]["ref"].Name();
  // A repository that is not told, or null, is a fork that is gone.
  const std::string from = pull["head"]["repo"]["id"].Digits();
  change.from_fork = from.empty() || from != pull["base"]["repo"]["id"].Digits();
  change.author = pull["user"]["login"].Name();
  change.title = pull["title"].Text();
  change.updated = pull["updated_at"].Time();
  return change;
}

bool IsTrusted(const Json& said) {
  const Json association = said["author_association"];
  return association.Is("OWNER") || association.Is("MEMBER") || association.Is("COLLABORATOR");
}

// Cuts "refs/heads/" off; "" for anything else.
std::string BranchOf(const std::string& ref) { return ref.starts_with(kBranches) ? ref.substr(kBranches.size()) : ""; }

HostEvent ReadPullRequest(HostEvent event, const std::string& action, const Json& body) {
  event.kind = HostEventKind::kChange;
  event.change = ChangeOf(body["pull_request"]);
  if (event.change.number == 0 || event.change.head.empty()) return Ignored(event, "it names no pull request");
  event.at = event.change.updated;
  if (action == "opened") {
    event.step = ChangeStep::kOpened;
    event.people = UsersOf(body["pull_request"]["requested_reviewers"]);
  } else if (action == "synchronize") {
    event.step = ChangeStep::kPushed;
    event.change.previous = body["before"].Commit();
    // "after" is of the push that is told of; the pull request may be newer already.
    if (const CommitId after = body["after"].Commit(); !after.empty()) event.change.head = after;
  } else if (action == "ready_for_review") {
    event.step = ChangeStep::kReady;
  } else if (action == "reopened") {
    event.step = ChangeStep::kReopened;
  } else if (action == "closed") {
    event.step = ChangeStep::kClosed;
  } else if (action == "edited" && body["changes"]["base"].exists()) {
    event.step = ChangeStep::kRetargeted;
  } else if (action == "review_requested") {
    event.step = ChangeStep::kAsked;
    if (body["requested_reviewer"].exists()) event.people = {UserOf(body["requested_reviewer"])};
  }
  return event;
}

HostEvent ReadReview(HostEvent event, const std::string& action, const Json& body) {
  const Json review = body["review"];
  event.kind = HostEventKind::kSaid;
  event.change = ChangeOf(body["pull_request"]);
  event.id = review["id"].Digits();
  if (event.change.number == 0 || event.id.empty()) return Ignored(event, "it names no review");
  event.at = review["submitted_at"].Time();
  event.commit = review["commit_id"].Commit();
  event.text = review["body"].Text();
  event.trusted = IsTrusted(review);
  if (action == "dismissed") {
    // Asked anew, by whoever dismissed it.
    event.said = ReviewEventKind::kRequested;
    event.people = {UserOf(review["user"])};
    event.id += "/dismissed";
    event.at = event.change.updated;
    return event;
  }
  if (action != "submitted") return Ignored(event, "a review that is edited says nothing new");
  event.sender = UserOf(review["user"]);
  if (review["state"].Is("approved")) {
    event.said = ReviewEventKind::kApproved;
  } else if (review["state"].Is("changes_requested")) {
    event.said = ReviewEventKind::kChangesRequested;
  } else if (!event.text.empty()) {
    event.said = ReviewEventKind::kCommented;
  } else {
    return Ignored(event, "a review without words: its comments come by themselves");
  }
  return event;
}

// An issue comment, or one on a line.
HostEvent ReadComment(HostEvent event, const std::string& action, const Json& body) {
  const Json comment = body["comment"];
  event.kind = HostEventKind::kSaid;
  event.said = ReviewEventKind::kCommented;
  event.id = comment["id"].Digits();
  event.text = comment["body"].Text();
  event.path = comment["path"].Name();
  event.commit = comment["commit_id"].Commit();
  event.at = comment["created_at"].Time();
  event.trusted = IsTrusted(comment);
  if (body["pull_request"].exists()) {
    event.change = ChangeOf(body["pull_request"]);
    event.thread = comment["in_reply_to_id"].exists() ? comment["in_reply_to_id"].Digits() : event.id;
  } else if (body["issue"]["pull_request"].exists()) {
    event.change.number = body["issue"]["number"].Number();
    event.change.author = body["issue"]["user"]["login"].Name();
    if (event.change.number > 0) event.change.change = absl::StrCat("pr-", event.change.number);
  } else {
    return Ignored(event, "a comment on an issue, not on a pull request");
  }
  if (event.change.number == 0 || event.id.empty()) return Ignored(event, "it names no comment on a pull request");
  if (action != "created") return Ignored(event, "a comment that is edited or deleted says nothing new");
  event.sender = UserOf(comment["user"]);
  return event;
}

HostEvent ReadThread(HostEvent event, const std::string& action, const Json& body) {
  event.kind = HostEventKind::kThreadResolved;
  event.change = ChangeOf(body["pull_request"]);
  event.thread = body["thread"]["comments"].At(0)["id"].Digits();
  event.at = event.change.updated;
  if (event.change.number == 0 || event.thread.empty()) return Ignored(event, "it names no thread of a pull request");
  if (action != "resolved") return Ignored(event, "a thread that is open again was answered once");
  return event;
}

HostEvent ReadCheck(HostEvent event, const std::string& action, const Json& check, const Json& wanted) {
  event.kind = HostEventKind::kRerunAsked;
  event.commit = check["head_sha"].Commit();
  event.id = check["external_id"].Name();
  event.change.number = check["pull_requests"].At(0)["number"].Number();
  if (event.change.number > 0) event.change.change = absl::StrCat("pr-", event.change.number);
  if (action == "requested_action" && !wanted.Is("rerun")) return Ignored(event, "a button that is not ours");
  if (action != "rerequested" && action != "requested_action") {
    return Ignored(event, "checks are told of by us, not by the host");
  }
  if (event.commit.empty()) return Ignored(event, "it names no commit");
  return event;
}

HostEvent ReadMergeGroup(HostEvent event, const std::string& action, const Json& group) {
  event.kind = action == "checks_requested" ? HostEventKind::kQueued : HostEventKind::kUnqueued;
  HostChange& change = event.change;
  change.head = group["head_sha"].Commit();
  change.base = group["base_sha"].Commit();
  if (change.head.empty() || change.base.empty()) return Ignored(event, "it names no commits");
  change.change = absl::StrCat("queue-", change.head.value().substr(0, 12));
  change.state = event.kind == HostEventKind::kQueued ? HostChangeState::kOpen : HostChangeState::kClosed;
  change.head_ref = BranchOf(group["head_ref"].Name());
  change.base_ref = BranchOf(group["base_ref"].Name());
  change.title = group["head_commit"]["message"].Text();
  change.title = change.title.substr(0, change.title.find('\n'));
  change.updated = event.at = group["head_commit"]["timestamp"].Time();
  return event;
}

HostEvent ReadPush(HostEvent event, const Json& body) {
  event.kind = HostEventKind::kPushed;
  event.ref = BranchOf(body["ref"].Name());
  event.before = body["before"].Commit();
  if (!body["deleted"].True()) event.commit = body["after"].Commit();
  if (event.repository.default_branch.empty()) {
    event.repository.default_branch = body["repository"]["master_branch"].Name();
  }
  event.at = body["repository"]["pushed_at"].Time();
  if (event.ref.empty()) return Ignored(event, "a tag, not a branch");
  return event;
}

HostEvent ReadInstallation(HostEvent event, const std::string& action, const Json& body) {
  event.kind = HostEventKind::kRepositories;
  const Json repositories = body["repositories"].exists() ? body["repositories"] : body["repositories_added"];
  for (size_t i = 0; i < repositories.size(); ++i) event.repositories.push_back(RepositoryOf(repositories.At(i)));
  if (action == "created" || action == "added" || action == "unsuspend" || action == "new_permissions_accepted") {
    return event;
  }
  return Ignored(event, "what was gated stays; nothing more will come");
}

}  // namespace

HostEvent ReadGitHubEvent(std::string_view name, const Json& body) {
  HostEvent event{.repository = RepositoryOf(body["repository"]),
                  .installation = body["installation"]["id"].Digits(),
                  .sender = UserOf(body["sender"])};
  const std::string action = body["action"].Name();
  if (name == "ping") {
    event.kind = HostEventKind::kPing;
    return event;
  }
  if (name == "installation" || name == "installation_repositories") return ReadInstallation(event, action, body);
  if (event.repository.number.empty()) return Ignored(event, "it names no repository");
  if (name == "pull_request") return ReadPullRequest(event, action, body);
  if (name == "pull_request_review") return ReadReview(event, action, body);
  if (name == "pull_request_review_comment" || name == "issue_comment") return ReadComment(event, action, body);
  if (name == "pull_request_review_thread") return ReadThread(event, action, body);
  if (name == "check_run") return ReadCheck(event, action, body["check_run"], body["requested_action"]["identifier"]);
  if (name == "check_suite")
    return ReadCheck(event, action, body["check_suite"], body["requested_action"]["identifier"]);
  if (name == "merge_group") return ReadMergeGroup(event, action, body["merge_group"]);
  if (name == "push") return ReadPush(event, body);
  if (name == "repository") {
    event.kind = HostEventKind::kRepository;
    event.at = body["repository"]["updated_at"].Time();
    return event;
  }
  static constexpr std::array<std::string_view, 9> kUnused = {
      "status", "workflow_run", "member",         "discussion",         "discussion_comment",
      "create", "delete",       "commit_comment", "code_scanning_alert"};
  if (std::ranges::find(kUnused, name) != kUnused.end()) return Ignored(event, "no decision depends on it");
  return Ignored(event, absl::StrCat("event \"", std::string(name.substr(0, 100)), "\" is not known here"));
}

}  // namespace mergegate::hosts
