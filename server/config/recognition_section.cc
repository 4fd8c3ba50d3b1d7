#include "server/config/recognition_section.h"

#include "absl/strings/str_cat.h"

namespace mergegate::config {
namespace {

constexpr int kLongest = 730;  // days
constexpr int kMost = 1000;
constexpr double kLeastWanted = 0.01;  // with nothing everybody would be recognized

std::function<void(const YamlNode&)> Days(MapReader& reader, absl::Duration& to) {
  return [&reader, &to](const YamlNode& value) {
    int days = 0;
    if (reader.ReadInt(value, 1, kLongest, days)) to = days * absl::Hours(24);
  };
}

std::function<void(const YamlNode&)> Count(MapReader& reader, int lowest, int& to) {
  return [&reader, lowest, &to](const YamlNode& value) { reader.ReadInt(value, lowest, kMost, to); };
}

std::function<void(const YamlNode&)> Credit(MapReader& reader, double lowest, double highest, double& to) {
  return [&reader, lowest, highest, &to](const YamlNode& value) { reader.ReadNumber(value, lowest, highest, to); };
}

}  // namespace

void ReadRecognition(MapReader& reader, const YamlNode& node, scoring::RecognitionRules& rules) {
  reader.ReadMap(node, "recognition",
                 {{"window_days", Days(reader, rules.window)},
                  {"wanted", Credit(reader, kLeastWanted, kMost, rules.wanted)},
                  {"per_day", Count(reader, 1, rules.per_day)},
                  {"pair_days", Days(reader, rules.pair_period)},
                  {"per_pair", Count(reader, 1, rules.per_pair)},
                  {"kudos", Credit(reader, 0, 1, rules.kudos)},
                  {"kudos_per_pair", Count(reader, 0, rules.kudos_per_pair)},
                  {"traded_help", Credit(reader, 0, 1, rules.traded_help)},
                  {"traded_kudos", Credit(reader, 0, 1, rules.traded_kudos)}});
  if (rules.pair_period > rules.window) {
    const YamlNode* days = Find(node, "pair_days");
    reader.Problem(days != nullptr ? *days : node,
                   absl::StrCat("pair_days is ", rules.pair_period / absl::Hours(24), ", more than the window_days of ",
                                rules.window / absl::Hours(24), ": nothing before the window is looked at"));
  }
}

}  // namespace mergegate::config
