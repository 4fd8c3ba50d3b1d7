#include "server/rpc/score_service.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/rpc/serve.h"
#include "server/scoring/compose.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"
#include "server/wire/score_convert.h"

namespace mergegate::rpc {
namespace {

constexpr int kMostPoints = 600;
constexpr absl::Duration kDay = absl::Hours(24);

absl::Status Invalid(std::string_view field, const std::string& message, std::string_view hint) {
  return WithDetail(absl::InvalidArgumentError(absl::StrCat(std::string(field), ": ", message)), "FIELD_INVALID", field,
                    hint);
}

std::string NameOf(const scoring::Scope& scope) {
  switch (scope.kind) {
    case scoring::ScopeKind::kTeam:
      return "teams/" + scope.id;
    case scoring::ScopeKind::kPerson:
      return "people/" + scope.id;
    default:
      return "projects/" + scope.id;
  }
}

absl::Status CheckSubIndex(const std::string& name, int value, int highest, std::string_view field) {
  if (value < 0 || value > highest) {
    return Invalid(field, absl::StrCat(value, " for ", name, " is not in 0 to ", highest), "");
  }
  const auto rows = scoring::SubIndices();
  if (std::ranges::find(rows, name, &scoring::SubIndexRow::name) != rows.end()) return absl::OkStatus();
  return Invalid(field, absl::StrCat("there is no sub-index \"", name, "\""), "mergegate score lists them");
}

absl::StatusOr<MetricKind> MetricNamed(const std::string& letter) {
  for (const MetricKind kind : kMetricKinds) {
    if (Letter(kind) == letter) return kind;
  }
  return Invalid("what_if.weights", absl::StrCat("there is no metric \"", letter, "\""), "E, Q, T, K and C are");
}

// The formula with the source's weights, whatever is in force.
std::optional<Ranged> BySourceWeights(const CompositeScore& score) {
  std::vector<MetricFact> facts;
  for (const MetricScore& metric : score.metrics) {
    facts.push_back({metric.kind, metric.missing.empty() ? std::optional(metric.score) : std::nullopt});
  }
  return scoring::MOf(facts, kSourceWeights);
}

}  // namespace

absl::StatusOr<pipeline::ScoreBoard*> ScoreService::Board() const {
  if (parts_.scores != nullptr) return parts_.scores;
  return absl::UnimplementedError("this server lives for one change and keeps no scores; ask one that stays");
}

absl::StatusOr<scoring::Scope> ScoreService::ScopeOf(const Caller& caller, const std::string& name) const {
  const std::string id = name.substr(std::min(name.find('/'), name.size() - 1) + 1);
  if (name.starts_with("projects/")) {
    ASSIGN_OR_RETURN(const ProjectId project, wire::ParseProjectName(name));
    return scoring::Scope{scoring::ScopeKind::kProject, project.value()};
  }
  if (name.starts_with("teams/") && !id.empty()) {
    if (caller.projects.empty()) return scoring::Scope{scoring::ScopeKind::kTeam, id};
    return WithDetail(absl::PermissionDeniedError("a team works in projects that this token is not for"),
                      "PROJECT_NOT_YOURS", "name", "ask an administrator for a token for all projects");
  }
  if (name.starts_with("people/") && !id.empty()) {
    ASSIGN_OR_RETURN(const Handle self, NamedPerson(caller));
    ASSIGN_OR_RETURN(const Person me, parts_.store.ResolvePerson(self));
    RETURN_IF_ERROR(access_.NoteSpeaking(caller, me, "ScoreService.GetScore"));
    if (id == "me") return scoring::Scope{scoring::ScopeKind::kPerson, me.id.value()};
    ASSIGN_OR_RETURN(const Handle meant, wire::ParseHandle(id, "name"));
    ASSIGN_OR_RETURN(const Person person, parts_.store.ResolvePerson(meant));
    if (person.id == me.id) return scoring::Scope{scoring::ScopeKind::kPerson, me.id.value()};
    return WithDetail(absl::PermissionDeniedError("a person's scores are for that person alone"), "NOT_YOURS", "name",
                      "mergegate score me");
  }
  return Invalid("name", absl::StrCat("\"", name, "\" is none"),
                 "projects/{project}, teams/{team}, people/{mail or login} or people/me");
}

absl::StatusOr<pipeline::WhatIf> ScoreService::ReadWhatIf(const scoring::Scope& scope, const v1::WhatIf& proto,
                                                          bool fixed) const {
  pipeline::WhatIf what_if;
  if (fixed) {
    for (const auto& [letter, weight] : proto.weights()) {
      ASSIGN_OR_RETURN(const MetricKind kind, MetricNamed(letter));
      if (weight < 0 || weight > kWholeM) return Invalid("what_if.weights", "must be 0 to 13000", "");
      what_if.weights[kind] = weight;
    }
    for (const auto& [name, weight] : proto.sub_index_weights()) {
      RETURN_IF_ERROR(CheckSubIndex(name, weight, 100, "what_if.sub_index_weights"));
      what_if.sub_index_weights[name] = weight;
    }
    for (const auto& [name, value] : proto.values()) {
      RETURN_IF_ERROR(CheckSubIndex(name, value, kWhole, "what_if.values"));
      what_if.values[name] = value;
    }
  }
  if (proto.run().empty()) {
    if (proto.fixed_findings().empty()) return what_if;
    return Invalid("what_if.fixed_findings", "of which run?", "set what_if.run");
  }
  ASSIGN_OR_RETURN(const wire::RunName name, wire::ParseRunName(proto.run()));
  if (scope.kind != scoring::ScopeKind::kProject || scope.id != name.project.value()) {
    return Invalid("what_if.run", "is of another project than `name`", "");
  }
  ASSIGN_OR_RETURN(const Run run, parts_.store.GetRun(name.run));
  ASSIGN_OR_RETURN(const storage::VerdictRecord record, parts_.store.GetVerdict(name.run));
  ASSIGN_OR_RETURN(Facts facts, wire::ParseFacts(record.facts));
  std::set<std::string> gone(proto.fixed_findings().begin(), proto.fixed_findings().end());
  for (const std::string& fingerprint : gone) {
    if (std::ranges::find(facts.findings, fingerprint, &Finding::fingerprint) == facts.findings.end()) {
      return Invalid("what_if.fixed_findings", absl::StrCat("that run has no finding ", fingerprint),
                     "mergegate findings RUN lists them");
    }
  }
  if (fixed) std::erase_if(facts.findings, [&](const Finding& finding) { return gone.contains(finding.fingerprint); });
  what_if.merge = pipeline::SupposedMergeOf(name.project, run.submission.change, facts);
  return what_if;
}

absl::StatusOr<v1::Score> ScoreService::Score(const scoring::Scope& scope, absl::Time as_of,
                                              const pipeline::WhatIf& what_if) const {
  ASSIGN_OR_RETURN(pipeline::ScoreBoard* const board, Board());
  ASSIGN_OR_RETURN(const CompositeScore score, board->Of(scope, as_of, what_if));
  v1::Score proto = wire::ToProto(score);
  proto.set_name(NameOf(scope));
  if (const std::optional<Ranged> m = BySourceWeights(score)) *proto.mutable_m_by_source_weights() = wire::ToProto(*m);
  return proto;
}

grpc::Status ScoreService::GetScore(grpc::ServerContext* context, const v1::GetScoreRequest* request,
                                    v1::GetScoreResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const scoring::Scope scope, ScopeOf(caller, request->name()));
    const absl::Time as_of = request->has_as_of() ? wire::FromTimestamp(request->as_of()) : parts_.clock.Now();
    if (!request->has_what_if()) {
      ASSIGN_OR_RETURN(*response->mutable_score(), Score(scope, as_of, {}));
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const pipeline::WhatIf what_if, ReadWhatIf(scope, request->what_if(), /*fixed=*/true));
    ASSIGN_OR_RETURN(const pipeline::WhatIf as_it_is, ReadWhatIf(scope, request->what_if(), /*fixed=*/false));
    ASSIGN_OR_RETURN(*response->mutable_score(), Score(scope, as_of, what_if));
    ASSIGN_OR_RETURN(*response->mutable_without(), Score(scope, as_of, as_it_is));
    return absl::OkStatus();
  });
}

