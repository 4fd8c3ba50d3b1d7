#include "server/config/scores_section.h"

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "server/scoring/sub_index.h"

namespace mergegate::config {
namespace {

constexpr int kHighestWeight = 100;

std::function<void(const YamlNode&)> TenThousandths(MapReader& reader, double highest, int& to) {
  return [&reader, highest, &to](const YamlNode& value) {
    double number = 0;
    if (reader.ReadNumber(value, 0, highest, number)) to = static_cast<int>(std::lround(number * kWhole));
  };
}

// A map with a key for some of the metrics: {E: 0.5, Q: 0.3}.
void ReadMetrics(MapReader& reader, const YamlNode& node, std::string_view what, double highest,
                 std::array<int, 5>& to) {
  std::vector<MapReader::Field> fields;
  for (const MetricKind kind : kMetricKinds) {
    fields.push_back({Letter(kind), TenThousandths(reader, highest, to[IndexOf(kind)])});
  }
  reader.ReadMap(node, what, fields);
}

void ReadWeights(MapReader& reader, const YamlNode& node, MetricWeights& to) {
  MetricWeights weights = kSourceWeights;
  ReadMetrics(reader, node, "weights", 1.3, weights);
  const int sum = std::accumulate(weights.begin(), weights.end(), 0);
  if (sum == kWholeM) {
    to = weights;
  } else {
    reader.Problem(node, absl::StrFormat("the weights of E, Q, T, K and C sum to %g, not to 1.3 (those that are not "
                                         "named are 0.5, 0.3, 0.2, 0.1 and 0.2)",
                                         static_cast<double>(sum) / kWhole));
  }
}

void ReadSubIndices(MapReader& reader, const YamlNode& node, ScoresPolicy& scores) {
  std::vector<MapReader::Field> fields;
  for (const scoring::SubIndexRow& row : scoring::SubIndices()) {
    fields.push_back({row.name, [&reader, &scores, name = std::string(row.name)](const YamlNode& value) {
                        int weight = 0;
                        if (reader.ReadInt(value, 0, kHighestWeight, weight)) scores.sub_indices[name] = weight;
                      }});
  }
  reader.ReadMap(node, "sub_indices", fields);
}

void ReadAdapt(MapReader& reader, const YamlNode& node, AdaptPolicy& adapt) {
  reader.ReadMap(node, "adapt",
                 {{"mode",
                   [&](const YamlNode& value) {
                     constexpr std::array kModes = {AdaptMode::kOff, AdaptMode::kPropose, AdaptMode::kAuto};
                     const int index = reader.ReadWord(value, "mode", {"off", "propose", "auto"});
                     if (index >= 0) adapt.mode = kModes[static_cast<size_t>(index)];
                   }},
                  {"targets", [&](const YamlNode& value) { ReadMetrics(reader, value, "targets", 1, adapt.targets); }},
                  {"margin", TenThousandths(reader, 1, adapt.margin)},
                  {"gain", TenThousandths(reader, 1, adapt.gain)},
                  {"most", TenThousandths(reader, 1, adapt.most)},
                  {"dwell_days", [&](const YamlNode& value) { reader.ReadInt(value, 1, 3650, adapt.dwell_days); }}});
}

}  // namespace

void ReadScores(MapReader& reader, const YamlNode& node, ScoresPolicy& scores) {
  reader.ReadMap(node, "scores",
                 {{"weights", [&](const YamlNode& value) { ReadWeights(reader, value, scores.weights); }},
                  {"sub_indices", [&](const YamlNode& value) { ReadSubIndices(reader, value, scores); }},
                  {"adapt", [&](const YamlNode& value) { ReadAdapt(reader, value, scores.adapt); }}});
}

}  // namespace mergegate::config
