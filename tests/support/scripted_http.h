// An Http that answers as a test says, and remembers what was asked.
//
//   ScriptedHttp http;
//   http.On("POST", "/repos/a/b/check-runs", {201, R"({"id": 7})"});       // the next such request; then the next row
//   EXPECT_THAT(http.Asked(), ElementsAre("POST /repos/a/b/check-runs"));
//
// Thread safety: none.
#ifndef MERGEGATE_TESTS_SUPPORT_SCRIPTED_HTTP_H_
#define MERGEGATE_TESTS_SUPPORT_SCRIPTED_HTTP_H_

#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/base/http.h"

namespace mergegate::testing {

class ScriptedHttp final : public Http {
 public:
  struct Scripted {
    int status = 200;
    std::string body = {};
    std::map<std::string, std::string> headers = {};
  };

  explicit ScriptedHttp(std::string api = "https://host.example/api") : api_(std::move(api)) {}

  // Answers of one request come in the order in which they were given; the last one stays.
  void On(const std::string& method, const std::string& path, Scripted answer) {
    answers_[absl::StrCat(method, " ", path)].push_back(std::move(answer));
  }
  // The next such request gets no answer at all.
  void NoAnswer(const std::string& method, const std::string& path) { On(method, path, {.status = 0}); }

  absl::StatusOr<HttpResponse> Send(const HttpRequest& request) override {
    const std::string path = request.url.starts_with(api_) ? request.url.substr(api_.size()) : request.url;
    requests_.push_back(request);
    asked_.push_back(absl::StrCat(request.method, " ", path));
    auto found = answers_.find(asked_.back());
    if (found == answers_.end()) return HttpResponse{.status = 404, .body = R"({"message":"Not Found"})"};
    const Scripted answer = found->second.front();
    if (found->second.size() > 1) found->second.pop_front();
    if (answer.status == 0) return absl::UnavailableError("https://host.example: Operation timed out");
    return HttpResponse{.status = answer.status, .headers = answer.headers, .body = answer.body};
  }

  const std::vector<std::string>& Asked() const { return asked_; }
  const std::vector<HttpRequest>& Requests() const { return requests_; }
  // Bodies of the requests of one kind, in order.
  std::vector<nlohmann::json> Bodies(const std::string& asked) const {
    std::vector<nlohmann::json> bodies;
    for (size_t i = 0; i < asked_.size(); ++i) {
      if (asked_[i] == asked) bodies.push_back(nlohmann::json::parse(requests_[i].body, nullptr, false));
    }
    return bodies;
  }
  void Forget() {
    asked_.clear();
    requests_.clear();
  }

 private:
  const std::string api_;
  std::map<std::string, std::deque<Scripted>> answers_;
  std::vector<std::string> asked_;
  std::vector<HttpRequest> requests_;
};

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_SCRIPTED_HTTP_H_
