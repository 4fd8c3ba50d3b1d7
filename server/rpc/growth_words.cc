// What people say to one another: feedback and kudos, as signals.
#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/base/secret.h"
#include "server/pipeline/appraisals.h"
#include "server/rpc/growth_service.h"
#include "server/rpc/serve.h"
#include "server/wire/growth_convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/signal_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kMostAsked = 20;
constexpr size_t kLongestQuestion = 1000, kLongestFeedback = 4000;

absl::Status Invalid(std::string_view field, const std::string& message) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", message)), "FIELD_INVALID", field,
                    "");
}

absl::Status CheckWords(const std::string& text, std::string_view field, size_t limit) {
  if (text.find_first_not_of(" \t\r\n") == std::string::npos) return Invalid(field, "says nothing");
  return wire::CheckText(text, field, limit, /*lines=*/true);
}

// From one person to another, now. Ids hold nobody's name.
absl::StatusOr<Signal> WordsTo(storage::Store& store, const Person& self, const std::string& to, std::string_view field,
                               SignalKind kind, const std::string& text, absl::Time now) {
  ASSIGN_OR_RETURN(const Handle handle, wire::ParseHandle(to, field));
  ASSIGN_OR_RETURN(const Person other, store.ResolvePerson(handle));
  if (other.id == self.id) return Invalid(field, "is you");
  if (other.bot) return Invalid(field, absl::StrCat(handle.value(), " is a bot"));
  return Signal{.kind = kind,
                .actor = self.id,
                .subject = other.id,
                .text = text,
                .at = now,
                .source = "mergegate",
                .source_id = absl::StrCat("words/", RandomHex(16))};
}

}  // namespace

absl::Status GrowthService::Say(const Signal& signal, v1::Feedback& response) const {
  RETURN_IF_ERROR(parts_.store.AppendSignals(std::vector<Signal>{signal}).status());
  response = wire::FeedbackOf(signal);
  return absl::OkStatus();
}

grpc::Status GrowthService::AskFeedback(grpc::ServerContext* context, const v1::AskFeedbackRequest* request,
                                        v1::AskFeedbackResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    if (request->from().empty() || request->from_size() > kMostAsked) {
      return Invalid("from", absl::StrCat("name 1 to ", kMostAsked, " people"));
    }
    RETURN_IF_ERROR(wire::CheckText(request->about(), "about", kLongestQuestion, /*lines=*/true));
    ASSIGN_OR_RETURN(const Person self, Self(caller, "AskFeedback"));
    std::vector<Signal> questions;
    for (const std::string& from : request->from()) {
      ASSIGN_OR_RETURN(questions.emplace_back(), WordsTo(parts_.store, self, from, "from", SignalKind::kFeedbackAsked,
                                                         request->about(), parts_.clock.Now()));
    }
    RETURN_IF_ERROR(parts_.store.AppendSignals(questions).status());
    for (const Signal& question : questions) *response->add_asked() = wire::FeedbackOf(question);
    return absl::OkStatus();
  });
}

grpc::Status GrowthService::GiveFeedback(grpc::ServerContext* context, const v1::GiveFeedbackRequest* request,
                                         v1::Feedback* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    RETURN_IF_ERROR(CheckWords(request->text(), "text", kLongestFeedback));
    ASSIGN_OR_RETURN(const Person self, Self(caller, "GiveFeedback"));
    ASSIGN_OR_RETURN(const Signal words, WordsTo(parts_.store, self, request->about(), "about",
                                                 SignalKind::kFeedbackGiven, request->text(), parts_.clock.Now()));
    return Say(words, *response);
  });
}

grpc::Status GrowthService::ListFeedback(grpc::ServerContext* context, const v1::ListFeedbackRequest* request,
                                         v1::ListFeedbackResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Person self, Self(caller, "ListFeedback"));
    ASSIGN_OR_RETURN(
        std::vector<Signal> words,
        pipeline::HumanSignals(
            parts_.store, {.persons = {self.id}, .kinds = {SignalKind::kFeedbackAsked, SignalKind::kFeedbackGiven}}));
    std::map<Handle, absl::Time> answered;  // whom the caller told something, and when last
    for (const Signal& word : words) {
      if (word.kind == SignalKind::kFeedbackGiven && word.actor == self.id) answered[word.subject] = word.at;
    }
    std::ranges::reverse(words);
    for (const Signal& word : words) {
      if (word.kind == SignalKind::kFeedbackGiven) {
        *(word.actor == self.id ? response->add_given() : response->add_received()) = wire::FeedbackOf(word);
      } else if (word.subject == self.id) {
        const auto answer = answered.find(word.actor);
        if (answer == answered.end() || answer->second < word.at) {
          *response->add_asked_of_me() = wire::FeedbackOf(word);
        }
      }
    }
    return absl::OkStatus();
  });
}

grpc::Status GrowthService::GiveKudos(grpc::ServerContext* context, const v1::GiveKudosRequest* request,
                                      v1::Feedback* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    RETURN_IF_ERROR(CheckWords(request->text(), "text", kLongestQuestion));
    ASSIGN_OR_RETURN(const Person self, Self(caller, "GiveKudos"));
    ASSIGN_OR_RETURN(Signal thanks, WordsTo(parts_.store, self, request->to(), "to", SignalKind::kKudos,
                                            request->text(), parts_.clock.Now()));
    if (!request->review().empty()) {
      ASSIGN_OR_RETURN(const wire::ReviewName review, wire::ParseReviewName(request->review()));
      RETURN_IF_ERROR(parts_.store.GetReview(review.project, review.change).status());
      thanks.project = review.project;
      thanks.object = review.change;
    }
    return Say(thanks, *response);
  });
}

}  // namespace mergegate::rpc
