#include "server/git/fetch.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/git/git_error.h"
#include "server/git/object.h"

namespace mergegate::git {
namespace {

constexpr std::array<std::string_view, 5> kSchemes = {"https", "http", "ssh", "git", "file"};

absl::Status BadUrl(const std::string& url, std::string_view why) {
  return absl::InvalidArgumentError(
      absl::StrCat("cannot fetch from '", url, "': ", std::string(why),
                   "; give an https, http, ssh, git or file URL, user@host:path, or a path"));
}

struct Transfer {
  const MirrorLimits& limits;
  FetchStats stats;
  bool over_limit = false;
  bool asked_before = false;
};

int OnProgress(const git_indexer_progress* progress, void* payload) {
  auto& transfer = *static_cast<Transfer*>(payload);
  transfer.stats.received_objects = progress->received_objects;
  transfer.stats.received_bytes = static_cast<int64_t>(progress->received_bytes);
  transfer.over_limit = transfer.stats.received_bytes > transfer.limits.max_pack_bytes ||
                        progress->total_objects > transfer.limits.max_pack_objects;
  return transfer.over_limit ? GIT_EUSER : 0;
}

// Never prompts: the ssh agent's key, once; anything else is refused.
int OnCredentials(git_credential** out, const char*, const char* user, unsigned allowed, void* payload) {
  auto& transfer = *static_cast<Transfer*>(payload);
  const bool first = !transfer.asked_before;
  transfer.asked_before = true;
  if (first && (allowed & GIT_CREDENTIAL_SSH_KEY)) {
    return git_credential_ssh_key_from_agent(out, user == nullptr ? "git" : user);
  }
  git_error_set_str(GIT_ERROR_NET, "the remote asks for credentials and none are configured");
  return GIT_EAUTH;
}

}  // namespace

absl::Status CheckFetchUrl(const std::string& url) {
  if (url.empty()) return BadUrl(url, "it is empty");
  if (url.front() == '-') return BadUrl(url, "it starts with a dash");
  if (std::ranges::any_of(url, [](unsigned char c) { return c < 0x20 || c == 0x7f; })) {
    return absl::InvalidArgumentError("cannot fetch: the URL contains control characters");
  }
  const size_t scheme_end = url.find("://");
  if (scheme_end != std::string::npos) {
    const std::string scheme = absl::AsciiStrToLower(url.substr(0, scheme_end));
    if (std::ranges::find(kSchemes, scheme) == kSchemes.end()) return BadUrl(url, "its scheme is not allowed");
    return absl::OkStatus();
  }
  if (url.substr(0, url.find('/')).find("::") != std::string::npos) {
    return BadUrl(url, "remote helpers are not allowed");
  }
  return absl::OkStatus();
}

absl::StatusOr<FetchStats> FetchInto(git_repository* repository, const std::string& url,
                                     const std::vector<std::string>& refspecs, const std::string& header,
                                     const MirrorLimits& limits) {
  RETURN_IF_ERROR(CheckFetchUrl(url));
  RemoteHandle remote;
  if (const int code = git_remote_create_anonymous(remote.out(), repository, url.c_str()); code < 0) {
    return GitError(code, "fetch from", url);
  }
  Transfer transfer{.limits = limits, .stats = {}};
  git_fetch_options options = Defaults(git_fetch_options_init, GIT_FETCH_OPTIONS_VERSION);
  options.callbacks.transfer_progress = OnProgress;
  options.callbacks.credentials = OnCredentials;
  options.callbacks.payload = &transfer;
  options.prune = GIT_FETCH_NO_PRUNE;
  options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE;
  options.proxy_opts.type = GIT_PROXY_AUTO;
  std::string own_header = header;  // libgit2 takes mutable strings
  char* headers[] = {own_header.data()};
  if (!header.empty()) {
    options.custom_headers = {.strings = headers, .count = 1};
    options.follow_redirects = GIT_REMOTE_REDIRECT_NONE;
  }

  std::vector<std::string> specs = refspecs;  // libgit2 takes mutable strings
  std::vector<char*> pointers;
  for (std::string& spec : specs) pointers.push_back(spec.data());
  const git_strarray array = {.strings = pointers.data(), .count = pointers.size()};
  const int code = git_remote_fetch(remote.get(), &array, &options, "fetch");
  if (transfer.over_limit) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot fetch from ", url, ": more than ", limits.max_pack_bytes,
                                                     " bytes or ", limits.max_pack_objects, " objects"));
  }
  if (code < 0) {
    const absl::Status status = GitError(code, "fetch from", url);
    // An absent repository at the other end is the remote not answering, whatever libgit2 calls it.
    if (absl::IsNotFound(status) || absl::IsInternal(status)) {
      return absl::UnavailableError(std::string(status.message()));
    }
    return status;
  }
  return transfer.stats;
}

}  // namespace mergegate::git
