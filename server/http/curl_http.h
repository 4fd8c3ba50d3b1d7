// Http over libcurl. It talks to the places it is given and to no others.
//
//   CurlHttp http({"https://api.github.com", "https://hooks.slack.com"}, "mergegate/0.1");
//
// TLS certificates are checked; redirects are followed within their origin only (a renamed repository), three times at
// most; answers end at 16 MiB. Proxies are those of the environment.
//
// Thread safety: all methods may be called from any thread.
#ifndef MERGEGATE_SERVER_HTTP_CURL_HTTP_H_
#define MERGEGATE_SERVER_HTTP_CURL_HTTP_H_

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/http.h"

namespace mergegate::http {

// "https://api.github.com" of "https://api.github.com/repos/a/b"; empty when it is no http or https URL, or names a
// user.
std::string OriginOf(std::string_view url);

class CurlHttp final : public Http {
 public:
  // `places`: URLs whose origins are allowed.
  CurlHttp(const std::vector<std::string>& places, std::string user_agent);
  ~CurlHttp() override;
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) override;

 private:
  absl::StatusOr<HttpResponse> SendOnce(const HttpRequest& request, const std::string& url);

  std::vector<std::string> origins_;
  const std::string user_agent_;
  std::mutex mutex_;
  std::vector<void*> idle_;  // CURL handles: each keeps its connections
};

}  // namespace mergegate::http

#endif  // MERGEGATE_SERVER_HTTP_CURL_HTTP_H_
