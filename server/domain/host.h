// Hosts (GitHub, GitLab) and what of theirs lives here: a project is one repository of one host, a change one of its
// pull or merge requests.
#ifndef MERGEGATE_SERVER_DOMAIN_HOST_H_
#define MERGEGATE_SERVER_DOMAIN_HOST_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/ids.h"

namespace mergegate {

enum class HostKind { kUnspecified = 0, kGitHub = 1, kGitLab = 2 };

// One section of the configuration file: a host as the server talks to it. Secrets are read from the named files (or
// environment variables) when they are needed and never kept in the configuration.
struct HostConfig {
  std::string name;  // in URLs: /hooks/{name}/{installation}
  HostKind kind = HostKind::kUnspecified;
  std::string api_url;      // "https://api.github.com", "https://gitlab.example.org/api/v4"; no trailing slash
  std::string web_url;      // "https://github.com"; links
  std::string git_url;      // what is fetched: git_url + "/" + full name + ".git"
  std::string app_id;       // GitHub App; empty: token_file is used, and statuses instead of check runs
  std::string private_key;  // GitHub App: PEM; "file:PATH" or "env:NAME"
  std::string token;        // "file:PATH" or "env:NAME"
  std::vector<std::string> webhook_secrets;  // "file:PATH" or "env:NAME"; two while one replaces the other
  bool upload_sarif = false;                 // GitHub: findings go to code scanning, too
  bool run_drafts = false;                   // gate drafts too, not only when they are ready for review
  bool alone = true;                         // no other host: a login there is a login here, without "name:" before it
};

// A repository of a host. Its number there is the key: names change.
struct HostProject {
  ProjectId project;
  std::string host;          // HostConfig::name
  std::string repository;    // number there, in decimal
  std::string full_name;     // "acme/widget"; the last one heard of
  std::string installation;  // GitHub: the installation's number; else empty
  std::string default_branch;
  bool operator==(const HostProject&) const = default;
};

enum class HostChangeState { kUnspecified = 0, kOpen = 1, kDraft = 2, kMerged = 3, kClosed = 4 };

// What is known of a pull or merge request. The review (server/domain/review.h) tells of people, this of the place.
struct HostChange {
  ProjectId project;
  std::string change;  // key of the change here: "pr-12", "mr-12", "queue-<12 hex>"
  int64_t number = 0;  // there; 0: an entry of a merge queue
  HostChangeState state = HostChangeState::kUnspecified;
  CommitId head;
  CommitId base;           // tip of the target branch as the host told it
  std::string base_ref;    // "main"
  std::string head_ref;    // "feature"
  bool from_fork = false;  // or from one that is gone
  std::string author;      // login
  std::string title;
  absl::Time updated;      // by the host's clock: an older event never overwrites a newer one
  CommitId previous = {};  // head before the last push, as far as known
  bool operator==(const HostChange&) const = default;
};

// What is known of a change after `told` was heard: `told`, unless it is older than what is `known`. Hosts count in
// seconds and some of their events lag, so a push onto the known head counts as newer, and the head before the last
// push as older, within a minute. Pure.
HostChange Newer(const HostChange& known, HostChange told);

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_HOST_H_
