// A made-up company at work: 1 000 people in 100 teams and 20 projects, two years of signals. Always the same.
//
//   Company company;
//   engine.Load(company.Signals(1'000'000));
#ifndef MERGEGATE_TESTS_BENCH_COMPANY_H_
#define MERGEGATE_TESTS_BENCH_COMPANY_H_

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/domain/signal.h"
#include "tests/support/signal_builder.h"

namespace mergegate::testing {

inline constexpr unsigned kPeople = 1000, kTeams = 100, kProjects = 20, kDays = 730;

class Company {
 public:
  std::vector<Signal> Signals(size_t count) {
    std::vector<Signal> signals;
    for (unsigned change = 0; signals.size() < count; ++change) {
      const unsigned author = Below(kPeople), team = author % kTeams;
      const double day = Below(kDays * 100) / 100.0;
      const auto colleague = [&] {
        return Person(Below(5) == 0 ? Below(kPeople) : team + kTeams * Below(kPeople / kTeams));
      };
      ChangeStory story(absl::StrCat("project", author % kProjects), absl::StrCat("c", change), Person(author), day,
                        1 + Below(600));
      for (unsigned i = Below(4); i > 0; --i) story.Comment(colleague(), day + Below(300) / 100.0);
      for (unsigned i = Below(3); i > 0; --i) {
        story.Thread(colleague(), day + Below(300) / 100.0, absl::StrCat("t", i), Below(4) != 0);
      }
      for (unsigned i = Below(3); i > 0; --i) story.Push(day + Below(400) / 100.0);
      if (Below(10) != 0) story.Review(colleague(), day + Below(400) / 100.0);
      if (Below(2) == 0) story.Addressed(colleague(), day + 4);
      if (Below(4) == 0) story.Finding(absl::StrCat("check", Below(40)), day + 4);
      if (Below(12) != 0) story.Merge(day + 4);
      if (Below(40) == 0) story.Revert(day + 6);
      Append(signals, story.signals());
      if (Below(4) == 0) {
        static constexpr SignalKind kKinds[] = {SignalKind::kPosted, SignalKind::kAnswerAccepted, SignalKind::kKudos,
                                                SignalKind::kEventAttended, SignalKind::kCourseCompleted};
        signals.push_back(
            MakeSignal(kKinds[Below(5)], Person(author), colleague(), day, absl::StrCat("o", change), 0.5));
      }
    }
    signals.resize(count);
    return signals;
  }
  std::vector<Team> Teams() const {
    std::vector<Team> teams;
    for (unsigned i = 0; i < kTeams; ++i) {
      Team& team = teams.emplace_back(Team{.id = TeamId(absl::StrCat("team", i)), .members = {}});
      for (unsigned k = i; k < kPeople; k += kTeams) team.members.push_back(Handle(Person(k)));
    }
    return teams;
  }
  static std::string Person(unsigned i) { return absl::StrCat("person", i, "@example.org"); }
  unsigned Below(unsigned n) { return static_cast<unsigned>(random_() % n); }

 private:
  std::mt19937 random_{20241126};
};

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_BENCH_COMPANY_H_
