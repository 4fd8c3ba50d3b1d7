#include "server/hosts/host_reader.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/base/status_macros.h"
#include "server/hosts/host_api.h"
#include "server/hosts/json.h"

namespace mergegate::hosts {
namespace {

using nlohmann::json;

CallAs AsProject(const HostProject& project) {
  return {.installation = project.installation, .repository = project.repository};
}

std::string Dump(const json& body) { return body.dump(-1, ' ', false, json::error_handler_t::replace); }

// A number of the host as JSON; the store keeps them as text.
json NumberOf(const std::string& digits) { return json::parse(digits, nullptr, /*allow_exceptions=*/false); }

class GitHubReader final : public HostReader {
 public:
  explicit GitHubReader(HostApi& api) : api_(api) {}

  absl::StatusOr<std::vector<AskedChange>> OpenChanges(const HostProject& project) override {
    ASSIGN_OR_RETURN(const json pulls,
                     api_.List(absl::StrCat("/repos/", project.full_name, "/pulls?state=open&per_page=100"), "",
                               AsProject(project)));
    std::vector<AskedChange> changes;
    for (const json& pull : pulls) changes.push_back(Told(project, pull));
    return changes;
  }

  absl::StatusOr<AskedChange> Change(const HostProject& project, int64_t number) override {
    ASSIGN_OR_RETURN(
        const HostAnswer answer,
        api_.Call("GET", absl::StrCat("/repos/", project.full_name, "/pulls/", number), nullptr, AsProject(project)));
    return Told(project, answer.json);
  }

  absl::StatusOr<std::vector<SentDelivery>> SentDeliveries(absl::Time since) override {
    std::vector<SentDelivery> sent;
    if (api_.config().app_id.empty()) return sent;  // only an App has a log
    // Newest first: some pages reach back far enough, since this is asked every few minutes.
    ASSIGN_OR_RETURN(const json log, api_.List("/app/hook/deliveries?per_page=100", "", {.app = true}, kLogPages));
    for (const json& entry : log) {
      const Json view(entry);
      const int64_t status = view["status_code"].Number();
      SentDelivery one{.number = view["id"].Number(),
                       .id = view["guid"].Name(),
                       .sent = view["delivered_at"].Time(),
                       .taken = status >= 200 && status < 300};
      if (one.number > 0 && !one.id.empty() && one.sent >= since) sent.push_back(std::move(one));
    }
    return sent;
  }

  absl::Status Redeliver(int64_t number) override {
    return api_.Call("POST", absl::StrCat("/app/hook/deliveries/", number, "/attempts"), nullptr, {.app = true})
        .status();
  }

 private:
  static constexpr int kLogPages = 10;

  static AskedChange Told(const HostProject& project, const json& pull) {
    const Json view(pull);
    const bool open = view["state"].Is("open");
    json body = {{"action", open ? "polled" : "closed"},
                 {"number", view["number"].Number()},
                 {"repository", {{"id", NumberOf(project.repository)}, {"full_name", project.full_name}}},
                 {"pull_request", pull}};
    if (!project.installation.empty()) body["installation"] = {{"id", NumberOf(project.installation)}};
    return {.event = "pull_request", .body = Dump(body)};
  }

  HostApi& api_;
};

class GitLabReader final : public HostReader {
 public:
  explicit GitLabReader(HostApi& api) : api_(api) {}

  absl::StatusOr<std::vector<AskedChange>> OpenChanges(const HostProject& project) override {
    ASSIGN_OR_RETURN(const json requests, api_.List(absl::StrCat("/projects/", project.repository,
                                                                 "/merge_requests?state=opened&scope=all&per_page=100"),
                                                    "", AsProject(project)));
    std::vector<AskedChange> changes;
    for (const json& request : requests) changes.push_back(Told(project, request));
    return changes;
  }

  absl::StatusOr<AskedChange> Change(const HostProject& project, int64_t number) override {
    ASSIGN_OR_RETURN(const HostAnswer answer,
                     api_.Call("GET", absl::StrCat("/projects/", project.repository, "/merge_requests/", number),
                               nullptr, AsProject(project)));
    return Told(project, answer.json);
  }

  absl::StatusOr<std::vector<SentDelivery>> SentDeliveries(absl::Time) override { return std::vector<SentDelivery>(); }
  absl::Status Redeliver(int64_t) override { return absl::UnimplementedError("GitLab keeps no log for that"); }

 private:
  // What the interface calls otherwise than the webhook does.
  static AskedChange Told(const HostProject& project, const json& request) {
    const Json view(request);
    json attributes = request.is_object() ? request : json::object();
    attributes["last_commit"] = {{"id", view["sha"].Name()}};
    attributes["author_id"] = view["author"]["id"].Number();
    const bool merged = view["state"].Is("merged"), closed = view["state"].Is("closed");
    attributes["action"] = merged ? "merge" : closed ? "close" : "polled";
    const json body = {
        {"object_kind", "merge_request"},
        {"user", {{"id", view["author"]["id"].Number()}, {"username", view["author"]["username"].Name()}}},
        {"project", {{"id", NumberOf(project.repository)}, {"path_with_namespace", project.full_name}}},
        {"object_attributes", std::move(attributes)}};
    return {.event = "Merge Request Hook", .body = Dump(body)};
  }

  HostApi& api_;
};

}  // namespace

std::unique_ptr<HostReader> MakeHostReader(HostApi& api) {
  if (api.config().kind == HostKind::kGitLab) return std::make_unique<GitLabReader>(api);
  return std::make_unique<GitHubReader>(api);
}

}  // namespace mergegate::hosts
