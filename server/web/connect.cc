#include "server/web/connect.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/base/gzip.h"
#include "server/base/status_macros.h"
#include "server/web/connect_error.h"
#include "server/web/connect_request.h"

namespace mergegate::web {
namespace {

using google::protobuf::Message;
using google::protobuf::MethodDescriptor;

constexpr size_t kMaxMessage = 32 << 20;  // as sent, and decompressed
constexpr size_t kWorthCompressing = 1 << 10;
// Larger ones are decompressed and parsed for callers with a valid token only: that takes many times their memory.
constexpr size_t kForAnybody = 64 << 10;
constexpr size_t kForAnybodyCompressed = 4 << 10;
constexpr absl::Duration kCheckTime = absl::Seconds(10);
constexpr char kWhoAmI[] = "/mergegate.v1.AccessService/WhoAmI";

// What of a request's header goes on to the service.
constexpr std::string_view kPassedOn[] = {"authorization", "mergegate-caller", "mergegate-caller-default"};

std::unique_ptr<Message> NewMessage(const google::protobuf::Descriptor* type) {
  return std::unique_ptr<Message>(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
}

// gRPC takes bytes of the wire; JSON has to be read by the type first.
absl::StatusOr<std::string> ToWire(const ConnectCall& call, const google::protobuf::Descriptor* type) {
  if (call.codec == Codec::kProto) return call.message;
  if (call.message.empty())
    return absl::InvalidArgumentError("the body is empty; a JSON object is wanted, at least {}");
  const std::unique_ptr<Message> message = NewMessage(type);
  const auto read = google::protobuf::util::JsonStringToMessage(call.message, message.get());
  if (!read.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the body is no ", type->full_name(), " in JSON: ", std::string(read.message())));
  }
  return message->SerializeAsString();
}

absl::StatusOr<std::string> FromWire(std::string wire, Codec codec, const google::protobuf::Descriptor* type) {
  if (codec == Codec::kProto) return wire;
  const std::unique_ptr<Message> message = NewMessage(type);
  std::string json;
  if (!message->ParseFromString(wire) || !google::protobuf::util::MessageToJsonString(*message, &json).ok()) {
    return absl::InternalError("the answer cannot be written as JSON; ask for application/proto");
  }
  return json;
}

// gRPC ends the process over metadata that is no printable ASCII.
bool IsMetadata(std::string_view value) {
  return std::ranges::all_of(value, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  if (!buffer.Valid() || !buffer.Dump(&slices).ok()) return "";
  std::string bytes;
  bytes.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return bytes;
}

absl::Status PassOn(const Request& request, grpc::ClientContext& context) {
  for (const std::string_view name : kPassedOn) {
    const std::string_view value = request.headers.Get(name);
    if (value.empty()) continue;
    if (!IsMetadata(value)) {
      return absl::InvalidArgumentError(absl::StrCat(std::string(name), ": printable ASCII is wanted"));
    }
    context.AddMetadata(std::string(name), std::string(value));
  }
  return absl::OkStatus();
}

Response Refused(const grpc::Status& status) {
  return ConnectError(absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message()),
                      status.error_details());
}

bool IsLarge(const Request& request) {
  return request.body.size() > (request.headers.Get("Content-Encoding").empty() ? kForAnybody : kForAnybodyCompressed);
}

bool TakesGzip(const Request& request) {
  return std::string_view(request.headers.Get("Accept-Encoding")).find("gzip") != std::string_view::npos;
}

class Call {
 public:
  Call(std::shared_ptr<grpc::ChannelInterface> channel, const MethodDescriptor& method)
      : channel_(std::move(channel)),
        method_(method),
        path_(absl::StrCat("/", method.service()->full_name(), "/", method.name())) {}

  const std::string& path() const { return path_; }

  Response operator()(const Request& request) const {
    if (request.method == "POST" && !CodecOf(request.headers.Get("Content-Type"))) {
      Response refusal = Problem(415, "calls come as application/json or application/proto");
      refusal.headers.Add("Accept-Post", "application/json, application/proto");
      return refusal;
    }
    if (IsLarge(request)) {
      grpc::ClientContext context;
      context.set_deadline(absl::ToChronoTime(absl::Now() + kCheckTime));
      if (const absl::Status passed = PassOn(request, context); !passed.ok()) return ConnectError(passed);
      grpc::ByteBuffer ignored;
      if (const grpc::Status known = Ask(context, kWhoAmI, "", ignored); !known.ok()) return Refused(known);
    }
    const absl::StatusOr<ConnectCall> call = ReadConnectCall(request, kMaxMessage);
    if (!call.ok()) return ConnectError(call.status());
    const absl::StatusOr<std::string> wire = ToWire(*call, method_.input_type());
    if (!wire.ok()) return ConnectError(wire.status());

    grpc::ClientContext context;
    context.set_deadline(absl::ToChronoTime(absl::Now() + call->timeout));
    if (const absl::Status passed = PassOn(request, context); !passed.ok()) return ConnectError(passed);
    grpc::ByteBuffer answer;
    const grpc::Status status = Ask(context, path_, *wire, answer);
    if (!status.ok()) return Refused(status);
    absl::StatusOr<std::string> body = FromWire(BytesOf(answer), call->codec, method_.output_type());
    if (!body.ok()) return ConnectError(body.status());
    return Answer(request, call->codec, *std::move(body));
  }

 private:
  grpc::Status Ask(grpc::ClientContext& context, const std::string& path, const std::string& wire,
                   grpc::ByteBuffer& answer) const {
    const grpc::Slice slice(wire);
    const grpc::ByteBuffer question(&slice, 1);
    grpc::CompletionQueue queue;
    grpc::GenericStub stub(channel_);
    const auto call = stub.PrepareUnaryCall(&context, path, question, &queue);
    call->StartCall();
    grpc::Status status;
    call->Finish(&answer, &status, nullptr);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return status;
  }

  static Response Answer(const Request& request, Codec codec, std::string body) {
    Response response{.status = 200,
                      .headers = {{"Content-Type", codec == Codec::kJson ? "application/json" : "application/proto"},
                                  {"Vary", "Accept-Encoding"}},
                      .body = std::move(body)};
    if (response.body.size() >= kWorthCompressing && TakesGzip(request)) {
      response.body = Deflate(response.body);
      response.headers.Add("Content-Encoding", "gzip");
    }
    return response;
  }

  std::shared_ptr<grpc::ChannelInterface> channel_;
  const MethodDescriptor& method_;
  const std::string path_;
};

Response RefuseStream(const Request&) {
  return ConnectError(absl::UnimplementedError("this method streams; call it over gRPC, at the address of --listen"));
}

}  // namespace

std::vector<Route> ConnectRoutes(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                 const std::vector<std::string>& services) {
  std::vector<Route> routes;
  for (const std::string& name : services) {
    const auto* const service = google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(name);
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      const auto call = std::make_shared<Call>(channel, method);
      if (method.client_streaming() || method.server_streaming()) {
        routes.push_back({.method = "POST", .pattern = call->path(), .serve = RefuseStream, .max_body = kMaxMessage});
        continue;
      }
      const auto serve = [call](const Request& request) { return (*call)(request); };
      routes.push_back(
          {.method = "POST", .pattern = call->path(), .serve = serve, .max_body = kMaxMessage, .lane = Lane::kCalls});
      if (method.options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS) {
        routes.push_back({.method = "GET", .pattern = call->path(), .serve = serve, .lane = Lane::kCalls});
      }
    }
  }
  return routes;
}

}  // namespace mergegate::web
