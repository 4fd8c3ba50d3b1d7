#include "server/hosts/host_check.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/secret_source.h"
#include "server/hosts/json.h"

namespace mergegate::hosts {
namespace {

using nlohmann::json;

struct Permission {
  std::string_view name;
  std::string_view level;  // "read" is in "write", too
  std::string_view why;
};
constexpr std::array kPermissions = {
    Permission{"metadata", "read", "GitHub wants it"},
    Permission{"contents", "read", "commits are fetched with it"},
    Permission{"checks", "write", "the verdict is a check run"},
    Permission{"pull_requests", "write", "comments, reviews and requests for reviewers"},
};
constexpr std::array<std::string_view, 9> kEvents = {"pull_request",
                                                     "pull_request_review",
                                                     "pull_request_review_comment",
                                                     "issue_comment",
                                                     "check_run",
                                                     "check_suite",
                                                     "merge_group",
                                                     "push",
                                                     "repository"};
// Those without which nothing is gated.
constexpr std::array<std::string_view, 2> kNeededEvents = {"pull_request", "push"};

class Checks {
 public:
  Checks(HostApi& api, std::string project) : api_(api), config_(api.config()), project_(std::move(project)) {}

  std::vector<CheckItem> Run() {
    Secrets();
    if (config_.kind == HostKind::kGitLab) {
      GitLab();
    } else if (!config_.app_id.empty()) {
      GitHubApp();
    } else {
      GitHubToken();
    }
    return std::move(items_);
  }

 private:
  void Add(CheckState state, std::string what, std::string hint = "") {
    items_.push_back({state, std::move(what), std::move(hint)});
  }
  void Judge(bool fine, CheckState otherwise, std::string what, std::string hint) {
    fine ? Add(CheckState::kFine, std::move(what)) : Add(otherwise, std::move(what), std::move(hint));
  }

  void Secrets() {
    std::vector<std::string> sources = config_.webhook_secrets;
    sources.insert(sources.end(), {config_.private_key, config_.token});
    for (const std::string& source : sources) {
      if (source.empty()) continue;
      const absl::StatusOr<std::string> secret = ReadSecret(source);
      Judge(secret.ok(), CheckState::kMissing, absl::StrCat("secret ", source),
            secret.ok() ? "" : std::string(secret.status().message()));
      if (const std::string warning = SecretWarning(source); !warning.empty()) {
        Add(CheckState::kUnsure, absl::StrCat("who can read ", source), warning);
      }
    }
  }

  // nullopt, and an item, when the host refuses.
  std::optional<json> Ask(const std::string& path, const CallAs& as, const std::string& what, const std::string& hint) {
    absl::StatusOr<HostAnswer> answer = api_.Call("GET", path, nullptr, as);
    if (answer.ok()) return std::move(answer->json);
    Add(CheckState::kMissing, absl::StrCat(what, ": ", std::string(answer.status().message())), hint);
    return std::nullopt;
  }

  std::string AppSettings(const std::string& slug) const {
    return absl::StrCat(config_.web_url, "/settings/apps/", slug.empty() ? "YOUR-APP" : slug,
                        " (of an organization: ", config_.web_url, "/organizations/ORG/settings/apps/...)");
  }

  void GitHubApp() {
    const auto app = Ask("/app", {.app = true}, "the App's credentials",
                         absl::StrCat("app_id and private_key must belong together: ", AppSettings(""),
                                      ", \"General\", \"App ID\" and \"Private keys\""));
    if (!app) return;
    const Json view(*app);
    const std::string slug = view["slug"].Name();
    Add(CheckState::kFine, absl::StrCat("the App's credentials: ", view["name"].Name()));
    for (const Permission& wanted : kPermissions) Level(view["permissions"], slug, wanted);
    if (config_.upload_sarif) Level(view["permissions"], slug, {"security_events", "write", "SARIF is uploaded"});
    Events(view["events"], slug);
    Hook(slug);
    Installations(slug);
  }

