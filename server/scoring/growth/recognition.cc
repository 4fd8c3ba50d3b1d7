#include "server/scoring/growth/recognition.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mergegate::scoring {
namespace {

// A change as far as teaching goes.
struct Lesson {
  Handle author = {};
  std::string folder = {};
  std::set<Handle> learners = {};
  std::set<Handle> answered = {};
  std::map<Handle, absl::Time> approved = {};  // when first
  std::optional<absl::Time> merged = {};
};

bool IsBelow(std::string_view folder, std::string_view above) {
  return folder == above || (folder.size() > above.size() && folder.starts_with(above) && folder[above.size()] == '/');
}

std::map<std::string, Lesson> ReviewedIn(std::span<const Signal> signals) {
  std::map<std::string, Lesson> changes;
  for (const Signal& signal : signals) {
    Lesson& change = changes[absl::StrCat(signal.project.value(), "\n", signal.object)];
    switch (signal.kind) {
      case SignalKind::kChangeMerged:
        change.author = signal.actor;
        change.merged = change.merged ? std::min(*change.merged, signal.at) : signal.at;
        break;
      case SignalKind::kReviewRequested:
        if (signal.part == "learner") change.learners.insert(signal.actor);
        break;
      case SignalKind::kApproved: {
        const auto [known, added] = change.approved.emplace(signal.actor, signal.at);
        if (!added) known->second = std::min(known->second, signal.at);
        if (change.folder.empty()) change.folder = signal.part;
        change.answered.insert(signal.actor);
        break;
      }
      case SignalKind::kReviewCommented:
      case SignalKind::kChangesRequested:
      case SignalKind::kThreadOpened:
        change.answered.insert(signal.actor);
        break;
      default:
        break;
    }
  }
  return changes;
}

// Lesson beside a learner who later was the only reviewer of a merged change in the same folder of the same project.
void AddTeaching(std::span<const Signal> signals, std::set<HelpOccasion>& help) {
  const std::map<std::string, Lesson> changes = ReviewedIn(signals);
  std::map<std::tuple<Handle, Handle, std::string>, absl::Time> first;  // teacher, learner, project and folder
  for (const auto& [name, lesson] : changes) {
    const std::string project = name.substr(0, name.find('\n'));
    if (lesson.folder.empty() || !lesson.merged) continue;
    for (const Handle& learner : lesson.learners) {
      std::optional<absl::Time> alone;
      for (const auto& [other, later] : changes) {
        const auto approved = later.approved.find(learner);
        if (other.substr(0, other.find('\n')) != project || approved == later.approved.end() || !later.merged ||
            later.answered.size() != 1 || !IsBelow(later.folder, lesson.folder) || approved->second <= *lesson.merged) {
          continue;
        }
        alone = alone ? std::min(*alone, approved->second) : approved->second;
      }
      if (!alone) continue;
      for (const auto& [teacher, at] : lesson.approved) {
        if (lesson.learners.contains(teacher)) continue;
        const auto [known, added] =
            first.emplace(std::tuple(teacher, learner, absl::StrCat(project, ":", lesson.folder)), *alone);
        if (!added) known->second = std::min(known->second, *alone);
      }
    }
  }
  for (const auto& [key, at] : first) {
    const auto& [teacher, learner, folder] = key;
    help.insert({.at = at, .kind = HelpKind::kTeaching, .helper = teacher, .whom = learner, .about = folder});
  }
}

}  // namespace

std::vector<HelpOccasion> HelpIn(std::span<const Signal> signals) {
  std::set<HelpOccasion> help;
  std::map<std::tuple<HelpKind, Handle, Handle, std::string>, absl::Time> first;
  for (const Signal& signal : signals) {
    const HelpKind kind = signal.kind == SignalKind::kCommentAddressed ? HelpKind::kComment
                          : signal.kind == SignalKind::kAnswerAccepted ? HelpKind::kAnswer
                                                                       : HelpKind::kUnspecified;
    if (signal.kind == SignalKind::kKudos) {
      help.insert({.at = signal.at,
                   .kind = HelpKind::kKudos,
                   .helper = signal.subject,
                   .whom = signal.actor,
                   .about = signal.object});
    }
    if (kind == HelpKind::kUnspecified) continue;
    const std::string about =
        signal.project.empty() ? signal.object : absl::StrCat(signal.project.value(), ":", signal.object);
    const auto [known, added] = first.emplace(std::tuple(kind, signal.actor, signal.subject, about), signal.at);
    if (!added) known->second = std::min(known->second, signal.at);
  }
  for (const auto& [key, at] : first) {
    const auto& [kind, helper, whom, about] = key;
    help.insert({.at = at, .kind = kind, .helper = helper, .whom = whom, .about = about});
  }
  AddTeaching(signals, help);
  std::vector<HelpOccasion> all(help.begin(), help.end());
  std::erase_if(
      all, [](const HelpOccasion& one) { return one.helper.empty() || one.whom.empty() || one.helper == one.whom; });
  return all;
}

std::string TextOf(const RecognitionRules& rules) {
  const auto days = [](absl::Duration period) { return period / absl::Hours(24); };
  return absl::StrCat("An occasion counts 1, kudos ", rules.kudos, "; at most ", rules.per_day, " count in a day, ",
                      rules.per_pair, " (of kudos ", rules.kudos_per_pair, ") between the same two in ",
                      days(rules.pair_period), " days; what both did for each other counts ", rules.traded_help,
                      " of that, of kudos ", rules.traded_kudos, ".");
}

HelpRecord HelpBy(const Handle& helper, std::span<const HelpOccasion> help, absl::Time now,
                  const RecognitionRules& rules) {
  const auto counts = [&](const HelpOccasion& one) { return one.at <= now && one.at > now - rules.window; };
  // What came back from each, by kudos or not.
  std::map<std::pair<Handle, bool>, int> back;
  for (const HelpOccasion& one : help) {
    if (counts(one) && one.whom == helper) ++back[{one.helper, one.kind == HelpKind::kKudos}];
  }
  HelpRecord record;
  std::map<int64_t, int> on_day;
  std::map<std::pair<Handle, bool>, std::vector<absl::Time>> of_pair;
  for (const HelpOccasion& one : help) {
    if (!counts(one) || one.helper != helper) continue;
    const bool kudos = one.kind == HelpKind::kKudos;
    const std::pair<Handle, bool> pair{one.whom, kudos};
    CountedHelp counted{.help = one, .credit = kudos ? rules.kudos : 1};
    std::vector<absl::Time>& earlier = of_pair[pair];
    std::erase_if(earlier, [&](absl::Time at) { return at <= one.at - rules.pair_period; });
    const int most = kudos ? rules.kudos_per_pair : rules.per_pair;
    int& today = on_day[absl::ToUnixSeconds(one.at) / 86400];
    if (static_cast<int>(earlier.size()) >= most) {
      counted.credit = 0;
      counted.capped =
          absl::StrCat("more than ", most, " between the same two in ", rules.pair_period / absl::Hours(24), " days");
    } else if (today >= rules.per_day) {
      counted.credit = 0;
      counted.capped = absl::StrCat("more than ", rules.per_day, " on one day");
    } else {
      earlier.push_back(one.at);
      ++today;
      if (int& traded = back[pair]; traded > 0) {
        --traded;
        counted.credit *= kudos ? rules.traded_kudos : rules.traded_help;
        counted.capped = "they did the same for you";
      }
    }
    record.credit += counted.credit;
    record.help.push_back(std::move(counted));
  }
  std::ranges::reverse(record.help);
  record.recognized = record.credit >= rules.wanted;
  return record;
}

}  // namespace mergegate::scoring
