#include "server/rpc/signal_service.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/rpc/serve.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/signal_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kMostSignals = 10000;
constexpr int kMostKinds = 100;
constexpr absl::Duration kFarthestAhead = absl::Hours(24);

// What people say of themselves and to one another.
bool IsOwnWord(SignalKind kind) {
  return kind == SignalKind::kKudos || kind == SignalKind::kSurveyAnswer || kind == SignalKind::kFeedbackAsked ||
         kind == SignalKind::kFeedbackGiven;
}

// What is nobody else's business.
bool IsPrivate(SignalKind kind) {
  return kind == SignalKind::kCourseEnrolled || kind == SignalKind::kCourseCompleted ||
         kind == SignalKind::kSurveyAnswer || kind == SignalKind::kFeedbackAsked || kind == SignalKind::kFeedbackGiven;
}

v1::SignalOutcome ToProto(storage::SignalOutcome outcome) {
  switch (outcome) {
    case storage::SignalOutcome::kNew:
      return v1::SIGNAL_OUTCOME_NEW;
    case storage::SignalOutcome::kKnown:
      return v1::SIGNAL_OUTCOME_KNOWN;
    case storage::SignalOutcome::kDiffers:
      break;
  }
  return v1::SIGNAL_OUTCOME_REFUSED;
}

absl::Status CheckNow(const Signal& signal, absl::Time now) {
  if (signal.at <= now + kFarthestAhead) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      "at: ", absl::FormatTime(absl::RFC3339_sec, signal.at, absl::UTCTimeZone()), " is more than a day ahead"));
}

}  // namespace

absl::Status MayRecord(const Caller& caller, const Signal& signal) {
  const bool any = AtLeast(caller.role, Role::kLead) || caller.role == Role::kBot;
  if ((signal.source == "mergegate" || signal.source == "git") && (signal.corrects.empty() || !any)) {
    return absl::PermissionDeniedError(
        absl::StrCat("source: \"", signal.source, "\" is the server's own; a lead may correct what it says"));
  }
  if (!any && !(IsOwnWord(signal.kind) && !caller.person.empty() && signal.actor == caller.person)) {
    return absl::PermissionDeniedError(
        "actor: only leads and bots record what others did; you may give kudos, "
        "feedback and answers to surveys as yourself");
  }
  if (caller.projects.empty() || (signal.project.empty() && !any) ||
      (!signal.project.empty() && caller.MaySee(signal.project))) {
    return absl::OkStatus();
  }
  return absl::PermissionDeniedError("project: this token is for other projects");
}

bool MayRead(const Caller& caller, const Person& self, const Signal& signal) {
  const auto is_me = [&](const Handle& handle) {
    return !handle.empty() && std::ranges::find(self.identities, handle) != self.identities.end();
  };
  if (is_me(signal.actor) || is_me(signal.subject)) return true;
  if (IsPrivate(signal.kind)) return false;
  return caller.IsAdmin() || signal.project.empty() || caller.MaySee(signal.project);
}

grpc::Status SignalService::RecordSignals(grpc::ServerContext* context, const v1::RecordSignalsRequest* request,
                                          v1::RecordSignalsResponse* response) {
  // The scope is checked signal by signal: one of another project does not keep the others out.
  return Serve(access_, context, v1::RecordSignalsRequest(), [&](const Caller& caller) -> absl::Status {
    if (request->signals().empty() || request->signals_size() > kMostSignals) {
      return WithDetail(
          absl::InvalidArgumentError(absl::StrCat(request->signals_size(), " signals, wanted are 1 to ", kMostSignals)),
          "FIELD_INVALID", "signals", "send them in parts: what is known already counts once");
    }
    const absl::Time now = parts_.clock.Now();
    std::vector<Signal> good;
    std::vector<int> places;
    for (int i = 0; i < request->signals_size(); ++i) {
      v1::SignalResult& result = *response->add_results();
      absl::StatusOr<Signal> signal = wire::FromProto(request->signals(i));
      absl::Status status = signal.status();
      if (status.ok()) status = CheckNow(*signal, now);
      if (status.ok()) status = MayRecord(caller, *signal);
      if (!status.ok()) {
        result.set_outcome(v1::SIGNAL_OUTCOME_REFUSED);
        result.set_problem(std::string(status.message()));
        continue;
      }
      result.set_outcome(v1::SIGNAL_OUTCOME_NEW);
      good.push_back(*std::move(signal));
      places.push_back(i);
    }
    if (request->dry_run() || good.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const std::vector<storage::SignalOutcome> outcomes,
                     parts_.store.AppendSignals(good, storage::Deed{.by = caller.person, .at = now}));
    for (size_t i = 0; i < good.size(); ++i) {
      v1::SignalResult& result = *response->mutable_results(places[i]);
      result.set_outcome(ToProto(outcomes[i]));
      if (outcomes[i] == storage::SignalOutcome::kDiffers) {
        result.set_problem(absl::StrCat("source_id: another signal is stored under \"", good[i].source_id, "\" of ",
                                        good[i].source,
                                        "; to change it, send one with an id of its own that corrects it"));
      }
    }
    return absl::OkStatus();
  });
}

grpc::Status SignalService::ListSignals(grpc::ServerContext* context, const v1::ListSignalsRequest* request,
                                        v1::ListSignalsResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    storage::SignalQuery query{.object = request->object()};
    if (request->parent() != "projects/-") {
      ASSIGN_OR_RETURN(query.project, wire::ParseProjectName(request->parent()));
    }
    if (!request->person().empty()) {
      ASSIGN_OR_RETURN(query.persons.emplace_back(), wire::ParseHandle(request->person(), "person"));
    }
    if (request->kinds_size() > kMostKinds) return absl::InvalidArgumentError("kinds: more than 100");
    for (const int kind : request->kinds()) query.kinds.push_back(static_cast<SignalKind>(kind));
    if (request->has_since()) query.since = wire::FromTimestamp(request->since());
    if (request->has_until()) query.until = wire::FromTimestamp(request->until());
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    ASSIGN_OR_RETURN(const Person self, parts_.store.ResolvePerson(caller.person));
    ASSIGN_OR_RETURN(const auto page, parts_.store.ListSignals(query, size, request->page_token()));
    bool reads_private = false;
    for (const Signal& signal : page.items) {
      if (!MayRead(caller, self, signal)) continue;
      reads_private |= IsPrivate(signal.kind);
      *response->add_signals() = wire::ToProto(signal);
    }
    if (reads_private) RETURN_IF_ERROR(access_.NoteSpeaking(caller, self, "SignalService.ListSignals"));
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
