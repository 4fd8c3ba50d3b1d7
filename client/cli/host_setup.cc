#include "client/cli/host_setup.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_split.h"

namespace mergegate::client {
namespace {

bool IsUrl(const std::string& text) { return text.starts_with("https://") || text.starts_with("http://"); }

bool IsPlace(const std::string& text) {
  return text.starts_with("file:/") || (text.starts_with("env:") && text.size() > 4);
}

std::string HookUrl(const HostSetup& setup, const std::string& end) {
  return fmt::format("{}/hooks/{}/{}", setup.server_url, setup.name, end);
}

std::string GitHubSteps(const HostSetup& setup) {
  return fmt::format(
      "1. Register a GitHub App at {0}/settings/apps/new (for an organization:\n"
      "   {0}/organizations/ORG/settings/apps/new):\n"
      "     Webhook URL      {1}\n"
      "     Webhook secret   the content of {2}\n"
      "     SSL verification on\n"
      "2. Repository permissions: Checks write, Contents read, Pull requests write, Metadata read;\n"
      "   Merge queues read for a merge queue, Code scanning alerts write for SARIF.\n"
      "3. Subscribe to events: Pull request, Pull request review, Pull request review comment, Issue comment,\n"
      "   Check run, Check suite, Merge group, Push, Repository.\n"
      "4. Create it, note the \"App ID\", and under \"Private keys\" generate a key: a .pem file is downloaded. Put "
      "it\n"
      "   where the server can read it: chmod 600.\n"
      "5. \"Install App\": choose the repositories.\n",
      setup.web_url, HookUrl(setup, "app"), setup.secret);
}

std::string GitLabSteps(const HostSetup& setup) {
  return fmt::format(
      "1. Make an access token with the scope api and the role Developer (Maintainer, to have the webhook checked) at\n"
      "   {0}/-/user_settings/personal_access_tokens, or of a group or project under Settings > Access tokens. Put it\n"
      "   into a file that the server can read: chmod 600.\n"
      "2. Add a webhook to each project (or once to their group) under Settings > Webhooks:\n"
      "     URL              {1}\n"
      "     Secret token     the content of {2}\n"
      "     Trigger          Push events, Comments, Merge request events\n"
      "     SSL verification on\n",
      setup.web_url, HookUrl(setup, "NAME-OF-THE-PROJECT"), setup.secret);
}

}  // namespace

absl::Status CheckSetup(const HostSetup& setup) {
  if (setup.kind != "github" && setup.kind != "gitlab") {
    return absl::InvalidArgumentError("the kind of host is github or gitlab");
  }
  const bool named = !setup.name.empty() && setup.name.size() <= 40 && setup.name.front() != '-' &&
                     setup.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!named) return absl::InvalidArgumentError("--name is part of URLs: a-z, 0-9 and '-'");
  if (!IsUrl(setup.web_url)) return absl::InvalidArgumentError("--web-url begins with https://");
  if (!IsUrl(setup.server_url)) {
    return absl::InvalidArgumentError("--server-url is where the host reaches the HTTP port: https://gate.example.org");
  }
  for (const std::string* place : {&setup.secret, &setup.private_key, &setup.token}) {
    if (!place->empty() && !IsPlace(*place)) {
      return absl::InvalidArgumentError("a secret is named by its place: file:/PATH or env:NAME");
    }
  }
  return absl::OkStatus();
}

std::string StepsFor(const HostSetup& setup) {
  return setup.kind == "github" ? GitHubSteps(setup) : GitLabSteps(setup);
}

std::string SectionOf(const HostSetup& setup) {
  std::string section = fmt::format("  - name: {}\n    kind: {}\n", setup.name, setup.kind);
  const std::string usual = setup.kind == "github" ? "https://github.com" : "https://gitlab.com";
  if (setup.web_url != usual) section += fmt::format("    web_url: {}\n", setup.web_url);
  if (!setup.app_id.empty()) section += fmt::format("    app_id: \"{}\"\n", setup.app_id);
  if (!setup.private_key.empty()) section += fmt::format("    private_key: {}\n", setup.private_key);
  if (!setup.token.empty()) section += fmt::format("    token: {}\n", setup.token);
  section += fmt::format("    webhook_secrets:\n      - {}\n", setup.secret);
  return section;
}

absl::StatusOr<std::string> WithSection(const std::string& configuration, const std::string& section) {
  bool has_hosts = false, hosts_last = false;
  for (const auto& line : absl::StrSplit(configuration, '\n')) {
    const bool key = !line.empty() && line.front() != '#' && line.front() != ' ' && line.front() != '-';
    if (!key) continue;
    hosts_last = line == "hosts:";
    if (line.substr(0, 6) == "hosts:") has_hosts = true;
  }
  std::string text = configuration;
  if (!text.empty() && !text.ends_with('\n')) text += '\n';
  if (!has_hosts) return text + "hosts:\n" + section;
  if (hosts_last) return text + section;
  return absl::FailedPreconditionError("add this under \"hosts:\" by hand; it is not the last section of the file");
}

}  // namespace mergegate::client
