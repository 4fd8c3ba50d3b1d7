#include "server/scoring/growth/figures.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/scoring/estimate.h"
#include "server/scoring/growth/training_plan.h"

namespace mergegate::scoring {
namespace {

constexpr absl::Duration kGrace = absl::Hours(24 * 14);
constexpr double kPatientHours = 8;
constexpr int kFewest = 5;
constexpr int kLeastOthers = 3;
constexpr size_t kMostEvidence = 3;

// What one question finds in a period about some people.
struct Answer {
  int n = 0;  // what was seen, too little for a value, too
  std::optional<FigureValue> value = {};
  std::string missing = {};
  std::string reason = {};
  std::vector<std::pair<double, std::string>> bad = {};  // how bad, which change
};
struct Question {
  std::span<const WorkOfChange> work;
  const std::set<Handle>& people;
  Period period;
  const WorkingHours& hours;
};

void SetFirst(std::map<Handle, absl::Time>& first, const Handle& person, absl::Time at) {
  const auto [known, added] = first.emplace(person, at);
  if (!added) known->second = std::min(known->second, at);
}
void SetFirst(std::optional<absl::Time>& first, absl::Time at) { first = first ? std::min(*first, at) : at; }

bool IsAnswer(SignalKind kind) {
  return kind == SignalKind::kReviewCommented || kind == SignalKind::kApproved ||
         kind == SignalKind::kChangesRequested || kind == SignalKind::kThreadOpened;
}

Answer TooFew(int n) {
  return {.n = n,
          .missing = n == 0 ? absl::StrCat("nothing yet, and it takes ", kFewest)
                            : absl::StrCat("only ", n, " of the ", kFewest, " that it takes")};
}

Answer Share(int good, int n, std::string reason, std::vector<std::pair<double, std::string>> bad) {
  if (n < kFewest) return TooFew(n);
  const Interval share = Proportion(good, n);
  return {.n = n,
          .value = FigureValue{share.value, share.low, share.high, n},
          .reason = std::move(reason),
          .bad = std::move(bad)};
}

Answer Count(int n, const Question& question, std::string_view what) {
  const double scale =
      absl::FDivDuration(absl::Hours(24 * 30), question.period.length()) / static_cast<double>(question.people.size());
  const Bounds bounds = Poisson90(n);
  return {
      .n = n, .value = FigureValue{n * scale, bounds.low * scale, bounds.high * scale, n}, .reason = Counted(n, what)};
}

Answer FirstAnswer(const Question& question) {
  std::vector<double> hours;
  std::vector<std::pair<double, std::string>> slow;
  int waiting = 0;
  const absl::Time until = question.period.until;
  for (const WorkOfChange& change : question.work) {
    for (const auto& [person, asked] : change.asked) {
      if (!question.people.contains(person) || !question.period.Holds(asked)) continue;
      const auto answered = change.answered.find(person);
      const bool in_time = answered != change.answered.end() && answered->second < until;
      const bool moot = change.declined.contains(person) || (change.closed && *change.closed < until);
      if (!in_time && moot) continue;
      const absl::Time end = in_time ? std::max(asked, answered->second) : until;
      const double taken = question.hours(absl::ToUnixSeconds(asked), absl::ToUnixSeconds(end), KeyOf(person));
      if (!in_time && taken <= kPatientHours) continue;
      waiting += !in_time;
      hours.push_back(taken);
      slow.emplace_back(taken, change.name);
    }
  }
  const int n = static_cast<int>(hours.size());
  if (n < kFewest) return TooFew(n);
  const Interval median = Median(std::move(hours));
  return {.n = n,
          .value = FigureValue{median.value, median.low, median.high, n},
          .reason = absl::StrCat("over ", n, " requests for review",
                                 waiting > 0 ? absl::StrCat(", ", waiting, " of them still waiting") : ""),
          .bad = std::move(slow)};
}

Answer LedToChange(const Question& question) {
  const bool watched =
      std::ranges::any_of(question.work, [](const WorkOfChange& change) { return !change.addressed.empty(); });
  if (!watched) return {.missing = "nothing tells which comments led to a change"};
  int n = 0, led = 0;
  std::vector<std::pair<double, std::string>> without;
  for (const WorkOfChange& change : question.work) {
    if (!change.closed || *change.closed >= question.period.until) continue;
    for (const auto& [person, at] : change.commented) {
      if (!question.people.contains(person) || !question.period.Holds(at)) continue;
      ++n;
      const bool addressed = change.addressed.contains(person);
      led += addressed;
      if (!addressed) without.emplace_back(1, change.name);
    }
  }
  return Share(led, n, absl::StrCat("in ", led, " of ", Counted(n, "commented change")), std::move(without));
}

Answer Survived(const Question& question) {
  int n = 0, stood = 0;
  std::vector<std::pair<double, std::string>> reverted;
  for (const WorkOfChange& change : question.work) {
    if (!change.merged || !question.people.contains(change.author)) continue;
    if (!question.period.Holds(*change.merged + kGrace)) continue;
    ++n;
    const bool stands = !change.reverted || *change.reverted > *change.merged + kGrace;
    stood += stands;
    if (!stands) reverted.emplace_back(1, change.name);
  }
  return Share(stood, n,
               absl::StrCat(n - stood, " of ", Counted(n, "merged change"),
                            " reverted within the 14 days that ended in this time"),
               std::move(reverted));
}

Answer Clean(const Question& question) {
  int n = 0, clean = 0;
  std::vector<std::pair<double, std::string>> dirty;
  for (const WorkOfChange& change : question.work) {
    if (!change.findings || !question.people.contains(change.author)) continue;
    if (!question.period.Holds(change.judged_at)) continue;
    ++n;
    clean += *change.findings == 0;
    if (*change.findings > 0) dirty.emplace_back(*change.findings, change.name);
  }
  return Share(clean, n, absl::StrCat(clean, " of ", Counted(n, "analyzed change"), " brought no finding"),
               std::move(dirty));
}

Answer Reviews(const Question& question) {
  int n = 0;
  for (const WorkOfChange& change : question.work) {
    for (const auto& [person, at] : change.answered) {
      n += question.people.contains(person) && question.period.Holds(at);
    }
  }
  return Count(n, question, "change");
}

Answer Merged(const Question& question) {
  int n = 0;
  for (const WorkOfChange& change : question.work) {
    n += change.merged && question.people.contains(change.author) && question.period.Holds(*change.merged);
  }
  return Count(n, question, "change");
}

struct Row {
  std::string_view name, question;
  FigureUnit unit;
  Better better;
  Answer (*find)(const Question&);
};
// THE table of figures.
constexpr Row kRows[] = {
    {"first_answer", "how soon you answer when asked to review", FigureUnit::kHours, Better::kLower, FirstAnswer},
    {"led_to_change", "whether your comments lead to better code", FigureUnit::kShare, Better::kHigher, LedToChange},
    {"survived", "whether your merged changes stand", FigureUnit::kShare, Better::kHigher, Survived},
    {"clean", "whether your changes bring no findings", FigureUnit::kShare, Better::kHigher, Clean},
    {"reviews", "changes of others you answered", FigureUnit::kPer30Days, Better::kNeither, Reviews},
    {"merged", "your changes that were merged", FigureUnit::kPer30Days, Better::kNeither, Merged},
};

bool Beyond(const Figure& figure, const std::optional<FigureValue>& other, bool above) {
  if (!figure.own || !other || figure.own->n < kFewest || other->n < kFewest) return false;
  return above ? figure.own->low > other->value : figure.own->high < other->value;
}

}  // namespace

std::vector<WorkOfChange> WorkOf(std::span<const Signal> signals) {
  std::map<std::string, WorkOfChange> changes;
  for (const Signal& signal : signals) {
    const std::optional<Family> family = FamilyOf(signal.kind);
    if (family != Family::kChange && signal.kind != SignalKind::kChangeJudged) continue;
    const std::string name = absl::StrCat("projects/", signal.project.value(), "/reviews/", signal.object);
    WorkOfChange& change = changes[name];
    change.name = name;
    const Handle& actor = signal.actor;
    switch (signal.kind) {
      case SignalKind::kChangeMerged:
        SetFirst(change.merged, signal.at);
        [[fallthrough]];
      case SignalKind::kChangeAbandoned:
        SetFirst(change.closed, signal.at);
        [[fallthrough]];
      case SignalKind::kChangeOpened:
      case SignalKind::kChangePushed:
        change.author = actor;
        break;
      case SignalKind::kChangeReverted:
        SetFirst(change.reverted, signal.at);
        change.author = actor;
        break;
      case SignalKind::kReviewRequested:
        SetFirst(change.asked, actor, signal.at);
        break;
      case SignalKind::kReviewDeclined:
        SetFirst(change.declined, actor, signal.at);
        break;
      case SignalKind::kCommentAddressed:
        SetFirst(change.addressed, actor, signal.at);
        break;
      case SignalKind::kChangeJudged:
      case SignalKind::kFindingAdded:
      case SignalKind::kFindingAvoided:
        change.author = actor;
        change.judged_at = std::max(change.judged_at, signal.at);
        change.findings =
            change.findings.value_or(0) +
            (signal.kind == SignalKind::kFindingAdded ? static_cast<int>(std::min(signal.value, 1e6)) : 0);
        break;
      default:
        break;
    }
    if (IsAnswer(signal.kind)) SetFirst(change.answered, actor, signal.at);
    if (signal.kind == SignalKind::kReviewCommented || signal.kind == SignalKind::kThreadOpened) {
      SetFirst(change.commented, actor, signal.at);
    }
  }
  std::vector<WorkOfChange> work;
  for (auto& [name, change] : changes) {
    // What an author says to their own change is no review of it.
    for (std::map<Handle, absl::Time>* said : {&change.asked, &change.answered, &change.commented, &change.addressed}) {
      said->erase(change.author);
    }
    work.push_back(std::move(change));
  }
  return work;
}

std::vector<Figure> FiguresOf(std::span<const WorkOfChange> work, const Handle& person, const std::set<Handle>& team,
                              const Period& period, const WorkingHours& hours) {
  const Period before{period.since - period.length(), period.since};
  const std::set<Handle> alone = {person};
  std::vector<Figure> figures;
  for (const Row& row : kRows) {
    Figure& figure = figures.emplace_back();
    figure.name = std::string(row.name);
    figure.question = std::string(row.question);
    figure.unit = row.unit;
    figure.better = row.better;
    Answer own = row.find({work, alone, period, hours});
    figure.missing = std::move(own.missing);
    figure.own = own.value;
    figure.reason = std::move(own.reason);
    std::ranges::sort(own.bad, std::greater());
    for (size_t i = 0; i < std::min(own.bad.size(), kMostEvidence); ++i) figure.evidence.push_back(own.bad[i].second);
    if (!figure.own) continue;
    figure.earlier = row.find({work, alone, before, hours}).value;
    const auto counts = [&](const Handle& one) {
      const std::set<Handle> only = {one};
      return one != person && row.find({work, only, period, hours}).n > 0;
    };
    if (team.size() >= kLeastTeam && std::ranges::count_if(team, counts) >= kLeastOthers) {
      figure.team = row.find({work, team, period, hours}).value;
    }
  }
  return figures;
}

bool BetterThan(const Figure& figure, const std::optional<FigureValue>& other) {
  if (figure.better == Better::kNeither) return false;
  return Beyond(figure, other, figure.better == Better::kHigher);
}

bool WorseThan(const Figure& figure, const std::optional<FigureValue>& other) {
  if (figure.better == Better::kNeither) return false;
  return Beyond(figure, other, figure.better == Better::kLower);
}

std::string Shown(FigureUnit unit, double value) {
  switch (unit) {
    case FigureUnit::kShare:
      return Percent(value);
    case FigureUnit::kHours:
      return absl::StrCat(Decimal(value), " h");
    default:
      return absl::StrCat(Decimal(value), " in 30 days");
  }
}

}  // namespace mergegate::scoring