grpc::Status ScoreService::GetScoreHistory(grpc::ServerContext* context, const v1::GetScoreHistoryRequest* request,
                                           v1::GetScoreHistoryResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const scoring::Scope scope, ScopeOf(caller, request->name()));
    const absl::Time until = request->has_until() ? wire::FromTimestamp(request->until()) : parts_.clock.Now();
    const absl::Time since = request->has_since() ? wire::FromTimestamp(request->since()) : until - 365 * kDay;
    const int step = request->step_days() == 0 ? 7 : request->step_days();
    if (step < 1 || step > 366) return Invalid("step_days", "must be 1 to 366", "");
    if (since > until) return Invalid("since", "is after until", "");
    if ((until - since) / (step * kDay) >= kMostPoints) {
      return Invalid("step_days", absl::StrCat("more than ", kMostPoints, " points"), "take longer steps");
    }
    std::vector<absl::Time> moments;
    for (absl::Time at = until; at >= since; at -= step * kDay) moments.push_back(at);
    std::ranges::reverse(moments);
    ASSIGN_OR_RETURN(pipeline::ScoreBoard* const board, Board());
    ASSIGN_OR_RETURN(const std::vector<CompositeScore> scores, board->History(scope, moments));
    for (const CompositeScore& score : scores) {
      v1::ScorePoint& point = *response->add_points();
      *point.mutable_as_of() = wire::ToTimestamp(score.as_of);
      if (score.missing.empty()) *point.mutable_m() = wire::ToProto(score.m);
      point.set_weights_version(score.weights_version);
      for (const MetricScore& metric : score.metrics) {
        *point.add_metrics() =
            wire::ToProto(MetricFact{metric.kind, metric.missing.empty() ? std::optional(metric.score) : std::nullopt});
      }
    }
    return absl::OkStatus();
  });
}

