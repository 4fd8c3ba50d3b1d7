#include "server/config/hosts_section.h"

#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/secret_source.h"

namespace mergegate::config {
namespace {

constexpr size_t kMostHosts = 20;
constexpr size_t kMostSecrets = 4;
constexpr size_t kLongestName = 40;

bool IsHostName(const std::string& name) {
  return name.size() <= kLongestName && absl::ascii_isalnum(static_cast<unsigned char>(name.front())) &&
         std::ranges::all_of(name, [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
         });
}

class HostsReader {
 public:
  explicit HostsReader(MapReader& reader) : reader_(reader) {}

  HostConfig Read(const YamlNode& node) {
    HostConfig host;
    reader_.ReadMap(node, "a host",
                    {{"name", [&](const YamlNode& value) { ReadName(value, host.name); }},
                     {"kind", [&](const YamlNode& value) { ReadKind(value, host.kind); }},
                     {"api_url", [&](const YamlNode& value) { ReadUrl(value, false, host.api_url); }},
                     {"web_url", [&](const YamlNode& value) { ReadUrl(value, false, host.web_url); }},
                     {"git_url", [&](const YamlNode& value) { ReadUrl(value, true, host.git_url); }},
                     {"app_id", [&](const YamlNode& value) { reader_.ReadText(value, host.app_id); }},
                     {"private_key", [&](const YamlNode& value) { ReadSource(value, host.private_key); }},
                     {"token", [&](const YamlNode& value) { ReadSource(value, host.token); }},
                     {"webhook_secrets", [&](const YamlNode& value) { ReadSources(value, host.webhook_secrets); }},
                     {"run_drafts", [&](const YamlNode& value) { reader_.ReadBool(value, host.run_drafts); }},
                     {"upload_sarif", [&](const YamlNode& value) { reader_.ReadBool(value, host.upload_sarif); }}});
    if (node.kind != YamlNode::Kind::kMap) return host;
    for (const std::string_view key : {"name", "kind", "webhook_secrets"}) {
      if (Find(node, key) == nullptr) reader_.Problem(node, absl::StrCat("a host needs \"", std::string(key), "\""));
    }
    Complete(node, host);
    return host;
  }

 private:
  void ReadName(const YamlNode& node, std::string& name) {
    std::string text;
    reader_.ReadText(node, text);
    if (text.empty()) return;
    if (IsHostName(text)) {
      name = text;
    } else {
      reader_.Problem(node, "a host's name is part of URLs: a-z, 0-9 and '-', at most 40");
    }
  }

  void ReadKind(const YamlNode& node, HostKind& kind) {
    const int index = reader_.ReadWord(node, "kind of host", {"github", "gitlab"});
    if (index >= 0) kind = index == 0 ? HostKind::kGitHub : HostKind::kGitLab;
  }

  // `git`: a file URL will do, too.
  void ReadUrl(const YamlNode& node, bool git, std::string& url) {
    std::string text;
    reader_.ReadText(node, text);
    if (text.empty()) return;
    const bool web = text.starts_with("https://") || text.starts_with("http://");
    if (!web && !(git && (text.starts_with("file:///") || text.starts_with("ssh://")))) {
      reader_.Problem(node, git ? "must begin with https://, ssh:// or file:///" : "must begin with https://");
      return;
    }
    if (text.find('@') != std::string::npos && !text.starts_with("ssh://")) {
      reader_.Problem(node, "credentials do not belong into a URL: use \"token\"");
      return;
    }
    while (text.ends_with('/')) text.pop_back();
    url = text;
  }

  void ReadSource(const YamlNode& node, std::string& source) {
    // A value that is no place may be the secret itself: it must not come out of here.
    if (node.kind == YamlNode::Kind::kScalar && IsSecretSource(node.text)) {
      source = node.text;
    } else {
      reader_.Problem(node, "a secret is named by its place: \"file:/PATH\" or \"env:NAME\"");
    }
  }

  void ReadSources(const YamlNode& node, std::vector<std::string>& sources) {
    if (node.kind != YamlNode::Kind::kList || node.items.empty() || node.items.size() > kMostSecrets) {
      reader_.Problem(node, "must be a list of one secret, or of several while one replaces the other (4 at most)");
      return;
    }
    for (const YamlNode& item : node.items) {
      std::string source;
      ReadSource(item, source);
      if (!source.empty()) sources.push_back(source);
    }
  }

  void Complete(const YamlNode& node, HostConfig& host) {
    const bool github = host.kind == HostKind::kGitHub;
    if (host.web_url.empty()) host.web_url = github ? "https://github.com" : "https://gitlab.com";
    if (host.git_url.empty()) host.git_url = host.web_url;
    if (host.api_url.empty()) {
      if (!github) {
        host.api_url = host.web_url + "/api/v4";
      } else if (host.web_url == "https://github.com") {
        host.api_url = "https://api.github.com";
      } else {
        host.api_url = host.web_url + "/api/v3";  // GitHub Enterprise Server
      }
    }
    const bool app = !host.app_id.empty() || !host.private_key.empty();
    if (app && !github && host.kind == HostKind::kGitLab) {
      reader_.Problem(node, "\"app_id\" and \"private_key\" are GitHub's; GitLab takes a \"token\"");
    } else if (app && (host.app_id.empty() || host.private_key.empty())) {
      reader_.Problem(node, "a GitHub App needs both \"app_id\" and \"private_key\"");
    }
  }

  MapReader& reader_;
};

}  // namespace

void ReadHosts(MapReader& reader, const YamlNode& node, std::vector<HostConfig>& hosts) {
  if (node.kind != YamlNode::Kind::kList || node.items.size() > kMostHosts) {
    reader.Problem(node, "hosts must be a list of at most 20 hosts: \"hosts: [{name: github, kind: github, ...}]\"");
    return;
  }
  HostsReader one(reader);
  for (const YamlNode& item : node.items) {
    HostConfig host = one.Read(item);
    if (!host.name.empty() && std::ranges::find(hosts, host.name, &HostConfig::name) != hosts.end()) {
      reader.Problem(item, absl::StrCat("there are two hosts named \"", host.name, "\""));
    }
    hosts.push_back(std::move(host));
  }
  for (HostConfig& host : hosts) host.alone = hosts.size() == 1;
}

}  // namespace mergegate::config
