#include "client/cli/format/growth.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <vector>

#include "client/cli/format/escape.h"
#include "client/cli/format/report_sections.h"

namespace mergegate::client {
namespace {

const Indent kItem{"  - ", "    "};

std::string Item(const std::string& text, const TextStyle& style) {
  return Wrap(EscapeControl(text), kItem, style.width);
}

std::string MinuteOf(const google::protobuf::Timestamp& time) {
  return google::protobuf::util::TimeUtil::ToString(time).substr(0, 16);
}

// Columns under one another: the first two to the left, numbers to the right.
std::string Columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<int> widths;
  for (const std::vector<std::string>& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::string out;
  for (const std::vector<std::string>& row : rows) {
    std::string line = "  ";
    for (size_t i = 0; i < row.size(); ++i) {
      line += (i == 0 ? "" : "  ") + (i == 0 ? PadRight(row[i], widths[i]) : PadLeft(row[i], widths[i]));
    }
    out += line + "\n";
  }
  return out;
}

std::string ProblemOf(const v1::Appeal& appeal) {
  std::string wish = appeal.retract() ? "take it away" : "";
  std::vector<std::string> fields;
  for (const auto& [field, content] : appeal.corrections()) fields.push_back(field + " = " + content);
  std::ranges::sort(fields);
  for (const std::string& field : fields) wish += (wish.empty() ? "" : ", ") + field;
  return wish;
}

std::string_view StateOf(v1::AppealState state) {
  switch (state) {
    case v1::APPEAL_STATE_ACCEPTED:
      return "accepted";
    case v1::APPEAL_STATE_REJECTED:
      return "rejected";
    default:
      return "waiting";
  }
}

std::string_view HowOf(v1::HelpKind kind) {
  switch (kind) {
    case v1::HELP_KIND_COMMENT:
      return "a comment that led to a change";
    case v1::HELP_KIND_ANSWER:
      return "an answer that was accepted";
    case v1::HELP_KIND_TEACHING:
      return "taught a reviewer who now reviews alone";
    case v1::HELP_KIND_KUDOS:
      return "was thanked";
    default:
      return "helped";
  }
}

}  // namespace

std::string FormatReport(const v1::Report& report, const TextStyle& style) {
  std::string out = style.Paint(Ink::kBold, EscapeControl(ReportTitle(report))) + "\n";
  out += Wrap(EscapeControl(ReportPreface(report)), {"  ", "  "}, style.width);
  for (const ReportSection& section : ReportSections(report)) {
    out += "\n" + style.Paint(Ink::kBold, section.title) + "\n";
    out += Columns(section.table);
    for (const std::string& line : section.lines) out += Item(line, style);
  }
  return out;
}

std::string FormatReportMarkdown(const v1::Report& report) {
  std::string out =
      fmt::format("# {}\n\n{}\n", EscapeMarkdown(ReportTitle(report)), EscapeMarkdown(ReportPreface(report)));
  for (const ReportSection& section : ReportSections(report)) {
    out += fmt::format("\n## {}\n\n", EscapeMarkdown(section.title));
    for (size_t i = 0; i < section.table.size(); ++i) {
      for (const std::string& cell : section.table[i]) out += "| " + EscapeMarkdown(cell) + " ";
      out += "|\n";
      if (i > 0) continue;
      for (size_t k = 0; k < section.table[i].size(); ++k) out += "|---";
      out += "|\n";
    }
    if (!section.table.empty()) out += "\n";
    for (const std::string& line : section.lines) out += fmt::format("- {}\n", EscapeMarkdown(line));
  }
  return out;
}

std::string FormatPlan(const v1::Plan& plan, const TextStyle& style) {
  std::string out =
      Wrap(fmt::format("Classes of findings in at least {} of your merged changes of the last {} days, of "
                       "which {} were analyzed; courses out of {} in the catalogue.",
                       plan.least_changes(), plan.window_days(), plan.judged(), plan.catalogue()),
           {"", ""}, style.width);
  if (plan.items().empty()) {
    out += plan.judged() < plan.least_changes() ? "\nToo few changes to see what recurs.\n"
           : plan.learnt().empty()              ? "\nNothing recurs: there is nothing to unlearn.\n"
                                                : "\nNothing recurs any more.\n";
  }
  for (const v1::PlanItem& item : plan.items()) {
    const v1::FindingClass& recurs = item.recurs();
    out += "\n" + style.Paint(Ink::kBold, EscapeControl(recurs.title())) + "\n";
    std::string checks, changes;
    for (const std::string& check : recurs.checks()) checks += (checks.empty() ? "" : ", ") + check;
    for (const std::string& name : recurs.evidence()) {
      changes += (changes.empty() ? "" : ", ") + ChangeName(name, plan.titles());
    }
    std::string since;  // the last course about it, where that narrowed what counts
    for (const v1::ProposedCourse& proposed : item.courses()) {
      const bool narrowed = proposed.has_completed() && recurs.judged() < plan.judged();
      if (narrowed) since = std::max(since, DayOf(proposed.completed()));
    }
    out += Item(fmt::format("in {} of {} changes{}, {} finding{}: {}", recurs.changes(), recurs.judged(),
                            since.empty() ? "" : " since " + since, recurs.findings(),
                            recurs.findings() == 1 ? "" : "s", checks),
                style);
    out += Item("in " + changes, style);
    if (item.courses().empty()) {
      out += Item(fmt::format("the catalogue has nothing about it: import a course with the topic \"{}\", or checks "
                              "that match",
                              recurs.id()),
                  style);
    }
    for (const v1::ProposedCourse& proposed : item.courses()) {
      out += Item(
          fmt::format("{}: {}{}", proposed.has_completed() ? "you completed" : "course", CourseLine(proposed.course()),
                      proposed.has_completed() ? ", on " + DayOf(proposed.completed()) : "; " + proposed.reason()),
          style);
    }
  }
  if (!plan.learnt().empty()) out += "\n" + style.Paint(Ink::kBold, "Not in the plan since you took a course") + "\n";
  for (const v1::TrainingOutcome& outcome : plan.learnt()) {
    out += Item(fmt::format("{}, {} on {}: {}", outcome.about().title(), CourseLine(outcome.course()),
                            DayOf(outcome.completed()), outcome.verdict()),
                style);
  }
  return out;
}

std::string FormatGrants(const v1::ListGrantsResponse& grants, const TextStyle& style) {
  std::string out = style.Paint(Ink::kBold, "Who may read your report") + "\n";
  if (grants.grants().empty()) out += "  nobody but you\n";
  for (const v1::Grant& grant : grants.grants()) {
    out += Item(
        fmt::format("{}: {} until {}{}", grant.number(),
                    grant.grantee().empty() ? "the role " + grant.role() : grant.grantee(), DayOf(grant.expire_time()),
                    grant.holds()             ? ""
                    : grant.has_revoke_time() ? ", taken back " + DayOf(grant.revoke_time())
                                              : ", lapsed"),
        style);
  }
  out += "\n" + style.Paint(Ink::kBold, "Who read it, or acted in your name") + "\n";
  if (grants.readings().empty()) out += "  nobody\n";
  for (const v1::Reading& reading : grants.readings()) {
    const std::string who =
        reading.reader().empty() ? "whoever has the administrator's socket or token" : reading.reader();
    out += Item(fmt::format("{} {} {} ({})", MinuteOf(reading.at()), who,
                            reading.action() == "appraisal.read" ? "read it" : "acted as you", reading.detail()),
                style);
  }
  return out;
}

std::string FormatFeedback(const v1::ListFeedbackResponse& feedback, const TextStyle& style) {
  std::string out;
  const auto add = [&](const std::string& title, const auto& words, bool to) {
    if (words.empty()) return;
    out += (out.empty() ? "" : "\n") + style.Paint(Ink::kBold, title) + "\n";
    for (const v1::Feedback& one : words) {
      out += Item(fmt::format("{} {}: {}", DayOf(one.at()), to ? one.to() : one.from(),
                              one.text().empty() ? "(says no more)" : one.text()),
                  style);
    }
  };
  add("Asked of you (mergegate feedback give WHO --text ...)", feedback.asked_of_me(), false);
  add("About you", feedback.received(), false);
  add("Given by you", feedback.given(), true);
  return out.empty() ? "nothing was asked or said\n" : out;
}

std::string FormatAppeal(const v1::Appeal& appeal, const TextStyle& style) {
  std::string out =
      style.Paint(Ink::kBold, fmt::format("Appeal {}, {}", appeal.number(), StateOf(appeal.state()))) + "\n";
  const v1::Signal& signal = appeal.signal();
  out += Item(fmt::format("{} on {}: {}", EscapeControl(appeal.person()), DayOf(appeal.create_time()), appeal.reason()),
              style);
  out += Item(fmt::format("about {}#{}{}", signal.source(), signal.source_id(),
                          signal.object().empty()
                              ? ""
                              : fmt::format(", {} {} value {:g}", signal.object(), signal.part(), signal.value())),
              style);
  out += Item("wanted: " + ProblemOf(appeal), style);
  if (!appeal.answer().empty()) {
    out += Item(fmt::format("{} on {}: {}", appeal.answered_by(), DayOf(appeal.answer_time()), appeal.answer()), style);
  }
  for (const v1::AppealEffect& effect : appeal.effects()) {
    out += Item(fmt::format("{} {}: {} -> {}", effect.scope() == "people/me" ? "your" : effect.scope(), effect.name(),
                            effect.before(), effect.after()),
                style);
  }
  return out;
}

std::string FormatCourse(const v1::Course& course, const TextStyle& style) {
  std::string about;
  for (const auto* list : {&course.topics(), &course.checks()}) {
    for (const std::string& one : *list) about += (about.empty() ? "" : ", ") + one;
  }
  return Wrap(EscapeControl(fmt::format("{}/{}: {}{}", course.provider(), course.id(), CourseLine(course),
                                        about.empty() ? "" : "; " + about)),
              {"", "    "}, style.width);
}

std::string FormatRecognition(const v1::Recognition& recognition, const TextStyle& style) {
  std::string out = Wrap(fmt::format("Your verified help of {} days counts {:.2f}; from {:g} on it can be shown. {}",
                                     recognition.window_days(), recognition.credit(), recognition.wanted(),
                                     recognition.shown() ? "Your teams see your name, without numbers (--hide)."
                                                         : "Nobody sees it but you (--show)."),
                         {"", ""}, style.width);
  if (!recognition.rules().empty()) out += Wrap(EscapeControl(recognition.rules()), {"", ""}, style.width);
  for (const v1::Help& help : recognition.help()) {
    out += Item(
        fmt::format(
            "{} {}: {}{}, {:g}{}", DayOf(help.at()), help.whom(), HowOf(help.kind()),
            help.about().empty() ? "" : " (" + help.about() + TitleBehind(help.about(), recognition.titles()) + ")",
            help.credit(), help.capped().empty() ? "" : ": " + help.capped()),
        style);
  }
  return out;
}

std::string FormatRecognized(const v1::ListRecognizedResponse& people, const TextStyle& style) {
  if (people.people().empty()) return "nobody who wants to be shown (mergegate recognition --show)\n";
  std::string out;
  for (const v1::RecognizedPerson& person : people.people()) {
    std::string ways;
    for (const int way : person.ways()) {
      ways += (ways.empty() ? "" : "; ") + std::string(HowOf(static_cast<v1::HelpKind>(way)));
    }
    out += Wrap(EscapeControl(person.person() + ": " + ways), {"", "    "}, style.width);
  }
  return out;
}

}  // namespace mergegate::client
