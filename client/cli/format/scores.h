// Scores as text and as JSON. Every number comes with n, window, 90 % interval, and what it is made of. Pure.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_SCORES_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_SCORES_H_

#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/format/layout.h"
#include "mergegate/v1/score_service.pb.h"
#include "mergegate/v1/verdict.pb.h"

namespace mergegate::client {

// `earlier` may be null: the score that the changes since are told against.
std::string FormatScore(const v1::Score& score, const v1::Score* earlier, const TextStyle& style);

// One metric (E, Q, T, K, C), M, or one sub-index, to the last point. Empty when there is no such thing.
std::string FormatScoreExplanation(const v1::Score& score, const std::string& what, const TextStyle& style);

// "M", a metric's letter.
std::string FormatScoreHistory(const v1::GetScoreHistoryResponse& history, const std::string& name,
                               const std::string& metric, bool unicode, const TextStyle& style);

std::string FormatWhatIf(const v1::GetScoreResponse& response, const TextStyle& style);
std::string FormatWeights(const v1::ListWeightsResponse& weights, const TextStyle& style);

nlohmann::ordered_json ScoreToJson(const v1::Score& score);
nlohmann::ordered_json HistoryToJson(const v1::GetScoreHistoryResponse& history, const std::string& name);
nlohmann::ordered_json WeightsToJson(const v1::ListWeightsResponse& weights);

// "E"; "?" for none.
std::string_view Letter(v1::MetricKind kind);

// Raw M in ten-thousandths: 9123 -> "0.9123".
std::string RawM(int ten_thousandths);

// "M of the project 0.8731 -> 0.8734 of 1.3 with this change: E 71, Q 97 -> 98, T -, K 64, C 40"; empty without M.
std::string ProjectMLine(const v1::Verdict& verdict);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_SCORES_H_
