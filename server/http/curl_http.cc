#include "server/http/curl_http.h"

#include <curl/curl.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/base/status_macros.h"

namespace mergegate::http {
namespace {

constexpr size_t kMostBytes = 16 << 20;
constexpr int kMostRedirects = 3;
constexpr long kConnectMillis = 5'000;

struct Answer {
  HttpResponse response;
  bool too_large = false;
};

size_t OnBody(char* bytes, size_t, size_t size, void* data) {
  auto* answer = static_cast<Answer*>(data);
  if (answer->response.body.size() + size > kMostBytes) {
    answer->too_large = true;
    return 0;
  }
  answer->response.body.append(bytes, size);
  return size;
}

size_t OnHeader(char* bytes, size_t, size_t size, void* data) {
  auto* answer = static_cast<Answer*>(data);
  const std::string_view line(bytes, size);
  if (line.starts_with("HTTP/")) answer->response.headers.clear();  // of an interim answer
  if (const size_t colon = line.find(':'); colon != std::string_view::npos) {
    const std::string name = absl::AsciiStrToLower(std::string(line.substr(0, colon)));
    answer->response.headers[name] = std::string(absl::StripAsciiWhitespace(std::string(line.substr(colon + 1))));
  }
  return size;
}

std::string Redacted(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    if (!secret.empty()) text = absl::StrReplaceAll(text, {{secret, "***"}});
  }
  return text;
}

}  // namespace

std::string OriginOf(std::string_view url) {
  const std::string text(url);
  const std::unique_ptr<CURLU, void (*)(CURLU*)> parsed(curl_url(), curl_url_cleanup);
  if (curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(), CURLU_DISALLOW_USER) != CURLUE_OK) return "";
  const auto part = [&](CURLUPart which) {
    char* value = nullptr;
    if (curl_url_get(parsed.get(), which, &value, CURLU_DEFAULT_PORT) != CURLUE_OK) return std::string();
    std::string copy = value;
    curl_free(value);
    return absl::AsciiStrToLower(copy);
  };
  const std::string scheme = part(CURLUPART_SCHEME);
  const std::string port = part(CURLUPART_PORT);
  if (scheme != "https" && scheme != "http") return "";
  const bool usual = port == (scheme == "https" ? "443" : "80");
  return absl::StrCat(scheme, "://", part(CURLUPART_HOST), usual ? "" : absl::StrCat(":", port));
}

CurlHttp::CurlHttp(const std::vector<std::string>& places, std::string user_agent)
    : user_agent_(std::move(user_agent)) {
  static const CURLcode initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  static_cast<void>(initialized);
  for (const std::string& place : places) {
    if (std::string origin = OriginOf(place); !origin.empty()) origins_.push_back(std::move(origin));
  }
}

CurlHttp::~CurlHttp() {
  for (void* handle : idle_) curl_easy_cleanup(handle);
}

absl::StatusOr<HttpResponse> CurlHttp::Send(const HttpRequest& request) {
  const std::string origin = OriginOf(request.url);
  if (origin.empty() || std::ranges::find(origins_, origin) == origins_.end()) {
    return absl::PermissionDeniedError(
        absl::StrCat(origin.empty() ? "an address without a host" : origin, " is not in the configuration"));
  }
  std::string url = request.url;
  for (int redirects = 0;; ++redirects) {
    ASSIGN_OR_RETURN(HttpResponse response, SendOnce(request, url));
    const std::string location = response.Header("location");
    const bool moved =
        response.status == 301 || response.status == 302 || response.status == 307 || response.status == 308;
    if (!moved || location.empty()) return response;
    if (location.starts_with('/')) {
      url = origin + location;
    } else if (OriginOf(location) == origin) {
      url = location;
    } else {
      return absl::PermissionDeniedError(absl::StrCat(origin, " sends us to another host, which is not followed"));
    }
    if (redirects == kMostRedirects) return absl::UnavailableError(absl::StrCat(origin, ": too many redirects"));
  }
}

absl::StatusOr<HttpResponse> CurlHttp::SendOnce(const HttpRequest& request, const std::string& url) {
  CURL* handle = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      handle = idle_.back();
      idle_.pop_back();
    }
  }
  if (handle == nullptr) handle = curl_easy_init();
  if (handle == nullptr) return absl::ResourceExhaustedError("no memory for an HTTP connection");

  curl_slist* headers = curl_slist_append(nullptr, "Expect:");  // no waiting for "100 Continue"
  for (const auto& [name, value] : request.headers) {
    headers = curl_slist_append(headers, absl::StrCat(name, ": ", value).c_str());
  }
  Answer answer;
  char problem[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "https,http");
  // On a kept connection that turns out to be dead, libcurl sends the request once more by itself: what is no read
  // might be done twice. Only on a new connection is an answer that is missing told.
  curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, request.method == "GET" ? 0L : 1L);
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, kConnectMillis);
  curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(absl::ToInt64Milliseconds(request.timeout)));
  curl_easy_setopt(handle, CURLOPT_USERAGENT, user_agent_.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");  // whatever it can unpack
  if (!request.body.empty()) {
    curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    curl_easy_setopt(handle, CURLOPT_POSTFIELDS, request.body.data());
  }
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, OnBody);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, OnHeader);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &answer);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, problem);
  const CURLcode code = curl_easy_perform(handle);
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  curl_slist_free_all(headers);
  curl_easy_reset(handle);  // keeps the connections
  {
    std::lock_guard lock(mutex_);
    idle_.push_back(handle);
  }
  const std::string origin = OriginOf(url);
  if (answer.too_large) {
    return absl::ResourceExhaustedError(absl::StrCat(origin, ": the answer is larger than 16 MiB"));
  }
  if (code != CURLE_OK) {
    return absl::UnavailableError(
        absl::StrCat(origin, ": ", Redacted(*problem != '\0' ? problem : curl_easy_strerror(code), request.secrets)));
  }
  answer.response.status = static_cast<int>(status);
  answer.response.body = Redacted(std::move(answer.response.body), request.secrets);
  return std::move(answer.response);
}

}  // namespace mergegate::http
