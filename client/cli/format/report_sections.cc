#include "client/cli/format/report_sections.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>

namespace mergegate::client {
namespace {

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& names, const Titles& titles) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + ChangeName(name, titles);
  return joined;
}

std::string Range(v1::FigureUnit unit, const v1::FigureValue& value) {
  if (unit == v1::FIGURE_UNIT_SHARE) return fmt::format("{:.0f} to {:.0f} %", value.low() * 100, value.high() * 100);
  return fmt::format("{:.1f} to {:.1f}", value.low(), value.high());
}

std::string Words(const std::string& name) {
  std::string words = name;
  std::ranges::replace(words, '_', ' ');
  return words;
}

ReportSection Numbers(const v1::Report& report) {
  ReportSection section{.title = "Your work in numbers"};
  section.table.push_back({"", "value", "90 %", "n", "before", "team"});
  for (const v1::Figure& figure : report.figures()) {
    const auto shown = [&](bool known, const v1::FigureValue& value) {
      return known ? FigureText(figure.unit(), value.value()) : std::string("-");
    };
    if (!figure.has_own()) {
      section.table.push_back({Words(figure.name()), "-", "-", "-", "-", "-"});
      section.lines.push_back(fmt::format("{}: {}; {}", Words(figure.name()), figure.question(), figure.missing()));
      continue;
    }
    section.table.push_back({Words(figure.name()), shown(true, figure.own()), Range(figure.unit(), figure.own()),
                             std::to_string(figure.own().n()), shown(figure.has_earlier(), figure.earlier()),
                             shown(figure.has_team(), figure.team())});
    const std::string_view way = figure.better() == v1::FIGURE_DIRECTION_HIGHER  ? "; more is better"
                                 : figure.better() == v1::FIGURE_DIRECTION_LOWER ? "; less is better"
                                                                                 : "; told, not judged";
    section.lines.push_back(
        fmt::format("{}: {}; {}{}{}{}", Words(figure.name()), figure.question(), figure.reason(),
                    figure.unit() == v1::FIGURE_UNIT_PER_30_DAYS ? "; in 30 days" : "", way,
                    figure.evidence().empty() ? "" : "; look at " + Joined(figure.evidence(), report.titles())));
  }
  return section;
}

const v1::MetricScore* Technical(const v1::Score& score) {
  for (const v1::MetricScore& metric : score.metrics()) {
    if (metric.kind() == v1::METRIC_KIND_TECHNICAL) return &metric;
  }
  return nullptr;
}

std::string Points(const v1::RangedValue& value) {
  return fmt::format("{:.1f} (90 %: {:.1f} to {:.1f})", value.value() / 100.0, value.low() / 100.0,
                     value.high() / 100.0);
}

ReportSection TechnicalScore(const v1::Report& report) {
  ReportSection section{.title = "Technical capability, T"};
  const v1::MetricScore* now = Technical(report.score());
  if (now == nullptr) return section;
  const v1::MetricScore* before = Technical(report.score_before());
  section.lines.push_back(now->has_score() ? fmt::format("T {}{}", Points(now->score()),
                                                         before != nullptr && before->has_score()
                                                             ? fmt::format("; {:.1f} when the period began",
                                                                           before->score().value() / 100.0)
                                                             : "")
                                           : "T: " + now->missing());
  for (const v1::SubIndexScore& part : now->parts()) {
    section.lines.push_back(part.has_score()
                                ? fmt::format("{} {}, n {} in {} days: {}", Words(part.name()), Points(part.score()),
                                              part.n(), part.window_days(), part.reason())
                                : fmt::format("{}: {}", Words(part.name()), part.missing()));
  }
  return section;
}

}  // namespace

std::string DayOf(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::ToString(time).substr(0, 10);
}

std::string FigureText(v1::FigureUnit unit, double value) {
  if (unit == v1::FIGURE_UNIT_SHARE) return fmt::format("{:.0f} %", value * 100);
  if (unit == v1::FIGURE_UNIT_HOURS) return fmt::format("{:.1f} h", value);
  return fmt::format("{:.1f}", value);
}

std::string TitleBehind(const std::string& name, const Titles& titles) {
  const auto title = titles.find(name);
  return title == titles.end() ? "" : fmt::format(" \"{}\"", title->second);
}

