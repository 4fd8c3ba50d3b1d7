// One sub-index of a made-up world.
//
//   World world;
//   world.teams = {{TeamId("core"), {Handle("ann"), Handle("bob")}}};
//   world.Tell(ChangeStory("p", "c", "ann", 1).Review("bob", 2).Merge(3));
//   world.Part("reviewed").score.value == 10000
#ifndef MERGEGATE_TESTS_UNIT_SCORING_SCORES_FIXTURE_H_
#define MERGEGATE_TESTS_UNIT_SCORING_SCORES_FIXTURE_H_

#include <string>
#include <vector>

#include "server/scoring/score_engine.h"
#include "server/scoring/working_hours.h"
#include "tests/support/signal_builder.h"

namespace mergegate::scoring {

struct World {
  std::vector<Person> persons = {};
  std::vector<Team> teams = {};
  std::vector<Signal> signals = {};
  std::vector<LandedFiles> landed = {};
  std::vector<std::pair<std::string, std::pair<double, int>>> verdicts = {};  // change, day, Q
  double today = 60;

  void Tell(const testing::ChangeStory& story) { testing::Append(signals, story.signals()); }
  void Tell(Signal signal) { signals.push_back(std::move(signal)); }

  std::unique_ptr<ScoreEngine> Engine() const {
    auto engine = std::make_unique<ScoreEngine>(
        persons, teams, [](int64_t from, int64_t to, PersonKey) { return UsualHours(from, to); });
    engine->Load(signals);
    engine->Load(ProjectId("p"), landed);
    for (const auto& [change, verdict] : verdicts) {
      engine->AddVerdict(ProjectId("p"), change, testing::OnDay(verdict.first), verdict.second);
    }
    return engine;
  }

  SubIndexScore Part(const std::string& name, const Scope& scope = {ScopeKind::kProject, "p"}) const {
    return Find(Engine()->Of(scope, testing::OnDay(today), {}), name);
  }

  static SubIndexScore Find(const CompositeScore& score, const std::string& name) {
    for (const MetricScore& metric : score.metrics) {
      for (const SubIndexScore& part : metric.parts) {
        if (part.name == name) return part;
      }
    }
    return {.missing = "no such sub-index"};
  }
};

inline Team MakeTeam(const std::string& id, std::vector<std::string> members) {
  Team team{.id = TeamId(id), .members = {}};
  for (const std::string& member : members) team.members.push_back(Handle(member));
  return team;
}

inline const Scope kCore = {ScopeKind::kTeam, "core"};

}  // namespace mergegate::scoring

#endif  // MERGEGATE_TESTS_UNIT_SCORING_SCORES_FIXTURE_H_
