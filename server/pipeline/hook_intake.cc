#include "server/pipeline/hook_intake.h"

#include <spdlog/spdlog.h>

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "server/base/digest.h"
#include "server/base/secret_source.h"
#include "server/base/status_macros.h"
#include "server/hosts/event.h"
#include "server/hosts/hook_body.h"

namespace mergegate::pipeline {
namespace {

constexpr size_t kMaxBatch = 256;
constexpr size_t kMaxWord = 200;

// One line of a header or path, as it may be kept and logged.
std::string Word(std::string_view text) {
  std::string word(text.substr(0, kMaxWord));
  std::erase_if(word, [](char c) { return !absl::ascii_isprint(static_cast<unsigned char>(c)); });
  return word;
}

// Under which the host delivers the same again. Older GitLabs give none: then it is the body's.
std::string IdOf(HostKind kind, const hosts::Headers& headers, std::string_view body) {
  static constexpr std::string_view kGitHubNames[] = {"x-github-delivery"};
  static constexpr std::string_view kGitLabNames[] = {"idempotency-key", "webhook-id"};
  const auto names = kind == HostKind::kGitHub ? absl::Span<const std::string_view>(kGitHubNames)
                                               : absl::Span<const std::string_view>(kGitLabNames);
  for (const std::string_view name : names) {
    if (const std::string_view id = headers(name); !id.empty() && id.size() <= kMaxWord) return Word(id);
  }
  return absl::StrCat("sha256-", Sha256Hex(body));
}

absl::StatusOr<std::vector<std::string>> SecretsOf(const HostConfig& host) {
  std::vector<std::string> secrets;
  absl::Status missing;
  for (const std::string& source : host.webhook_secrets) {
    absl::StatusOr<std::string> secret = ReadSecret(source);
    if (secret.ok()) {
      secrets.push_back(*std::move(secret));
    } else {
      missing = secret.status();
    }
  }
  if (secrets.empty() && !missing.ok()) return missing;
  return secrets;
}

std::string_view Label(HookAnswer answer) {
  switch (answer) {
    case HookAnswer::kKept:
      return "kept";
    case HookAnswer::kKnown:
      return "known";
    case HookAnswer::kRefused:
      return "refused";
    case HookAnswer::kFailed:
      return "failed";
    default:
      return "unreadable";
  }
}

HookAnswer AnswerOf(const absl::Status& status) {
  if (absl::IsUnauthenticated(status)) return HookAnswer::kRefused;
  if (absl::IsInvalidArgument(status)) return HookAnswer::kUnreadable;
  if (absl::IsResourceExhausted(status)) return HookAnswer::kTooLarge;
  return HookAnswer::kFailed;
}

}  // namespace

absl::StatusOr<Delivery> HookIntake::Read(const HookCall& call) const {
  const HostConfig* host = inbound_.Find(call.host);
  if (host == nullptr) return absl::UnauthenticatedError("no such host is configured");
  if (call.body.size() > hosts::kMaxHookBytes) return absl::ResourceExhaustedError("the body is too large");
  const absl::StatusOr<std::vector<std::string>> secrets = SecretsOf(*host);
  if (!secrets.ok()) return absl::UnavailableError(std::string(secrets.status().message()));
  RETURN_IF_ERROR(hosts::CheckSignature(host->kind, call.headers, call.body, *secrets, inbound_.parts.clock.Now()));
  Delivery delivery{.host = host->name, .installation = Word(call.installation)};
  ASSIGN_OR_RETURN(delivery.body,
                   hosts::JsonOfBody(call.body, call.headers("content-type"), call.headers("content-encoding")));
  delivery.id = IdOf(host->kind, call.headers, call.body);
  delivery.event = Word(call.headers(host->kind == HostKind::kGitHub ? "x-github-event" : "x-gitlab-event"));
  ASSIGN_OR_RETURN(const HostEvent event, hosts::ReadEvent(host->kind, delivery.event, delivery.body));
  delivery.lane = absl::StrCat(host->name, "/", hosts::LaneOf(event));
  return delivery;
}

// Whoever comes while nobody writes, writes for all who have come; the others wait for it.
absl::StatusOr<bool> HookIntake::Keep(Delivery delivery) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return next_->deliveries.size() < kMaxBatch; });
  const std::shared_ptr<Batch> mine = next_;
  const size_t place = mine->deliveries.size();
  mine->deliveries.push_back(std::move(delivery));
  changed_.wait(lock, [&] { return mine->done || !writing_; });
  if (!mine->done) {
    writing_ = true;
    next_ = std::make_shared<Batch>();
    lock.unlock();
    absl::StatusOr<std::vector<bool>> waits =
        inbound_.parts.store.AddDeliveries(mine->deliveries, inbound_.parts.clock.Now());
    lock.lock();
    mine->waits = std::move(waits);
    mine->done = true;
    writing_ = false;
    changed_.notify_all();
  }
  RETURN_IF_ERROR(mine->waits.status());
  return static_cast<bool>((*mine->waits)[place]);
}

HookAnswer HookIntake::Take(const HookCall& call) {
  HookAnswer answer = HookAnswer::kKnown;
  absl::StatusOr<Delivery> delivery = Read(call);
  absl::Status status = delivery.status();
  if (status.ok()) {
    const absl::StatusOr<bool> fresh = Keep(*std::move(delivery));
    if (!fresh.ok()) status = absl::InternalError(fresh.status().ToString());
    if (fresh.ok() && *fresh) {
      answer = HookAnswer::kKept;
      kept_();
    }
  }
  if (!status.ok()) {
    answer = AnswerOf(status);
    spdlog::warn("hook of {}: {}", Word(call.host), status.ToString());
  }
  inbound_.parts.metrics.Count(Counter::kHooks, Label(answer));
  return answer;
}

}  // namespace mergegate::pipeline