std::string ChangeName(const std::string& name, const Titles& titles) {
  constexpr std::string_view kProjects = "projects/", kReviews = "/reviews/";
  const size_t at = name.find(kReviews);
  if (!name.starts_with(kProjects) || at == std::string::npos) return name;
  return fmt::format("{} of {}{}", name.substr(at + kReviews.size()),
                     name.substr(kProjects.size(), at - kProjects.size()), TitleBehind(name, titles));
}

std::string CourseLine(const v1::Course& course) {
  return fmt::format("{} ({}{}){}{}", course.title(), course.provider(),
                     course.hours() > 0 ? fmt::format(", {:g} h", course.hours()) : "", course.url().empty() ? "" : " ",
                     course.url());
}

std::string ReportTitle(const v1::Report& report) {
  return fmt::format("Report of {}, {} to {}", report.person(), DayOf(report.since()), DayOf(report.until()));
}

std::string ReportPreface(const v1::Report& report) {
  return fmt::format(
      "For this person, and whom they grant it (mergegate me grants tells who read it). Compared with the same time "
      "before, and {}; never with a person. A number that rests on a wrong event: mergegate me appeal.",
      report.team().empty() ? "with no team: that takes one of five"
                            : fmt::format("with team {} as a whole, {} people", report.team(), report.team_size()));
}

std::vector<ReportSection> ReportSections(const v1::Report& report) {
  std::vector<ReportSection> sections = {Numbers(report)};
  if (ReportSection technical = TechnicalScore(report); !technical.lines.empty()) {
    sections.push_back(std::move(technical));
  }
  ReportSection strengths{.title = "Strengths"};
  for (const v1::Strength& strength : report.strengths()) {
    strengths.lines.push_back(
        fmt::format("{}{}", strength.text(),
                    strength.evidence().empty() ? "" : "; " + Joined(strength.evidence(), report.titles())));
  }
  if (strengths.lines.empty()) {
    strengths.lines.push_back("none that is sure: no number's interval lies above your own before or your team's");
  }
  sections.push_back(std::move(strengths));

  ReportSection suggestions{.title = "Two things to try"};
  for (const v1::Suggestion& suggestion : report.suggestions()) {
    suggestions.lines.push_back(fmt::format("{}; {}; {}", suggestion.title(), suggestion.text(),
                                            "see " + Joined(suggestion.evidence(), report.titles())));
    for (const v1::Course& course : suggestion.courses()) suggestions.lines.push_back("course: " + CourseLine(course));
  }
  if (!report.fewer_suggestions().empty()) suggestions.lines.push_back(report.fewer_suggestions());
  sections.push_back(std::move(suggestions));

  if (!report.outcomes().empty()) {
    ReportSection outcomes{.title = "Whether training helped"};
    for (const v1::TrainingOutcome& outcome : report.outcomes()) {
      outcomes.lines.push_back(fmt::format("{}, completed {}, for {}: {}", outcome.course().title(),
                                           DayOf(outcome.completed()), outcome.about().title(), outcome.verdict()));
    }
    sections.push_back(std::move(outcomes));
  }

  ReportSection words{.title = "Feedback and thanks"};
  for (const v1::Feedback& feedback : report.feedback()) {
    words.lines.push_back(fmt::format("{} {}: {}", DayOf(feedback.at()), feedback.from(), feedback.text()));
  }
  for (const v1::Feedback& kudos : report.kudos()) {
    words.lines.push_back(fmt::format(
        "{} thanks from {}{}{}{}", DayOf(kudos.at()), kudos.from(), kudos.text().empty() ? "" : ": ", kudos.text(),
        kudos.review().empty() ? "" : " (" + ChangeName(kudos.review(), report.titles()) + ")"));
  }
  if (report.unanswered() > 0) {
    words.lines.push_back(fmt::format("{} of those you asked for feedback did not answer yet", report.unanswered()));
  }
  if (words.lines.empty()) words.lines.push_back("nothing in this time; mergegate me ask-feedback WHO asks");
  sections.push_back(std::move(words));
  return sections;
}

}  // namespace mergegate::client
