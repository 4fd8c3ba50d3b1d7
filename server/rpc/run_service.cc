#include "server/rpc/run_service.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/digest.h"
#include "server/pipeline/judge.h"
#include "server/rpc/serve.h"
#include "server/wire/convert.h"

namespace mergegate::rpc {
namespace {

constexpr size_t kMaxDiffBytes = 16 << 20;
constexpr size_t kMaxCompileCommandsBytes = 64 << 20;
constexpr size_t kMaxReportBytes = 32 << 20;
constexpr size_t kMaxPolicyBytes = 1 << 20;
constexpr size_t kMaxIdBytes = 64;
constexpr int kMaxDeadlineSeconds = 86'400;
constexpr std::chrono::milliseconds kGlance(250);

google::protobuf::Timestamp Timestamp(absl::Time time) {
  return google::protobuf::util::TimeUtil::MillisecondsToTimestamp(absl::ToUnixMillis(time));
}

v1::Run ToProto(const Run& run) {
  v1::Run proto;
  proto.set_name(wire::FormatRunName(run.submission.project, run.id));
  proto.set_change(run.submission.change);
  proto.set_base_commit(run.submission.base.value());
  proto.set_head_commit(run.submission.head.value());
  proto.set_state(static_cast<v1::RunState>(run.state));
  proto.set_attempt(run.attempt);
  *proto.mutable_create_time() = Timestamp(run.created);
  *proto.mutable_deadline() = Timestamp(run.deadline);
  if (run.state == RunState::kDone) *proto.mutable_finish_time() = Timestamp(run.finished);
  proto.set_verdict(static_cast<v1::VerdictState>(run.verdict));
  if (!run.submission.judges_again.empty()) {
    proto.set_judges_again(wire::FormatRunName(run.submission.project, run.submission.judges_again));
  }
  return proto;
}

absl::Status Invalid(std::string_view field, std::string_view problem, std::string_view hint) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", std::string(problem))),
                    "FIELD_INVALID", field, hint);
}

absl::Status CheckSizes(const v1::SubmitChangeRequest& request) {
  if (request.request_id().size() > kMaxIdBytes) return Invalid("request_id", "longer than 64 bytes", "use a UUID");
  if (request.change().size() > 200) return Invalid("change", "longer than 200 bytes", "use a short key like pr-7");
  if (request.diff().diff().size() > kMaxDiffBytes) return Invalid("diff", "over 16 MiB", "push the commits instead");
  if (request.compile_commands().size() > kMaxCompileCommandsBytes) {
    return Invalid("compile_commands", "over 64 MiB", "send only the units of this repository");
  }
  if (request.policy().size() > kMaxPolicyBytes) return Invalid("policy", "over 1 MiB", "");
  for (const v1::ImportedReport& report : request.reports()) {
    if (std::max(report.sarif().size(), report.coverage().size()) > kMaxReportBytes)
      return Invalid("reports", "one is over 32 MiB", "split the report");
    if (!report.coverage().empty() && (!report.sarif().empty() || report.at_base())) {
      return Invalid("reports", "coverage comes alone and about the head", "leave sarif and at_base out");
    }
  }
  if (request.deadline_seconds() < 0 || request.deadline_seconds() > kMaxDeadlineSeconds) {
    return Invalid("deadline_seconds", "must be 0 to 86400", "0 means the server's default");
  }
  return absl::OkStatus();
}

RunId NewRunId() {
  absl::BitGen random;
  return RunId(absl::StrFormat("r-%016x", absl::Uniform<uint64_t>(random)));
}

}  // namespace