grpc::Status ScoreService::ListWeights(grpc::ServerContext* context, const v1::ListWeightsRequest* request,
                                       v1::ListWeightsResponse* response) {
  return Serve(access_, context, *request, [&]() -> absl::Status {
    ASSIGN_OR_RETURN(const ProjectId project, wire::ParseProjectName(request->parent()));
    ASSIGN_OR_RETURN(pipeline::ScoreBoard* const board, Board());
    ASSIGN_OR_RETURN(const pipeline::ProjectWeights weights, board->WeightsOf(project));
    for (const WeightVersion& version : weights.versions) *response->add_versions() = wire::ToProto(project, version);
    response->mutable_policy_weights()->Assign(weights.policy.begin(), weights.policy.end());
    response->mutable_source_weights()->Assign(kSourceWeights.begin(), kSourceWeights.end());
    response->set_in_force(weights.in_force.number);
    return absl::OkStatus();
  });
}

grpc::Status ScoreService::ApproveWeights(grpc::ServerContext* context, const v1::ApproveWeightsRequest* request,
                                          v1::ApproveWeightsResponse* response) {
  return Serve(access_, context, *request, [&](const Caller& caller) -> absl::Status {
    ASSIGN_OR_RETURN(const wire::WeightsName name, wire::ParseWeightsName(request->name()));
    ASSIGN_OR_RETURN(const Handle by, NamedPerson(caller));
    ASSIGN_OR_RETURN(const WeightVersion version, parts_.store.ApproveWeights(name.project, name.number, by));
    RETURN_IF_ERROR(
        parts_.store
            .AppendAudit(
                {.at = parts_.clock.Now(), .actor = by, .action = "weights.approved", .object = request->name()})
            .status());
    *response->mutable_version() = wire::ToProto(name.project, version);
    return absl::OkStatus();
  });
}

}  // namespace mergegate::rpc
