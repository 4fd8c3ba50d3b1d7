#include "server/hosts/host_api.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/retry_at.h"
#include "server/base/status_macros.h"

namespace mergegate::hosts {
namespace {

using nlohmann::json;

constexpr size_t kMostSaid = 500;
// What GitHub asks for where a secondary limit names no time.
constexpr absl::Duration kSecondaryPause = absl::Minutes(1);

// What the host said, in a line.
std::string Said(const HttpResponse& response) {
  const json body = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  std::string text;
  const auto add = [&text](const json& part) {
    if (part.is_null() || part.empty()) return;
    absl::StrAppend(&text, text.empty() ? "" : "; ",
                    part.is_string() ? part.get<std::string>() : part.dump(-1, ' ', true));
  };
  if (body.is_object()) {
    for (const char* key : {"message", "error", "error_description", "errors"}) {
      if (body.contains(key)) add(body[key]);
    }
  }
  if (text.empty()) text = response.body;
  if (text.size() > kMostSaid) text = text.substr(0, kMostSaid) + "...";
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = ' ';
  }
  return text;
}

// When to come again by the headers of an answer.
std::optional<absl::Time> When(const HttpResponse& response, absl::Time now) {
  double seconds = 0;
  if (const std::string after = response.Header("retry-after"); !after.empty()) {
    if (absl::SimpleAtod(after, &seconds) && seconds >= 0) return now + absl::Seconds(std::min(seconds, 86400.0));
    absl::Time moment;
    if (absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", after, &moment, nullptr)) return moment;
  }
  int64_t reset = 0;
  for (const char* name : {"x-ratelimit-reset", "ratelimit-reset"}) {
    if (absl::SimpleAtoi(response.Header(name), &reset)) return absl::FromUnixSeconds(reset) + absl::Seconds(1);
  }
  return std::nullopt;
}

bool IsLimit(const HttpResponse& response) {
  if (response.status == 429) return true;
  if (response.status != 403) return false;
  const std::string said = absl::AsciiStrToLower(response.body);
  return response.Header("x-ratelimit-remaining") == "0" || !response.Header("retry-after").empty() ||
         absl::StrContains(said, "secondary rate limit") || absl::StrContains(said, "abuse detection");
}

absl::StatusCode CodeOf(int status) {
  if (status == 401) return absl::StatusCode::kUnauthenticated;
  if (status == 403) return absl::StatusCode::kPermissionDenied;
  if (status == 404 || status == 410) return absl::StatusCode::kNotFound;
  if (status == 409) return absl::StatusCode::kAborted;
  if (status == 408 || status == 425 || status >= 500) return absl::StatusCode::kUnavailable;
  return absl::StatusCode::kInvalidArgument;
}

// The URL of the next page.
std::string NextPage(const std::string& link) {
  for (size_t from = 0; from < link.size();) {
    const size_t open = link.find('<', from), close = link.find('>', from);
    if (open == std::string::npos || close == std::string::npos || close < open) return "";
    const size_t end = std::min(link.find(',', close), link.size());
    if (absl::StrContains(link.substr(close, end - close), "rel=\"next\""))
      return link.substr(open + 1, close - open - 1);
    from = end + 1;
  }
  return "";
}

}  // namespace

absl::Status ErrorOf(const HttpResponse& response, std::string_view what, absl::Time now) {
  if (response.status >= 200 && response.status < 300) return absl::OkStatus();
  const std::string message = absl::StrCat(std::string(what), ": ", response.status, " ", Said(response));
  if (!IsLimit(response)) return absl::Status(CodeOf(response.status), message);
  const absl::Time when = When(response, now).value_or(now + kSecondaryPause);
  return WithRetryAt(absl::ResourceExhaustedError(message), std::max(when, now + absl::Seconds(1)));
}

std::string EscapePath(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~') {
      escaped += c;
    } else {
      absl::StrAppendFormat(&escaped, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return escaped;
}

absl::StatusOr<HostAnswer> HostApi::Call(std::string_view method, std::string_view path, const json& body,
                                         const CallAs& as) {
  for (int attempt = 1;; ++attempt) {
    ASSIGN_OR_RETURN(const Credential credential,
                     as.app ? access_.ForApp() : access_.ForRepository(as.installation, as.repository));
    absl::StatusOr<HostAnswer> answer = Try(method, path, body, credential);
    if (!absl::IsUnauthenticated(answer.status()) || attempt == 2 || !access_.Refused(credential)) return answer;
  }
}

absl::StatusOr<HostAnswer> HostApi::Try(std::string_view method, std::string_view path, const json& body,
                                        const Credential& credential) {
  const bool whole = path.starts_with("https://") || path.starts_with("http://");
  HttpRequest request{.method = std::string(method),
                      .url = whole ? std::string(path) : absl::StrCat(config_.api_url, std::string(path)),
                      .headers = {{credential.header, credential.value}},
                      .secrets = {credential.secret}};
  if (config_.kind == HostKind::kGitHub) {
    request.headers.push_back({"Accept", "application/vnd.github+json"});
    request.headers.push_back({"X-GitHub-Api-Version", "2022-11-28"});
  } else {
    request.headers.push_back({"Accept", "application/json"});
  }
  if (!body.is_null()) {
    request.headers.push_back({"Content-Type", "application/json"});
    request.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  }
  ASSIGN_OR_RETURN(HttpResponse response, http_.Send(request));
  const size_t query = path.find('?');
  const std::string what = absl::StrCat(std::string(method), " ", std::string(path.substr(0, query)));
  RETURN_IF_ERROR(ErrorOf(response, what, clock_.Now()));
  HostAnswer answer{.status = response.status, .json = nullptr, .headers = std::move(response.headers)};
  if (!response.body.empty()) {
    answer.json = json::parse(response.body, nullptr, /*allow_exceptions=*/false);
    if (answer.json.is_discarded()) {
      return absl::UnavailableError(absl::StrCat(what, ": ", response.status, " with an answer that is no JSON"));
    }
  }
  return answer;
}

absl::StatusOr<json> HostApi::List(std::string_view path, std::string_view key, const CallAs& as, int pages) {
  json all = json::array();
  std::string next(path);
  for (int page = 0; page < pages && !next.empty(); ++page) {
    ASSIGN_OR_RETURN(HostAnswer answer, Call("GET", next, nullptr, as));
    if (!key.empty() && answer.json.is_object()) answer.json = answer.json.value(std::string(key), json::array());
    if (!answer.json.is_array()) return absl::UnavailableError(absl::StrCat("GET ", next, ": the answer is no list"));
    for (json& item : answer.json) all.push_back(std::move(item));
    const auto link = answer.headers.find("link");
    next = link == answer.headers.end() ? "" : NextPage(link->second);
    // Our token goes to the configured place only, wherever the host says the next page is.
    if (!next.empty() && !next.starts_with(config_.api_url + "/")) {
      return absl::UnavailableError(
          absl::StrCat("GET ", std::string(path), ": the next page is not under ", config_.api_url));
    }
  }
  return all;
}

}  // namespace mergegate::hosts