absl::StatusOr<Submission> RunService::ReadSubmission(const v1::SubmitChangeRequest& request) {
  RETURN_IF_ERROR(CheckSizes(request));
  Submission submission;
  ASSIGN_OR_RETURN(submission.project, wire::ParseProjectName(request.parent()));
  RETURN_IF_ERROR(parts_.store.GetProject(submission.project).status());
  ASSIGN_OR_RETURN(const auto mirror, parts_.mirrors.Open(submission.project));
  if (request.has_commits()) {
    ASSIGN_OR_RETURN(submission.base, wire::ParseCommitId(request.commits().base(), "commits.base"));
    ASSIGN_OR_RETURN(submission.head, wire::ParseCommitId(request.commits().head(), "commits.head"));
    if (!mirror->HasCommit(submission.head)) {
      return WithDetail(absl::NotFoundError(absl::StrCat("commit ", submission.head.value(), " is not in the mirror")),
                        "HEAD_MISSING", "commits.head", "push it with PushPack, or fetch it with FetchMirror, first");
    }
  } else if (request.has_diff()) {
    ASSIGN_OR_RETURN(submission.base, wire::ParseCommitId(request.diff().base(), "diff.base"));
    absl::StatusOr<CommitId> head = mirror->CommitDiff(submission.base, request.diff().diff());
    if (absl::IsNotFound(head.status())) {
      return WithDetail(head.status(), "BASE_MISSING", "diff.base", "push the base commit with PushPack first");
    }
    if (!head.ok()) return WithDetail(head.status(), "DIFF_REFUSED", "diff.diff", "make it with `git diff BASE`");
    submission.head = *head;
  } else {
    return Invalid("content", "neither commits nor diff is given", "send one of them");
  }
  RETURN_IF_ERROR(mirror->Keep(submission.head));
  if (mirror->HasCommit(submission.base)) RETURN_IF_ERROR(mirror->Keep(submission.base));
  submission.request_id = request.request_id();
  submission.change = request.change().empty() ? submission.head.value() : request.change();
  submission.compile_commands = request.compile_commands();
  for (const v1::ImportedReport& report : request.reports()) {
    const bool coverage = !report.coverage().empty();
    submission.reports.push_back({.name = report.name(),
                                  .text = coverage ? report.coverage() : report.sarif(),
                                  .at_base = report.at_base(),
                                  .kind = coverage ? ReportKind::kCoverage : ReportKind::kSarif});
  }
  submission.policy = request.policy();
  submission.caller_analyzes = request.caller_analyzes();
  if (request.deadline_seconds() > 0) submission.deadline = absl::Seconds(request.deadline_seconds());
  return submission;
}

grpc::Status RunService::SubmitChange(grpc::ServerContext* context, const v1::SubmitChangeRequest* request,
                                      v1::Run* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const Submission submission, ReadSubmission(*request));
    ASSIGN_OR_RETURN(const Run run, parts_.store.SubmitRun(submission, NewRunId(), parts_.clock.Now()));
    if (submission.caller_analyzes) claims_.Claim(run.id, caller.holder);
    submitted_();
    *response = ToProto(run);
    return absl::OkStatus();
  });
}

absl::StatusOr<Run> RunService::FindRun(const std::string& name) {
  ASSIGN_OR_RETURN(const wire::RunName run_name, wire::ParseRunName(name));
  ASSIGN_OR_RETURN(Run run, parts_.store.GetRun(run_name.run));
  if (run.submission.project != run_name.project) return absl::NotFoundError(absl::StrCat(name, " does not exist"));
  return run;
}

grpc::Status RunService::GetRun(grpc::ServerContext* context, const v1::GetRunRequest* request, v1::Run* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Run run, FindRun(request->name()));
    *response = ToProto(run);
    return absl::OkStatus();
  });
}

grpc::Status RunService::ListRuns(grpc::ServerContext* context, const v1::ListRunsRequest* request,
                                  v1::ListRunsResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const ProjectId project, wire::ParseProjectName(request->parent()));
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 50));
    ASSIGN_OR_RETURN(const auto page, parts_.store.ListRuns(project, request->change(), size, request->page_token()));
    for (const Run& run : page.items) *response->add_runs() = ToProto(run);
    response->set_next_page_token(page.next_token);
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::GetVerdictResponse> RunService::ReadVerdict(const std::string& name) {
  ASSIGN_OR_RETURN(const Run run, FindRun(name));
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, parts_.store.GetVerdict(run.id));
  v1::GetVerdictResponse response;
  *response.mutable_run() = ToProto(run);
  if (!response.mutable_verdict()->ParseFromString(record.verdict) ||
      !response.mutable_stats()->ParseFromString(record.stats)) {
    return absl::DataLossError(absl::StrCat("the stored verdict of ", name, " is not readable"));
  }
  return response;
}

