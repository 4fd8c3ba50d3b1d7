#include "server/wire/score_convert.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/wire/convert.h"
#include "server/wire/review_convert.h"

namespace mergegate::wire {
namespace {

constexpr std::string_view kWeights = "/weights/";

Ranged Read(const v1::RangedValue& proto) { return {proto.value(), proto.low(), proto.high()}; }

template <typename Numbers>
absl::StatusOr<MetricWeights> ReadWeights(const Numbers& proto) {
  MetricWeights weights;
  if (proto.size() != static_cast<int>(weights.size())) {
    return absl::InvalidArgumentError("scores.weights: must be those of E, Q, T, K and C");
  }
  for (size_t i = 0; i < weights.size(); ++i) {
    weights[i] = proto[static_cast<int>(i)];
    if (weights[i] < 0 || weights[i] > kWholeM) return absl::InvalidArgumentError("scores.weights: must be 0 to 13000");
  }
  return weights;
}

template <typename Facts>
absl::StatusOr<std::vector<MetricFact>> ReadMetrics(const Facts& proto) {
  std::vector<MetricFact> metrics;
  for (const v1::MetricFact& fact : proto) {
    const size_t next = metrics.size();
    if (next == kMetricKinds.size() || static_cast<int>(fact.kind()) != static_cast<int>(kMetricKinds[next])) {
      return absl::InvalidArgumentError("scores.metrics: must be E, Q, T, K and C");
    }
    MetricFact& metric = metrics.emplace_back();
    metric.kind = kMetricKinds[next];
    if (fact.has_score()) metric.score = Read(fact.score());
  }
  if (metrics.size() != kMetricKinds.size()) {
    return absl::InvalidArgumentError("scores.metrics: must be E, Q, T, K and C");
  }
  return metrics;
}

v1::MetricKind KindOf(MetricKind kind) { return static_cast<v1::MetricKind>(kind); }

}  // namespace

v1::RangedValue ToProto(const Ranged& value) {
  v1::RangedValue proto;
  proto.set_value(value.value);
  proto.set_low(value.low);
  proto.set_high(value.high);
  return proto;
}

v1::MetricFact ToProto(const MetricFact& fact) {
  v1::MetricFact proto;
  proto.set_kind(KindOf(fact.kind));
  if (fact.score) *proto.mutable_score() = ToProto(*fact.score);
  return proto;
}

static v1::SubIndexScore ToProto(const SubIndexScore& part) {
  v1::SubIndexScore proto;
  proto.set_name(part.name);
  proto.set_question(part.question);
  proto.set_missing(part.missing);
  if (part.missing.empty()) *proto.mutable_score() = ToProto(part.score);
  proto.set_n(part.n);
  proto.set_window_days(part.window_days);
  proto.set_weight(part.weight);
  proto.set_of(part.of);
  proto.set_points(part.points);
  proto.set_reason(part.reason);
  proto.mutable_evidence()->Assign(part.evidence.begin(), part.evidence.end());
  return proto;
}

v1::Score ToProto(const CompositeScore& score) {
  v1::Score proto;
  *proto.mutable_as_of() = ToTimestamp(score.as_of);
  proto.set_missing(score.missing);
  if (score.missing.empty()) *proto.mutable_m() = ToProto(score.m);
  proto.set_normalized(score.normalized);
  proto.set_weights_version(score.weights_version);
  for (const MetricScore& metric : score.metrics) {
    v1::MetricScore* out = proto.add_metrics();
    out->set_kind(KindOf(metric.kind));
    out->set_missing(metric.missing);
    if (metric.missing.empty()) *out->mutable_score() = ToProto(metric.score);
    out->set_weight(metric.weight);
    out->set_of(metric.of);
    out->set_points(metric.points);
    for (const SubIndexScore& part : metric.parts) *out->add_parts() = ToProto(part);
  }
  return proto;
}

v1::ScoreFacts ToProto(const ScoreFacts& facts) {
  v1::ScoreFacts proto;
  *proto.mutable_as_of() = ToTimestamp(facts.as_of);
  proto.set_weights_version(facts.weights_version);
  proto.mutable_weights()->Assign(facts.weights.begin(), facts.weights.end());
  for (const MetricFact& fact : facts.metrics) *proto.add_metrics() = ToProto(fact);
  if (facts.quality_after) *proto.mutable_quality_after() = ToProto(*facts.quality_after);
  return proto;
}

v1::ProjectM ToProto(const ProjectM& m) {
  v1::ProjectM proto;
  proto.set_weights_version(m.weights_version);
  proto.mutable_weights()->Assign(m.weights.begin(), m.weights.end());
  for (const MetricFact& fact : m.metrics) *proto.add_metrics() = ToProto(fact);
  if (m.quality_after) *proto.mutable_quality_after() = ToProto(*m.quality_after);
  if (m.before) *proto.mutable_before() = ToProto(*m.before);
  if (m.after) *proto.mutable_after() = ToProto(*m.after);
  return proto;
}

v1::WeightVersion ToProto(const ProjectId& project, const WeightVersion& version) {
  v1::WeightVersion proto;
  proto.set_name(absl::StrCat(ProjectName(project), std::string(kWeights), version.number));
  *proto.mutable_create_time() = ToTimestamp(version.at);
  proto.mutable_weights()->Assign(version.weights.begin(), version.weights.end());
  for (const MetricKind kind : kMetricKinds) {
    if (version.weak[IndexOf(kind)]) proto.add_weak(KindOf(kind));
  }
  proto.set_reason(version.reason);
  proto.set_waiting(version.waiting);
  proto.set_approved_by(version.approved_by.value());
  return proto;
}

absl::StatusOr<ScoreFacts> FromProto(const v1::ScoreFacts& proto) {
  ScoreFacts facts{.as_of = FromTimestamp(proto.as_of()), .weights_version = proto.weights_version()};
  ASSIGN_OR_RETURN(facts.weights, ReadWeights(proto.weights()));
  ASSIGN_OR_RETURN(facts.metrics, ReadMetrics(proto.metrics()));
  if (proto.has_quality_after()) facts.quality_after = Read(proto.quality_after());
  return facts;
}

absl::StatusOr<ProjectM> FromProto(const v1::ProjectM& proto) {
  ProjectM m{.weights_version = proto.weights_version()};
  ASSIGN_OR_RETURN(m.weights, ReadWeights(proto.weights()));
  ASSIGN_OR_RETURN(m.metrics, ReadMetrics(proto.metrics()));
  if (proto.has_quality_after()) m.quality_after = Read(proto.quality_after());
  if (proto.has_before()) m.before = Read(proto.before());
  if (proto.has_after()) m.after = Read(proto.after());
  return m;
}

absl::StatusOr<WeightsName> ParseWeightsName(std::string_view name) {
  const size_t at = name.rfind(kWeights);
  WeightsName parsed;
  if (at == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(name.substr(at + kWeights.size())), &parsed.number) || parsed.number < 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("name: must be projects/{project}/weights/{number}, not \"", std::string(name), "\""));
  }
  ASSIGN_OR_RETURN(parsed.project, ParseProjectName(name.substr(0, at)));
  return parsed;
}

}  // namespace mergegate::wire