  void Level(const Json& permissions, const std::string& slug, const Permission& wanted) {
    const Json has = permissions[wanted.name];
    const bool fine = has.Is(wanted.level) || has.Is("write") || has.Is("admin");
    Judge(fine, CheckState::kMissing,
          absl::StrCat("permission ", std::string(wanted.name), ": ", std::string(wanted.level)),
          absl::StrCat(std::string(wanted.why), ": ", AppSettings(slug),
                       ", \"Permissions & events\", then accept it in "
                       "each installation"));
  }

  void Events(const Json& subscribed, const std::string& slug) {
    std::vector<std::string> has;
    for (size_t i = 0; i < subscribed.size(); ++i) has.push_back(subscribed.At(i).Name());
    std::vector<std::string_view> missing;
    for (const std::string_view event : kEvents) {
      if (std::ranges::find(has, event) == has.end()) missing.push_back(event);
    }
    const bool needed = std::ranges::any_of(
        missing, [](std::string_view event) { return std::ranges::find(kNeededEvents, event) != kNeededEvents.end(); });
    const std::string list =
        absl::StrJoin(missing, ", ", [](std::string* out, std::string_view event) { out->append(event); });
    Judge(missing.empty(), needed ? CheckState::kMissing : CheckState::kUnsure,
          missing.empty() ? "events" : absl::StrCat("events that are not subscribed to: ", list),
          absl::StrCat(AppSettings(slug),
                       ", \"Permissions & events\", \"Subscribe to events\" (some appear only with "
                       "their permission)"));
  }

  void Hook(const std::string& slug) {
    const auto hook = Ask("/app/hook/config", {.app = true}, "the App's webhook", AppSettings(slug));
    if (!hook) return;
    const std::string url = Json(*hook)["url"].Name();
    const std::string path = absl::StrCat("/hooks/", config_.name, "/");
    Judge(url.find(path) != std::string::npos, CheckState::kMissing,
          absl::StrCat("webhook URL: ", url.empty() ? "none" : url),
          absl::StrCat(AppSettings(slug), ", \"Webhook URL\": https://SERVER", path, "app"));
    Judge(!url.starts_with("http://"), CheckState::kUnsure, "the webhook is encrypted",
          "deliveries travel in clear: give the server TLS, or a proxy with it, and an https URL");
    const auto log = Ask("/app/hook/deliveries?per_page=20", {.app = true}, "the log of deliveries", "");
    if (!log || !log->is_array()) return;
    int taken = 0, refused = 0, lost = 0;
    for (const json& entry : *log) {
      const int64_t status = Json(entry)["status_code"].Number();
      ++(status >= 200 && status < 300 ? taken : status == 401 ? refused : lost);
    }
    if (taken > 0 || (refused == 0 && lost == 0)) {
      Judge(taken > 0, CheckState::kUnsure, "deliveries get through",
            absl::StrCat("none was sent yet: ", AppSettings(slug), ", \"Advanced\", redeliver the ping"));
    } else {
      Add(CheckState::kMissing, absl::StrCat("of the last ", taken + refused + lost, " deliveries none got through"),
          refused > 0 ? "they were refused: the webhook secret there is another one than here"
                      : absl::StrCat(url, " cannot be reached from ", config_.web_url,
                                     ": open the port of --http to it, or put a proxy before it"));
    }
  }

  void Installations(const std::string& slug) {
    const auto installations = Ask("/app/installations?per_page=100", {.app = true}, "installations", "");
    if (!installations || !installations->is_array()) return;
    Judge(
        !installations->empty(), CheckState::kMissing, absl::StrCat("installations: ", installations->size()),
        absl::StrCat("install it where the repositories are: ", config_.web_url, "/apps/", slug, "/installations/new"));
  }

