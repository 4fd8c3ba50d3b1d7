// Appeals: somebody says that a signal about them is wrong, somebody else answers, and what it touched is told.
#include <spdlog/spdlog.h>

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/pipeline/appeals.h"
#include "server/rpc/growth_service.h"
#include "server/rpc/serve.h"
#include "server/wire/growth_convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/signal_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kPage = 1000;
constexpr size_t kLongestReason = 2000, kLongestContent = 500;
constexpr int kMostCorrections = 6;

absl::Status Invalid(std::string_view field, const std::string& message, std::string_view hint) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", message)), "FIELD_INVALID", field,
                    hint);
}

absl::Status CheckReason(const std::string& reason) {
  if (reason.find_first_not_of(" \t\r\n") == std::string::npos)
    return Invalid("reason", "says nothing", "--reason TEXT");
  return wire::CheckText(reason, "reason", kLongestReason, /*lines=*/true);
}

}  // namespace

absl::StatusOr<std::optional<Signal>> GrowthService::SignalAbout(const Handle& person, std::string_view source,
                                                                 std::string_view source_id) const {
  std::string token;
  do {
    ASSIGN_OR_RETURN(const auto page, parts_.store.ListSignals({.persons = {person}}, kPage, token));
    for (const Signal& signal : page.items) {
      if (signal.source == source && signal.source_id == source_id) return signal;
    }
    token = page.next_token;
  } while (!token.empty());
  return std::nullopt;
}

grpc::Status GrowthService::FileAppeal(grpc::ServerContext* context, const v1::FileAppealRequest* request,
                                       v1::Appeal* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    RETURN_IF_ERROR(CheckReason(request->reason()));
    if (request->retract() != request->corrections().empty() || request->corrections_size() > kMostCorrections) {
      return Invalid("corrections", "say how it should be, or that it should be taken away, one of the two",
                     "--correct value=0, or --retract");
    }
    ASSIGN_OR_RETURN(const Person self, Self(caller, "FileAppeal"));
    ASSIGN_OR_RETURN(const std::optional<Signal> signal, SignalAbout(self.id, request->source(), request->source_id()));
    if (!signal) {
      return WithDetail(absl::NotFoundError("no signal about you has this id, or it counts no longer"), "NO_SIGNAL",
                        "source_id", "mergegate signal list --all --person YOU --ids");
    }
    Appeal appeal{.person = self.id,
                  .source = request->source(),
                  .source_id = request->source_id(),
                  .reason = request->reason(),
                  .retract = request->retract(),
                  .created = parts_.clock.Now()};
    for (const auto& [field, content] : request->corrections()) {
      RETURN_IF_ERROR(wire::CheckText(content, field, kLongestContent, /*lines=*/false));
      appeal.corrections[field] = content;
    }
    RETURN_IF_ERROR(wire::Corrected(*signal, appeal).status());
    ASSIGN_OR_RETURN(const Appeal stored, parts_.store.AddAppeal(appeal, DeedOf(caller)));
    *response = wire::ToProto(stored);
    *response->mutable_signal() = wire::ToProto(*signal);
    return absl::OkStatus();
  });
}

grpc::Status GrowthService::ListAppeals(grpc::ServerContext* context, const v1::ListAppealsRequest* request,
                                        v1::ListAppealsResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    const bool others = !request->own() && AtLeast(caller.role, Role::kLead);
    Handle me;
    std::vector<Appeal> appeals;
    if (others) {
      ASSIGN_OR_RETURN(const Person self, parts_.store.ResolvePerson(caller.person));
      me = self.id;
      ASSIGN_OR_RETURN(appeals, parts_.store.ListAppeals(Handle(), /*waiting_only=*/true));
    } else {
      ASSIGN_OR_RETURN(const Person self, Self(caller, "ListAppeals"));
      me = self.id;
      ASSIGN_OR_RETURN(appeals, parts_.store.ListAppeals(self.id, /*waiting_only=*/false));
    }
    for (Appeal& appeal : appeals) {
      if (appeal.person != me) appeal.effects.clear();
      RETURN_IF_ERROR(pipeline::FinishAppeal(parts_, appeal));
      ASSIGN_OR_RETURN(std::optional<Signal> signal, SignalAbout(appeal.person, appeal.source, appeal.source_id));
      if (!signal) signal = Signal{.source = appeal.source, .source_id = appeal.source_id};
      if (others && !caller.projects.empty() && !caller.MaySee(signal->project)) continue;
      signal->text.clear();
      v1::Appeal& shown = *response->add_appeals();
      shown = wire::ToProto(appeal);
      *shown.mutable_signal() = wire::ToProto(*signal);
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<std::optional<Signal>> GrowthService::Accept(const Caller& caller, Appeal& appeal) const {
  ASSIGN_OR_RETURN(const std::optional<Signal> signal, SignalAbout(appeal.person, appeal.source, appeal.source_id));
  if (!signal) return std::nullopt;  // corrected meanwhile: there is nothing left to move
  if (!caller.projects.empty() && !caller.MaySee(signal->project)) {
    return absl::PermissionDeniedError("the signal is of a project that this token is not for");
  }
  const std::set<ProjectId> projects =
      signal->project.empty() ? std::set<ProjectId>() : std::set<ProjectId>{signal->project};
  ASSIGN_OR_RETURN(appeal.effects, pipeline::StandingOf(parts_, appeal, projects));
  return wire::Corrected(*signal, appeal);
}

grpc::Status GrowthService::AnswerAppeal(grpc::ServerContext* context, const v1::AnswerAppealRequest* request,
                                         v1::Appeal* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    RETURN_IF_ERROR(CheckReason(request->reason()));
    ASSIGN_OR_RETURN(const Handle by, NamedPerson(caller));
    ASSIGN_OR_RETURN(Appeal appeal, parts_.store.GetAppeal(request->number()));
    for (const Handle& one : {by, caller.holder}) {
      if (one.empty()) continue;
      ASSIGN_OR_RETURN(const Person answering, parts_.store.ResolvePerson(one));
      if (answering.id == appeal.person) {
        return WithDetail(absl::PermissionDeniedError("that is your own appeal"), "OWN_APPEAL", "number",
                          "another lead or administrator answers it");
      }
    }
    if (appeal.state != AppealState::kWaiting) {
      return absl::FailedPreconditionError(absl::StrCat("appeal ", appeal.number, " is answered already"));
    }
    appeal.state = request->accept() ? AppealState::kAccepted : AppealState::kRejected;
    appeal.answered_by = by;
    appeal.answer = request->reason();
    appeal.answered = parts_.clock.Now();
    std::optional<Signal> correction;
    if (request->accept()) {
      ASSIGN_OR_RETURN(correction, Accept(caller, appeal));
    }
    RETURN_IF_ERROR(parts_.store.AnswerAppeal(appeal, DeedOf(caller), correction));
    // It is answered; should this fail, it is done when the appeal is next looked at.
    if (const absl::Status status = pipeline::FinishAppeal(parts_, appeal); !status.ok()) {
      spdlog::warn("what appeal {} moved: {}", appeal.number, status.ToString());
    }
    // What it changed is the person's own.
    appeal.effects.clear();
    *response = wire::ToProto(appeal);
    response->mutable_signal()->set_source(appeal.source);
    response->mutable_signal()->set_source_id(appeal.source_id);
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
