#include "client/cli/format/scores.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <map>
#include <vector>

#include "client/cli/format/escape.h"
#include "client/cli/format/names.h"
#include "client/cli/format/plot.h"

namespace mergegate::client {
namespace {

constexpr int kPlotRows = 10;
constexpr int kLabel = 5;

std::string Day(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::ToString(time).substr(0, 10);
}

// Ten-thousandths as a share of one: "0.5000".
std::string Share(int ten_thousandths) {
  return fmt::format("{}{}.{:04}", ten_thousandths < 0 ? "-" : "", std::abs(ten_thousandths) / 10000,
                     std::abs(ten_thousandths) % 10000);
}
std::string Signed(const std::string& number) { return number.starts_with('-') ? number : "+" + number; }
std::string Range(const v1::RangedValue& value) {
  return fmt::format("{} to {}", Points(value.low()), Points(value.high()));
}

std::string_view Meaning(v1::MetricKind kind) {
  switch (kind) {
    case v1::METRIC_KIND_COLLABORATION:
      return "collaboration";
    case v1::METRIC_KIND_QUALITY:
      return "code quality";
    case v1::METRIC_KIND_TECHNICAL:
      return "technical capability";
    case v1::METRIC_KIND_KNOWLEDGE:
      return "knowledge sharing";
    case v1::METRIC_KIND_COHESION:
      return "cohesion";
    default:
      return "";
  }
}

std::string Subject(const std::string& name) {
  const size_t slash = name.find('/');
  const std::string id = EscapeControl(name.substr(slash == std::string::npos ? 0 : slash + 1));
  if (name.starts_with("teams/")) return "Team " + id;
  if (name.starts_with("people/")) return "Your own scores (" + id + "), seen by you alone";
  return "Project " + id;
}

std::string WeightsOf(const v1::Score& score) {
  return score.weights_version() == 0 ? "the policy's weights"
                                      : fmt::format("version {} of the weights", score.weights_version());
}

const v1::MetricScore* Find(const v1::Score* score, v1::MetricKind kind) {
  if (score == nullptr) return nullptr;
  for (const v1::MetricScore& metric : score->metrics()) {
    if (metric.kind() == kind && metric.has_score()) return &metric;
  }
  return nullptr;
}

std::string Headline(const v1::Score& score, const v1::Score* earlier, const TextStyle& style) {
  std::string out = style.Paint(Ink::kBold, Subject(score.name())) + "\n";
  if (!score.has_m()) {
    return out + Wrap("M: " + EscapeControl(score.missing()) + fmt::format("; as of {}", Day(score.as_of())),
                      {"  ", "    "}, style.width);
  }
  out += fmt::format("  {} of 1.3, {} of 100 (90 %: {} to {}), as of {}\n",
                     style.Paint(Ink::kBold, "M " + RawM(score.m().value())), Points(score.normalized()),
                     RawM(score.m().low()), RawM(score.m().high()), Day(score.as_of()));
  std::string line = "by " + WeightsOf(score);
  if (score.m_by_source_weights().value() == score.m().value()) {
    line += "; the same by the source's (0.5 E, 0.3 Q, 0.2 T, 0.1 K, 0.2 C)";
  } else {
    line += fmt::format("; {} by the source's (0.5 E, 0.3 Q, 0.2 T, 0.1 K, 0.2 C)",
                        RawM(score.m_by_source_weights().value()));
  }
  int known = 0;
  std::string letters;
  for (const v1::MetricScore& metric : score.metrics()) {
    if (!metric.has_score()) continue;
    known += metric.weight();
    letters += (letters.empty() ? "" : ", ") + std::string(Letter(metric.kind()));
  }
  if (known < 13000) line += fmt::format("; rests on {} alone, {} of the 1.3", letters, Share(known));
  if (earlier != nullptr && earlier->has_m()) {
    line +=
        fmt::format("; {} since {}", Signed(Share(score.m().value() - earlier->m().value())), Day(earlier->as_of()));
  }
  return out + Wrap(line, {"  ", "  "}, style.width);
}

std::string MetricTable(const v1::Score& score, const v1::Score* earlier) {
  std::string out = fmt::format("  {:<22} {:>6}  {:<15} {:>6}   {:>9}\n", "", "of 100", "90 %", "weight", "part of M");
  for (const v1::MetricScore& metric : score.metrics()) {
    const std::string title = fmt::format("{} {}", Letter(metric.kind()), Meaning(metric.kind()));
    if (!metric.has_score()) {
      out +=
          fmt::format("  {:<22} {:>6}  {:<15} {:>6}   {:>9}\n", title, "-", "not known", Share(metric.weight()), "-");
      continue;
    }
    out += fmt::format("  {:<22} {:>6}  {:<15} {:>6}   {:>9}", title, Points(metric.score().value()),
                       Range(metric.score()), Share(metric.of()), Signed(Share(metric.points())));
    const v1::MetricScore* before = Find(earlier, metric.kind());
    if (before != nullptr) out += fmt::format("  {}", SignedPoints(metric.score().value() - before->score().value()));
    out += '\n';
  }
  if (score.has_m())
    out += fmt::format("  {:>54}   {:>9}\n  {:>54}   {:>9}\n", "", "---------", "M", RawM(score.m().value()));
  return out;
}

std::string PartLine(const v1::SubIndexScore& part) {
  return fmt::format("  {:<16} {:>6}  {:<15} {:>6} {:>5}d  {:>6} % {:>8}\n", EscapeControl(part.name()),
                     Points(part.score().value()), Range(part.score()), part.n(), part.window_days(), Points(part.of()),
                     SignedPoints(part.points()));
}

// Sub-indices of a metric, and what dropped out.
std::string PartTable(const v1::MetricScore& metric, const TextStyle& style) {
  std::string out = style.Paint(Ink::kBold, fmt::format("{} {}", Letter(metric.kind()), Meaning(metric.kind())));
  out += metric.has_score() ? " " + Points(metric.score().value()) + "\n" : "\n";
  std::string missing;
  for (const v1::SubIndexScore& part : metric.parts()) {
    if (part.has_score()) {
      out += PartLine(part);
    } else {
      missing += fmt::format("{}{} ({})", missing.empty() ? "" : "; ", EscapeControl(part.name()),
                             EscapeControl(part.missing()));
    }
  }
  if (metric.has_score()) out += fmt::format("  {:>60}  {:>8}\n", "", Points(metric.score().value()));
  return missing.empty() ? out : out + Wrap("not counted: " + missing, {"  ", "    "}, style.width);
}

std::string PartDetail(const v1::SubIndexScore& part, const TextStyle& style) {
  std::string out = style.Paint(Ink::kBold, EscapeControl(part.name())) + ": " + EscapeControl(part.question()) + "\n";
  if (!part.has_score()) {
    return out + Wrap(fmt::format("not counted: {} (weight {}, window {} days)", EscapeControl(part.missing()),
                                  part.weight(), part.window_days()),
                      {"  ", "    "}, style.width);
  }
  out += fmt::format("  {} of 100, 90 %: {}, n {}, window {} days\n", Points(part.score().value()), Range(part.score()),
                     part.n(), part.window_days());
  out += Wrap(EscapeControl(part.reason()), {"  ", "  "}, style.width);
  out += fmt::format("  {} % of the metric (weight {}): {}\n", Points(part.of()), part.weight(),
                     SignedPoints(part.points()));
  std::string evidence;
  for (const std::string& one : part.evidence()) evidence += (evidence.empty() ? "" : ", ") + EscapeControl(one);
  return evidence.empty() ? out : out + Wrap("look at: " + evidence, {"  ", "    "}, style.width);
}

std::optional<double> ValueOf(const v1::ScorePoint& point, const std::string& metric) {
  if (metric == "M") return point.has_m() ? std::optional(point.m().value() / 13000.0) : std::nullopt;
  for (const v1::MetricFact& fact : point.metrics()) {
    if (Letter(fact.kind()) == metric && fact.has_score()) return fact.score().value() / 10000.0;
  }
  return std::nullopt;
}

// As many values as fit a width: the last of each stretch.
std::vector<std::optional<double>> Thinned(const std::vector<std::optional<double>>& values, int width) {
  if (static_cast<int>(values.size()) <= width) return values;
  std::vector<std::optional<double>> thin;
  for (int i = 1; i <= width; ++i)
    thin.push_back(values[values.size() * static_cast<size_t>(i) / static_cast<size_t>(width) - 1]);
  return thin;
}

}  // namespace

std::string_view Letter(v1::MetricKind kind) {
  constexpr std::string_view kLetters = "?EQTKC";
  const auto index = static_cast<size_t>(kind);
  return index < kLetters.size() ? kLetters.substr(index, 1) : kLetters.substr(0, 1);
}

std::string RawM(int ten_thousandths) { return Share(ten_thousandths); }

std::string FormatScore(const v1::Score& score, const v1::Score* earlier, const TextStyle& style) {
  std::string out = Headline(score, earlier, style) + "\n" + MetricTable(score, earlier);
  out += "\n" +
         style.Paint(Ink::kDim, fmt::format("  {:<16} {:>6}  {:<15} {:>6} {:>6}  {:>8} {:>8}", "", "of 100", "90 %",
                                            "n", "window", "share", "points")) +
         "\n";
  for (const v1::MetricScore& metric : score.metrics()) {
    if (!metric.parts().empty()) out += PartTable(metric, style);
  }
  return out + "\nmergegate score explain NAME tells how each is measured.\n";
}

std::string FormatScoreExplanation(const v1::Score& score, const std::string& what, const TextStyle& style) {
  if (what == "M" || what == "m") return Headline(score, nullptr, style) + "\n" + MetricTable(score, nullptr);
  for (const v1::MetricScore& metric : score.metrics()) {
    if (what.size() == 1 &&
        std::string_view(Letter(metric.kind()))[0] == std::toupper(static_cast<unsigned char>(what[0]))) {
      std::string out =
          style.Paint(Ink::kBold, Subject(score.name())) + fmt::format(", as of {}\n", Day(score.as_of()));
      if (metric.has_score()) {
        out += Wrap(fmt::format("weighs {} in M, {} once what is missing dropped out: {} of M", Share(metric.weight()),
                                Share(metric.of()), Signed(Share(metric.points()))),
                    {"  ", "  "}, style.width);
      }
      out += PartTable(metric, style);
      for (const v1::SubIndexScore& part : metric.parts()) out += "\n" + PartDetail(part, style);
      return out;
    }
    for (const v1::SubIndexScore& part : metric.parts()) {
      if (part.name() == what) return PartDetail(part, style);
    }
  }
  return "";
}

std::string FormatScoreHistory(const v1::GetScoreHistoryResponse& history, const std::string& name,
                               const std::string& metric, bool unicode, const TextStyle& style) {
  const int columns = style.width - kLabel - 4;
  std::vector<std::optional<double>> values;
  for (const v1::ScorePoint& point : history.points()) values.push_back(ValueOf(point, metric));
  std::string out = style.Paint(Ink::kBold, fmt::format("{}: {}", Subject(name),
                                                        metric == "M" ? "M / 1.3, of 100" : metric + ", of 100")) +
                    "\n";
  if (std::ranges::none_of(values, [](const auto& value) { return value.has_value(); }))
    return out + "  nothing is known of that time\n";
  double low = 1, high = 0;
  for (const auto& value : values) {
    if (value) low = std::min(low, *value), high = std::max(high, *value);
  }
  // To the next tens, at least twenty apart, so that noise does not look like mountains.
  low = std::max(0.0, std::floor(low * 10) / 10), high = std::min(1.0, std::ceil(high * 10) / 10);
  if (high - low < 0.2) high = std::min(1.0, low + 0.2), low = high - 0.2;
  const std::vector<std::string> rows =
      Plot({.values = values, .low = low, .high = high, .columns = columns, .rows = kPlotRows, .unicode = unicode});
  for (size_t i = 0; i < rows.size(); ++i) {
    const double at = high - (high - low) * static_cast<double>(i) / (kPlotRows - 1);
    const std::string label = i % 3 == 0 ? fmt::format("{:>{}.0f}", at * 100, kLabel) : std::string(kLabel, ' ');
    out += fmt::format("{} {} {}\n", label, unicode ? "│" : "|", rows[i]);
  }
  const std::string first = Day(history.points(0).as_of()),
                    last = Day(history.points(history.points_size() - 1).as_of());
  out +=
      fmt::format("{:>{}} {}{}\n", "", kLabel + 2, first,
                  PadLeft(last, std::max(static_cast<int>(last.size()) + 1, columns - static_cast<int>(first.size()))));
  for (const char* letter : {"M", "E", "Q", "T", "K", "C"}) {
    std::vector<std::optional<double>> all;
    for (const v1::ScorePoint& point : history.points()) all.push_back(ValueOf(point, letter));
    const auto known = std::ranges::find_if(all, [](const auto& value) { return value.has_value(); });
    if (known == all.end()) {
      out += fmt::format("  {}  not known\n", letter);
      continue;
    }
    const auto end = std::find_if(all.rbegin(), all.rend(), [](const auto& value) { return value.has_value(); });
    out += fmt::format("  {}  {:>5.1f} -> {:>5.1f}  {}\n", letter, **known * 100, **end * 100,
                       Sparkline(Thinned(all, columns - 18), 0, 1, unicode));
  }
  int version = 0;
  for (const v1::ScorePoint& point : history.points()) {
    if (point.weights_version() == version) continue;
    version = point.weights_version();
    out += fmt::format("  from {} on by version {} of the weights\n", Day(point.as_of()), version);
  }
  return out;
}

std::string FormatWhatIf(const v1::GetScoreResponse& response, const TextStyle& style) {
  std::string out = Headline(response.score(), nullptr, style) + "\n";
  std::vector<std::vector<std::string>> rows = {{"", "is", "would be", ""}};
  const auto row = [&](const std::string& title, std::optional<int> is, std::optional<int> would, auto format) {
    rows.push_back(
        {title, is ? format(*is) : "-", would ? format(*would) : "-", is && would ? Signed(format(*would - *is)) : ""});
  };
  const auto value = [](const auto& message) {
    return message.has_score() ? std::optional(message.score().value()) : std::nullopt;
  };
  const auto m = [](const v1::Score& score) { return score.has_m() ? std::optional(score.m().value()) : std::nullopt; };
  row("M", m(response.without()), m(response.score()), RawM);
  for (int i = 0; i < response.score().metrics_size() && i < response.without().metrics_size(); ++i) {
    const v1::MetricScore& is = response.without().metrics(i);
    const v1::MetricScore& would = response.score().metrics(i);
    row(std::string(Letter(is.kind())), value(is), value(would), Points);
    for (int k = 0; k < is.parts_size() && k < would.parts_size(); ++k) {
      if (value(is.parts(k)) == value(would.parts(k)) && is.parts(k).weight() == would.parts(k).weight()) continue;
      row("  " + EscapeControl(is.parts(k).name()), value(is.parts(k)), value(would.parts(k)), Points);
    }
  }
  return out + Table(rows, "  ", style.width);
}

std::string FormatWeights(const v1::ListWeightsResponse& weights, const TextStyle& style) {
  const auto numbers = [](const auto& from) {
    std::vector<std::string> row;
    for (const int weight : from) row.push_back(Share(weight));
    return row;
  };
  std::vector<std::vector<std::string>> rows = {{"", "E", "Q", "T", "K", "C", ""}};
  const auto add = [&](const std::string& title, const auto& from, const std::string& note) {
    rows.push_back({title});
    const std::vector<std::string> shares = numbers(from);
    rows.back().insert(rows.back().end(), shares.begin(), shares.end());
    rows.back().push_back(note);
  };
  add("source document", weights.source_weights(), "");
  add("policy", weights.policy_weights(), weights.in_force() == 0 ? "in force" : "");
  std::string reasons;
  for (const v1::WeightVersion& version : weights.versions()) {
    const std::string number = version.name().substr(version.name().rfind('/') + 1);
    const bool in_force = number == std::to_string(weights.in_force());
    add(fmt::format("version {}, {}", number, Day(version.create_time())), version.weights(),
        version.waiting() ? "waits"
        : in_force        ? "in force"
                          : "");
    reasons +=
        Wrap(fmt::format("{}: {}{}", number, EscapeControl(version.reason()),
                         version.approved_by().empty() ? "" : "; approved by " + EscapeControl(version.approved_by())),
             {"  ", "     "}, style.width);
  }
  return Table(rows, "  ", style.width) + reasons;
}

std::string ProjectMLine(const v1::Verdict& verdict) {
  if (!verdict.has_project_m() || !verdict.project_m().has_before()) return "";
  const v1::ProjectM& m = verdict.project_m();
  std::string line = fmt::format("M of the project {} -> {} of 1.3 with this change:", RawM(m.before().value()),
                                 RawM(m.after().value()));
  const auto whole = [](int value) { return fmt::format("{:.1f}", value / 100.0); };
  for (const v1::MetricFact& fact : m.metrics()) {
    line += fmt::format("{} {} {}", fact.kind() == v1::METRIC_KIND_COLLABORATION ? "" : ",", Letter(fact.kind()),
                        fact.has_score() ? whole(fact.score().value()) : "-");
    if (fact.kind() == v1::METRIC_KIND_QUALITY && m.has_quality_after())
      line += " -> " + whole(m.quality_after().value());
  }
  return line;
}

}  // namespace mergegate::client
