#include "server/rpc/server_service.h"

#include "server/rpc/serve.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::rpc {
namespace {

using storage::Intent;

v1::OutboxMessage ToProto(const Intent& intent) {
  static constexpr const char* kKinds[] = {"",          "pending", "overdue", "verdict", "review",
                                           "reviewers", "reply",   "chat",    "message", "sarif"};
  static constexpr const char* kStates[] = {"", "waiting", "leased", "done", "skipped", "dead"};
  v1::OutboxMessage proto;
  proto.set_number(intent.number);
  proto.set_kind(kKinds[static_cast<size_t>(intent.kind)]);
  proto.set_project(wire::ProjectName(intent.project));
  proto.set_change(intent.change);
  proto.set_subject(intent.subject);
  proto.set_state(kStates[static_cast<size_t>(intent.state)]);
  proto.set_failures(intent.failures);
  *proto.mutable_next_time() = wire::ToTimestamp(intent.next);
  *proto.mutable_add_time() = wire::ToTimestamp(intent.added);
  proto.set_note(intent.note);
  return proto;
}

}  // namespace

grpc::Status ServerService::GetMetrics(grpc::ServerContext* context, const v1::GetMetricsRequest* request,
                                       v1::GetMetricsResponse* response) {
  return Serve(access_, context, *request, [&] {
    response->set_text(parts_.metrics.Text());
    return absl::OkStatus();
  });
}

grpc::Status ServerService::ListOutbox(grpc::ServerContext* context, const v1::ListOutboxRequest* request,
                                       v1::ListOutboxResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    ASSIGN_OR_RETURN(const storage::Page<Intent> page,
                     parts_.store.ListIntents(request->dead(), size, request->page_token()));
    for (const Intent& intent : page.items) *response->add_messages() = ToProto(intent);
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

grpc::Status ServerService::RetryOutboxMessage(grpc::ServerContext* context,
                                               const v1::RetryOutboxMessageRequest* request,
                                               v1::RetryOutboxMessageResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    std::vector<int64_t> numbers = {request->number()};
    if (request->number() == 0) {
      numbers.clear();
      std::string token;
      do {
        ASSIGN_OR_RETURN(const storage::Page<Intent> page, parts_.store.ListIntents(/*dead=*/true, 1000, token));
        for (const Intent& intent : page.items) numbers.push_back(intent.number);
        token = page.next_token;
      } while (!token.empty());
    }
    for (const int64_t number : numbers) RETURN_IF_ERROR(parts_.store.ReviveIntent(number, parts_.clock.Now()));
    response->set_retried(static_cast<int64_t>(numbers.size()));
    return absl::OkStatus();
  });
}

grpc::Status ServerService::DropOutboxMessage(grpc::ServerContext* context, const v1::DropOutboxMessageRequest* request,
                                              v1::DropOutboxMessageResponse*) {
  return Serve(access_, context, *request, [&] { return parts_.store.DropIntent(request->number()); });
}

}  // namespace mergegate::rpc