  void GitHubToken() {
    if (config_.token.empty()) {
      Add(CheckState::kUnsure, "credentials",
          "none are configured: nothing is told to GitHub, and only public "
          "repositories are fetched");
      return;
    }
    const auto user = Ask("/user", {}, "the token",
                          absl::StrCat(config_.web_url,
                                       "/settings/tokens: make one with "
                                       "\"repo\", or a fine-grained one"));
    if (!user) return;
    Add(CheckState::kFine, absl::StrCat("the token: ", Json(*user)["login"].Name()));
    Add(CheckState::kUnsure, "check runs",
        "only Apps may write them; with a token the verdict is a commit status, and "
        "deliveries that were lost are found by asking for open pull requests alone");
    if (!project_.empty()) RepositoryHook(absl::StrCat("/repos/", project_, "/hooks"), "config");
  }

  void GitLab() {
    if (config_.token.empty()) {
      Add(CheckState::kUnsure, "credentials", "none are configured: nothing is told to GitLab");
      return;
    }
    const std::string where = absl::StrCat(config_.web_url, "/-/user_settings/personal_access_tokens");
    const auto user = Ask("/user", {}, "the token", absl::StrCat("make one with scope api: ", where));
    if (!user) return;
    Add(CheckState::kFine, absl::StrCat("the token: ", Json(*user)["username"].Name()));
    if (const auto token = Ask("/personal_access_tokens/self", {}, "the token's scopes", where)) {
      const Json scopes = Json(*token)["scopes"];
      bool api = false;
      for (size_t i = 0; i < scopes.size(); ++i) api = api || scopes.At(i).Is("api");
      Judge(api, CheckState::kMissing, "scope api", absl::StrCat("make a token that has it: ", where));
      if (const std::string ends = Json(*token)["expires_at"].Name(); !ends.empty()) {
        Add(CheckState::kUnsure, absl::StrCat("the token ends on ", ends),
            "renew it before; a replaced file holds at once");
      }
    }
    if (project_.empty()) {
      Add(CheckState::kUnsure, "webhooks", "they belong to projects or groups: name one with --project GROUP/PROJECT");
    } else {
      RepositoryHook(absl::StrCat("/projects/", EscapePath(project_), "/hooks"), "");
    }
  }

  // A hook of a repository; its URL is in `inside` of it, or in itself.
  void RepositoryHook(const std::string& api_path, const std::string& inside) {
    const bool gitlab = config_.kind == HostKind::kGitLab;
    const std::string settings = absl::StrCat(config_.web_url, "/", project_, gitlab ? "/-/hooks" : "/settings/hooks");
    const auto hooks = Ask(api_path, {}, absl::StrCat("webhooks of ", project_),
                           gitlab ? "seeing them takes the role Maintainer" : "seeing them takes admin:repo_hook");
    if (!hooks || !hooks->is_array()) return;
    const std::string path = absl::StrCat("/hooks/", config_.name, "/");
    for (const json& hook : *hooks) {
      const Json view(hook);
      const std::string url = (inside.empty() ? view : view[inside])["url"].Name();
      if (url.find(path) == std::string::npos) continue;
      Add(CheckState::kFine, absl::StrCat("webhook: ", url));
      if (!gitlab) return;
      for (const std::string_view event : {"merge_requests_events", "note_events", "push_events"}) {
        Judge(view[event].True(), CheckState::kMissing, absl::StrCat("webhook sends ", std::string(event)),
              absl::StrCat("tick it: ", settings));
      }
      return;
    }
    Add(CheckState::kMissing, absl::StrCat("no webhook of ", project_, " leads here"),
        absl::StrCat("add one: ", settings, ", URL https://SERVER", path, "NAME"));
  }

  HostApi& api_;
  const HostConfig& config_;
  const std::string project_;
  std::vector<CheckItem> items_;
};

}  // namespace

std::vector<CheckItem> CheckHost(HostApi& api, const std::string& project) { return Checks(api, project).Run(); }

}  // namespace mergegate::hosts
