#include "server/pipeline/appeals.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/base/status_macros.h"
#include "server/pipeline/appraisals.h"
#include "server/pipeline/score_board.h"

namespace mergegate::pipeline {
namespace {

constexpr absl::Duration kFigures = absl::Hours(24 * 90);
constexpr std::string_view kProjects = "projects/";

std::string Points(const Ranged& value, int n) {
  std::string text = absl::StrFormat("%.1f (%.1f to %.1f)", value.value / 100.0, value.low / 100.0, value.high / 100.0);
  if (n > 0) absl::StrAppendFormat(&text, ", n %d", n);
  return text;
}

std::string Told(const scoring::Figure& figure) {
  if (!figure.own) return "-";
  return absl::StrFormat("%s (%s to %s), n %d", scoring::Shown(figure.unit, figure.own->value),
                         scoring::Shown(figure.unit, figure.own->low), scoring::Shown(figure.unit, figure.own->high),
                         figure.own->n);
}

}  // namespace

absl::StatusOr<std::vector<AppealEffect>> StandingOf(const PipelineParts& parts, const Appeal& appeal,
                                                     const std::set<ProjectId>& projects) {
  std::vector<AppealEffect> standing;
  const Handle& person = appeal.person;
  ASSIGN_OR_RETURN(const Appraisal appraisal,
                   AppraisalOf(parts, person, {appeal.answered - kFigures, appeal.answered}));
  for (const scoring::Figure& figure : appraisal.figures) standing.push_back({"people/me", figure.name, Told(figure)});
  if (parts.scores == nullptr) return standing;
  std::vector<std::pair<std::string, scoring::Scope>> scopes = {
      {"people/me", {scoring::ScopeKind::kPerson, person.value()}}};
  ASSIGN_OR_RETURN(const std::vector<Team> teams, parts.store.ListTeams());
  for (const Team& team : teams) {
    if (std::ranges::find(team.members, person) == team.members.end()) continue;
    scopes.push_back({absl::StrCat("teams/", team.id.value()), {scoring::ScopeKind::kTeam, team.id.value()}});
  }
  for (const ProjectId& project : projects) {
    if (!parts.store.GetProject(project).ok()) continue;  // known from an import only
    scopes.push_back(
        {absl::StrCat(std::string(kProjects), project.value()), {scoring::ScopeKind::kProject, project.value()}});
  }
  for (const auto& [name, scope] : scopes) {
    ASSIGN_OR_RETURN(const CompositeScore score, parts.scores->Of(scope, appeal.answered, {}));
    const std::vector<AppealEffect> numbers = NumbersOf(name, score);
    standing.insert(standing.end(), numbers.begin(), numbers.end());
  }
  return standing;
}

std::vector<AppealEffect> NumbersOf(const std::string& scope, const CompositeScore& score) {
  std::vector<AppealEffect> numbers;
  const auto add = [&](const std::string& name, std::string number) {
    numbers.push_back({scope, name, std::move(number)});
  };
  add("M", score.missing.empty()
               ? absl::StrFormat("%.4f (%.4f to %.4f)", score.m.value / 1e4, score.m.low / 1e4, score.m.high / 1e4)
               : "-");
  for (const MetricScore& metric : score.metrics) {
    add(std::string(Letter(metric.kind)), metric.missing.empty() ? Points(metric.score, 0) : "-");
    for (const SubIndexScore& part : metric.parts) {
      add(part.name, part.missing.empty() ? Points(part.score, part.n) : "-");
    }
  }
  return numbers;
}

std::vector<AppealEffect> EffectsOf(std::span<const AppealEffect> before, std::span<const AppealEffect> now) {
  using Key = std::pair<std::string, std::string>;
  std::map<Key, std::string> is;
  for (const AppealEffect& one : now) is[{one.scope, one.name}] = one.before;
  std::vector<AppealEffect> effects;
  for (const AppealEffect& one : before) {
    const auto found = is.find({one.scope, one.name});
    const std::string after = found == is.end() ? "-" : found->second;
    if (after != one.before) effects.push_back({one.scope, one.name, one.before, after});
  }
  return effects;
}

absl::Status FinishAppeal(const PipelineParts& parts, Appeal& appeal) {
  if (std::ranges::none_of(appeal.effects, [](const AppealEffect& one) { return one.after.empty(); })) {
    return absl::OkStatus();
  }
  std::set<ProjectId> projects;
  for (const AppealEffect& one : appeal.effects) {
    if (one.scope.starts_with(kProjects)) projects.insert(ProjectId(one.scope.substr(kProjects.size())));
  }
  ASSIGN_OR_RETURN(const std::vector<AppealEffect> now, StandingOf(parts, appeal, projects));
  appeal.effects = EffectsOf(appeal.effects, now);
  return parts.store.SetEffects(appeal.number, appeal.effects);
}

}  // namespace mergegate::pipeline