absl::Status RunService::Watch(const grpc::ServerContext& context, const std::string& name,
                               grpc::ServerWriter<v1::WatchRunResponse>* writer) {
  int64_t seen = 0;
  std::shared_ptr<const Verdict> told;
  while (!context.IsCancelled()) {
    if (stopping_) return absl::UnavailableError("the server stops; watch again when it is back");
    const int64_t finished = parts_.progress.finished();
    ASSIGN_OR_RETURN(const Run run, FindRun(name));
    v1::WatchRunResponse message;
    if (run.state == RunState::kDone) {
      ASSIGN_OR_RETURN(*message.mutable_result(), ReadVerdict(name));
      writer->Write(message);
      return absl::OkStatus();
    }
    const pipeline::Progress progress = parts_.progress.WaitBeyond(run.id, seen, finished, kGlance);
    if (progress.version <= seen) continue;
    seen = progress.version;
    message.mutable_progress()->set_stage(progress.stage);
    message.mutable_progress()->set_units_done(progress.units_done);
    message.mutable_progress()->set_units_total(progress.units_total);
    message.mutable_progress()->set_units_from_cache(progress.units_from_cache);
    message.mutable_progress()->set_seconds_left(progress.seconds_left);
    if (!writer->Write(message)) break;
    if (progress.preliminary == nullptr || progress.preliminary == told) continue;
    told = progress.preliminary;
    *message.mutable_preliminary() = wire::ToProto(*told);
    if (!writer->Write(message)) break;
  }
  return absl::CancelledError("the watcher went away");
}

grpc::Status RunService::WatchRun(grpc::ServerContext* context, const v1::WatchRunRequest* request,
                                  grpc::ServerWriter<v1::WatchRunResponse>* writer) {
  return Serve(access_, context, *request, [&] { return Watch(*context, request->name(), writer); });
}

grpc::Status RunService::GetVerdict(grpc::ServerContext* context, const v1::GetVerdictRequest* request,
                                    v1::GetVerdictResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(*response, ReadVerdict(request->name()));
    return absl::OkStatus();
  });
}

grpc::Status RunService::ListFindings(grpc::ServerContext* context, const v1::ListFindingsRequest* request,
                                      v1::ListFindingsResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const int size, PageSize(request->page_size(), 100));
    int from = 0;
    const std::string& token = request->page_token();
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), from);
    if (!token.empty() && (error != std::errc() || end != token.data() + token.size() || from < 0)) {
      return Invalid("page_token", "is not one that this server gave", "leave it out for the first page");
    }
    ASSIGN_OR_RETURN(const v1::GetVerdictResponse stored, ReadVerdict(request->parent()));
    int index = 0;
    for (const v1::Finding& finding : stored.verdict().findings()) {
      const auto& states = request->states();
      if (!states.empty() && std::ranges::find(states, finding.state()) == states.end()) continue;
      if (index++ < from) continue;
      if (response->findings_size() == size) {
        response->set_next_page_token(absl::StrCat(from + size));
        break;
      }
      *response->add_findings() = finding;
    }
    return absl::OkStatus();
  });
}

grpc::Status RunService::ReplayVerdict(grpc::ServerContext* context, const v1::ReplayVerdictRequest* request,
                                       v1::ReplayVerdictResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const Run run, FindRun(request->name()));
    ASSIGN_OR_RETURN(const storage::VerdictRecord record, parts_.store.GetVerdict(run.id));
    v1::Facts stored;
    if (!stored.ParseFromString(record.facts)) return absl::DataLossError("the stored facts are not readable");
    ASSIGN_OR_RETURN(const Facts facts, wire::FromProto(stored));
    *response->mutable_verdict() = wire::ToProto(pipeline::Judge(facts));
    const std::string replayed = wire::Serialize(response->verdict());
    response->set_identical(replayed == record.verdict);
    response->set_stored_digest(Sha256Hex(record.verdict));
    response->set_replayed_digest(Sha256Hex(replayed));
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
