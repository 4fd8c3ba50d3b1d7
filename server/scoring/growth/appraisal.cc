#include "server/scoring/growth/appraisal.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/scoring/estimate.h"

namespace mergegate::scoring {
namespace {

constexpr size_t kSuggestions = 2;
constexpr size_t kMostCourses = 3;

std::string Against(const Figure& figure, const FigureValue& other, std::string_view whose) {
  return absl::StrCat(Shown(figure.unit, figure.own->value), " (90 %: ", Shown(figure.unit, figure.own->low), " to ",
                      Shown(figure.unit, figure.own->high), ", n ", figure.own->n, ") against ",
                      Shown(figure.unit, other.value), " ", std::string(whose));
}

// The better or worse comparisons of a figure, as one sentence; empty without any.
std::string Compared(const Figure& figure, bool (*beyond)(const Figure&, const std::optional<FigureValue>&)) {
  std::vector<std::string> parts;
  if (beyond(figure, figure.earlier)) parts.push_back(Against(figure, *figure.earlier, "of your own before"));
  if (beyond(figure, figure.team)) parts.push_back(Against(figure, *figure.team, "of your team"));
  return absl::StrJoin(parts, "; ");
}

double Distance(const Figure& figure) {
  double farthest = 0;
  for (const std::optional<FigureValue>& other : {figure.earlier, figure.team}) {
    if (!WorseThan(figure, other)) continue;
    const double width = std::max(figure.own->high - figure.own->low, 1e-9);
    farthest = std::max(farthest, std::abs(figure.own->value - other->value) / width);
  }
  return farthest;
}

Suggestion OfClass(const PlanItem& item) {
  const RecurringClass& recurs = item.recurs;
  Suggestion suggestion{
      .title = absl::StrCat(recurs.what.title, ": ", recurs.what.advice),
      .text = absl::StrCat("in ", recurs.changes, " of your ", recurs.judged, " analyzed changes",
                           item.since ? absl::StrCat(" since you completed a course about it on ",
                                                     absl::FormatTime("%Y-%m-%d", *item.since, absl::UTCTimeZone()))
                                      : "",
                           ", ", Counted(recurs.findings, "finding"), " (", absl::StrJoin(recurs.checks, ", "), ")"),
      .evidence = recurs.evidence};
  for (const ProposedCourse& proposed : item.courses) {
    if (!proposed.completed && suggestion.courses.size() < kMostCourses) suggestion.courses.push_back(proposed.course);
  }
  return suggestion;
}

// What to try about a figure that is worse.
std::string_view TryThis(std::string_view name) {
  if (name == "first_answer") return "answer requests sooner, or decline them: a short first word is enough";
  if (name == "led_to_change") return "name the declaration and what you would change in a comment";
  if (name == "survived") return "ask for a second look, or a test, before changes like these land";
  return "run the gate before you push: mergegate check --local";
}

}  // namespace

Advice AdviceOf(std::span<const Figure> figures, std::span<const PlanItem> plan) {
  Advice advice;
  std::vector<std::tuple<double, size_t, Suggestion>> worse;  // how far, place in the table
  for (const Figure& figure : figures) {
    if (std::string better = Compared(figure, BetterThan); !better.empty()) {
      advice.strengths.push_back({figure.name, absl::StrCat(figure.question, ": ", better), {figure.reason}});
    }
    if (std::string worst = Compared(figure, WorseThan); !worst.empty()) {
      worse.emplace_back(-Distance(figure), worse.size(),
                         Suggestion{.title = std::string(TryThis(figure.name)),
                                    .text = absl::StrCat(figure.question, ": ", worst),
                                    .evidence = figure.evidence});
    }
  }
  std::ranges::sort(worse, {}, [](const auto& one) { return std::pair(std::get<0>(one), std::get<1>(one)); });
  size_t classes = 0, of_figures = 0;
  while (advice.suggestions.size() < kSuggestions) {
    const bool has_class = classes < plan.size(), has_figure = of_figures < worse.size();
    if (!has_class && !has_figure) break;
    // One of each kind, the recurring class first.
    if (has_class && (classes <= of_figures || !has_figure)) {
      advice.suggestions.push_back(OfClass(plan[classes++]));
    } else {
      advice.suggestions.push_back(std::move(std::get<Suggestion>(worse[of_figures++])));
    }
  }
  if (advice.suggestions.size() < kSuggestions) {
    advice.fewer = absl::StrCat("no more than ", advice.suggestions.size(),
                                " has evidence: no other class of findings is in ", kRecurs,
                                " of your changes, and no other number lies surely below your own before or your "
                                "team's");
  }
  return advice;
}

}  // namespace mergegate::scoring
