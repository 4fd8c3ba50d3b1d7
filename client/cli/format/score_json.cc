#include <google/protobuf/util/time_util.h>

#include "client/cli/format/json.h"
#include "client/cli/format/scores.h"

namespace mergegate::client {
namespace {

using Json = nlohmann::ordered_json;

Json Time(const google::protobuf::Timestamp& time) { return google::protobuf::util::TimeUtil::ToString(time); }

Json Value(bool present, const v1::RangedValue& value) {
  if (!present) return nullptr;
  return {{"value", value.value()}, {"low", value.low()}, {"high", value.high()}};
}

template <typename Numbers>
Json Weights(const Numbers& weights) {
  constexpr const char* kLetters[] = {"E", "Q", "T", "K", "C"};
  Json out = Json::object();
  for (int i = 0; i < weights.size() && i < 5; ++i) out[kLetters[i]] = weights[i];
  return out;
}

}  // namespace

Json ScoreToJson(const v1::Score& score) {
  Json metrics = Json::array();
  for (const v1::MetricScore& metric : score.metrics()) {
    Json parts = Json::array();
    for (const v1::SubIndexScore& part : metric.parts()) {
      parts.push_back({{"name", part.name()},
                       {"question", part.question()},
                       {"missing", part.missing()},
                       {"score", Value(part.has_score(), part.score())},
                       {"n", part.n()},
                       {"window_days", part.window_days()},
                       {"weight", part.weight()},
                       {"of", part.of()},
                       {"points", part.points()},
                       {"reason", part.reason()},
                       {"evidence", Json(std::vector<std::string>(part.evidence().begin(), part.evidence().end()))}});
    }
    metrics.push_back({{"metric", Letter(metric.kind())},
                       {"missing", metric.missing()},
                       {"score", Value(metric.has_score(), metric.score())},
                       {"weight", metric.weight()},
                       {"of", metric.of()},
                       {"points", metric.points()},
                       {"parts", parts}});
  }
  return {{"schema_version", kJsonSchemaVersion},
          {"name", score.name()},
          {"as_of", Time(score.as_of())},
          {"missing", score.missing()},
          {"m", Value(score.has_m(), score.m())},
          {"normalized", score.normalized()},
          {"m_by_source_weights", Value(score.has_m_by_source_weights(), score.m_by_source_weights())},
          {"weights_version", score.weights_version()},
          {"metrics", metrics}};
}

Json HistoryToJson(const v1::GetScoreHistoryResponse& history, const std::string& name) {
  Json points = Json::array();
  for (const v1::ScorePoint& point : history.points()) {
    Json one = {{"as_of", Time(point.as_of())},
                {"weights_version", point.weights_version()},
                {"M", Value(point.has_m(), point.m())}};
    for (const v1::MetricFact& fact : point.metrics()) {
      one[std::string(Letter(fact.kind()))] = Value(fact.has_score(), fact.score());
    }
    points.push_back(std::move(one));
  }
  return {{"schema_version", kJsonSchemaVersion}, {"name", name}, {"points", points}};
}

Json WeightsToJson(const v1::ListWeightsResponse& weights) {
  Json versions = Json::array();
  for (const v1::WeightVersion& version : weights.versions()) {
    Json weak = Json::array();
    for (const int kind : version.weak()) weak.push_back(Letter(static_cast<v1::MetricKind>(kind)));
    versions.push_back({{"name", version.name()},
                        {"created", Time(version.create_time())},
                        {"weights", Weights(version.weights())},
                        {"weak", weak},
                        {"reason", version.reason()},
                        {"waiting", version.waiting()},
                        {"approved_by", version.approved_by()}});
  }
  return {{"schema_version", kJsonSchemaVersion},
          {"source", Weights(weights.source_weights())},
          {"policy", Weights(weights.policy_weights())},
          {"in_force", weights.in_force()},
          {"versions", versions}};
}

}  // namespace mergegate::client
