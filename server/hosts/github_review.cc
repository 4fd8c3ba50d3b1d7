// Reviews with comments on lines, reviewers, answers.
#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/status_macros.h"
#include "server/hosts/github_client.h"
#include "server/hosts/memory.h"
#include "server/publication/escape.h"
#include "server/publication/verdict_text.h"

namespace mergegate::hosts {
namespace {

using nlohmann::json;
using publication::LineComment;

json ToJson(const LineComment& comment) {
  json out = {{"path", comment.path}, {"line", comment.line}, {"side", "RIGHT"}, {"body", comment.body}};
  if (comment.first_line < comment.line) {
    out["start_line"] = comment.first_line;
    out["start_side"] = "RIGHT";
  }
  return out;
}

std::set<std::string> StringsIn(const json& list) {
  std::set<std::string> texts;
  for (const json& item : list) {
    if (item.is_string()) texts.insert(item.get<std::string>());
  }
  return texts;
}

// Logins are the same in whatever case.
std::string Lower(const std::string& login) { return absl::AsciiStrToLower(login); }

std::set<std::string> LoginsIn(const json& users) {
  std::set<std::string> logins;
  for (const json& user : users) logins.insert(Lower(TextIn(user, "login")));
  return logins;
}

// GraphQL lives beside the REST interface: api.github.com/graphql, HOST/api/graphql beside HOST/api/v3.
std::string GraphQlUrl(const std::string& api_url) {
  constexpr std::string_view kRest = "/v3";
  return absl::StrCat(api_url.ends_with(kRest) ? api_url.substr(0, api_url.size() - kRest.size()) : api_url,
                      "/graphql");
}

constexpr char kThreads[] =
    "query($owner:String!,$name:String!,$number:Int!,$after:String){repository(owner:$owner,name:$name){"
    "pullRequest(number:$number){reviewThreads(first:100,after:$after){pageInfo{hasNextPage endCursor}"
    "nodes{id isResolved comments(first:1){nodes{body viewerDidAuthor}}}}}}}";
constexpr char kResolve[] = "mutation($id:ID!){resolveReviewThread(input:{threadId:$id}){thread{id}}}";

}  // namespace

absl::StatusOr<std::string> GitHubClient::PublishReview(const Place& place, const HostReview& review, Memory& memory,
                                                        Try how) {
  if (place.change.number == 0) return "";
  const std::string pull = absl::StrCat(Repository(place), "/pulls/", place.change.number);
  ASSIGN_OR_RETURN(json known, RecallJson(memory, "review"));  // keys of findings that have a comment
  std::set<std::string> said = StringsIn(In(known, "keys"));
  if (how.again) {
    ASSIGN_OR_RETURN(const std::string me, OwnLogin(place));
    ASSIGN_OR_RETURN(const json comments, api_.List(pull + "/comments?per_page=100", "", As(place)));
    for (const json& comment : comments) {
      const std::string key = publication::FindMark(TextIn(comment, "body"));
      if (!key.empty() && TextIn(In(comment, "user"), "login") == me) said.insert(key);
    }
  }
  const auto keep = [&] {
    known["keys"] = said;
    return KeepJson(memory, "review", known);
  };

  json fresh = json::array();
  for (const LineComment& comment : review.comments) {
    if (!said.contains(comment.key)) fresh.push_back(ToJson(comment));
  }
  std::string note;
  if (!fresh.empty()) {
    json body = {{"commit_id", place.head.value()}, {"event", "COMMENT"}, {"body", review.body}, {"comments", fresh}};
    absl::Status posted = api_.Call("POST", pull + "/reviews", body, As(place)).status();
    if (absl::IsInvalidArgument(posted)) {
      // One line that GitHub does not show, as it draws the diff, refuses the whole review. Rather each by itself: what
      // cannot stand on its line is in the summary all the same.
      int refused = 0;
      for (const json& comment : fresh) {
        json single = comment;
        single["commit_id"] = place.head.value();
        const absl::Status one = api_.Call("POST", pull + "/comments", single, As(place)).status();
        if (absl::IsInvalidArgument(one)) {
          ++refused;
          posted = one;
          continue;
        }
        RETURN_IF_ERROR(one);
        said.insert(publication::FindMark(TextIn(comment, "body")));
        RETURN_IF_ERROR(keep());
      }
      note = absl::StrCat(refused, " of ", fresh.size(), " comments refused: ", std::string(posted.message()));
    } else {
      RETURN_IF_ERROR(posted);
      for (const json& comment : fresh) said.insert(publication::FindMark(TextIn(comment, "body")));
      RETURN_IF_ERROR(keep());
    }
  }

  std::vector<std::string> gone;
  for (const std::string& key : said) {
    if (std::ranges::find(review.standing, key) == review.standing.end()) gone.push_back(key);
  }
  if (!gone.empty()) {
    const absl::Status resolved = ResolveThreads(place, gone);
    if (resolved.ok()) {
      for (const std::string& key : gone) said.erase(key);
      RETURN_IF_ERROR(keep());
    } else if (absl::IsPermissionDenied(resolved) || absl::IsNotFound(resolved) || absl::IsInvalidArgument(resolved)) {
      absl::StrAppend(&note, note.empty() ? "" : "; ", "comments not resolved: ", std::string(resolved.message()));
    } else {
      return resolved;
    }
  }
  return note;
}

absl::Status GitHubClient::ResolveThreads(const Place& place, const std::vector<std::string>& keys) {
  const std::string url = GraphQlUrl(api_.config().api_url);
  const std::string& name = place.project.full_name;
  const size_t slash = std::min(name.find('/'), name.size());
  const auto ask = [&](const char* query, const json& variables) -> absl::StatusOr<json> {
    ASSIGN_OR_RETURN(const HostAnswer answer,
                     api_.Call("POST", url, {{"query", query}, {"variables", variables}}, As(place)));
    if (const json& errors = In(answer.json, "errors"); errors.is_array() && !errors.empty()) {
      return absl::PermissionDeniedError(absl::StrCat("GraphQL: ", TextIn(errors[0], "message")));
    }
    return In(answer.json, "data");
  };
  std::vector<std::string> threads;
  json after = nullptr;
  for (int page = 0; page < 20; ++page) {
    ASSIGN_OR_RETURN(const json data, ask(kThreads, {{"owner", name.substr(0, slash)},
                                                     {"name", slash == name.size() ? "" : name.substr(slash + 1)},
                                                     {"number", place.change.number},
                                                     {"after", after}}));
    const json& list = In(In(In(data, "repository"), "pullRequest"), "reviewThreads");
    for (const json& thread : In(list, "nodes")) {
      const json& first = In(In(thread, "comments"), "nodes");
      if (In(thread, "isResolved") == true || !first.is_array() || first.empty()) continue;
      // Anybody may write our mark; only what we wrote is ours.
      if (In(first[0], "viewerDidAuthor") != true) continue;
      if (std::ranges::find(keys, publication::FindMark(TextIn(first[0], "body"))) != keys.end()) {
        threads.push_back(TextIn(thread, "id"));
      }
    }
    if (In(In(list, "pageInfo"), "hasNextPage") != true) break;
    after = In(In(list, "pageInfo"), "endCursor");
  }
  for (const std::string& id : threads) RETURN_IF_ERROR(ask(kResolve, {{"id", id}}).status());
  return absl::OkStatus();
}

absl::StatusOr<std::string> GitHubClient::OwnLogin(const Place& place) {
  {
    std::lock_guard lock(mutex_);
    if (!login_.empty()) return login_;
  }
  const bool app = !api_.config().app_id.empty();
  CallAs as = As(place);
  as.app = app;
  ASSIGN_OR_RETURN(const HostAnswer answer, api_.Call("GET", app ? "/app" : "/user", nullptr, as));
  const std::string name = TextIn(answer.json, app ? "slug" : "login");
  if (name.empty()) return absl::UnavailableError("the host does not say who we are");
  std::lock_guard lock(mutex_);
  return login_ = app ? absl::StrCat(name, "[bot]") : name;
}

absl::StatusOr<std::string> GitHubClient::RequestReviewers(const Place& place,
                                                           const std::vector<std::vector<std::string>>& people,
                                                           Memory& memory) {
  if (place.change.number == 0) return "";
  const std::string path = absl::StrCat(Repository(place), "/pulls/", place.change.number, "/requested_reviewers");
  ASSIGN_OR_RETURN(json known, RecallJson(memory, "reviewers"));
  std::set<std::string> asked = StringsIn(In(known, "asked"));
  std::vector<std::string> notes;
  std::set<std::string> wanted, ask;
  std::set<std::string> can;  // who may review, once it is known
  for (const std::vector<std::string>& logins : people) {
    const auto known_login =
        std::ranges::find_if(logins, [&](const std::string& l) { return asked.contains(Lower(l)); });
    if (known_login != logins.end()) {
      wanted.insert(Lower(*known_login));  // asked before; whoever was taken off there is not asked again
      continue;
    }
    if (can.empty() && !logins.empty()) {
      // Naming one person who may not review refuses them all.
      ASSIGN_OR_RETURN(const json users,
                       api_.List(absl::StrCat(Repository(place), "/collaborators?per_page=100"), "", As(place)));
      can = LoginsIn(users);
      can.erase(Lower(place.change.author));
    }
    const auto login = std::ranges::find_if(logins, [&](const std::string& l) { return can.contains(Lower(l)); });
    if (login != logins.end()) {
      ask.insert(Lower(*login));
      wanted.insert(Lower(*login));
    } else {
      notes.push_back(logins.empty() ? "a reviewer has no login here"
                                     : absl::StrCat(logins.front(), " may not review here"));
    }
  }
  std::set<std::string> drop;
  for (const std::string& login : asked) {
    if (!wanted.contains(login)) drop.insert(login);
  }
  if (!ask.empty() || !drop.empty()) {
    ASSIGN_OR_RETURN(const HostAnswer now, api_.Call("GET", path, nullptr, As(place)));
    const std::set<std::string> there = LoginsIn(In(now.json, "users"));
    const auto call = [&](const char* method, std::set<std::string> logins, bool present) -> absl::Status {
      std::erase_if(logins, [&](const std::string& login) { return there.contains(login) != present; });
      if (logins.empty()) return absl::OkStatus();
      return api_.Call(method, path, {{"reviewers", logins}}, As(place)).status();
    };
    RETURN_IF_ERROR(call("POST", ask, /*present=*/false));
    RETURN_IF_ERROR(call("DELETE", drop, /*present=*/true));
    asked.insert(ask.begin(), ask.end());
    for (const std::string& login : drop) asked.erase(login);
    known["asked"] = asked;
    RETURN_IF_ERROR(KeepJson(memory, "reviewers", known));
  }
  return absl::StrJoin(notes, "; ");
}

absl::StatusOr<std::string> GitHubClient::Reply(const Place& place, const std::string& markdown, const std::string& key,
                                                Memory& memory, Try how) {
  if (place.change.number == 0) return "a merge queue's entry takes no comments";
  ASSIGN_OR_RETURN(const json known, RecallJson(memory, absl::StrCat("comment:", key)));
  if (IntIn(known, "id") != 0) return "";
  RETURN_IF_ERROR(UpsertComment(place, markdown, key, /*may_create=*/true, memory, how));
  return "";
}

}  // namespace mergegate::hosts
