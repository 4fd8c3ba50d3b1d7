#include "server/pipeline/panel.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "server/reviewers/owners.h"

namespace mergegate::pipeline {
namespace {

constexpr size_t kMostAreas = 6;
constexpr size_t kRanked = 60;
constexpr size_t kMostOwnersFiles = 1000;

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash + 1);
}

// Changed paths by folder; the smallest folders share one area.
std::vector<std::pair<reviewers::Area, std::vector<std::string>>> AreasOf(const std::map<std::string, int>& paths) {
  std::map<std::string, std::pair<double, std::vector<std::string>>> folders;
  double sum = 0;
  for (const auto& [path, lines] : paths) {
    auto& [weight, in] = folders[FolderOf(path)];
    weight += std::max(lines, 1);
    sum += std::max(lines, 1);
    in.push_back(path);
  }
  std::vector<std::pair<reviewers::Area, std::vector<std::string>>> areas;
  for (auto& [folder, content] : folders) {
    areas.push_back({{.name = folder.empty() ? "the top folder" : folder, .weight = content.first / sum},
                     std::move(content.second)});
  }
  std::ranges::sort(areas, {}, [](const auto& area) { return std::pair(-area.first.weight, area.first.name); });
  while (areas.size() > kMostAreas) {
    auto& [rest, in] = areas[kMostAreas - 1];
    rest.name = "other folders";
    rest.weight += areas.back().first.weight;
    in.insert(in.end(), areas.back().second.begin(), areas.back().second.end());
    areas.pop_back();
  }
  return areas;
}

// CODEOWNERS, and the OWNERS files above the paths with what they include.
std::map<std::string, std::string> ReadOwnersFiles(const Tree& tree, const std::map<std::string, int>& paths) {
  std::map<std::string, std::string> files;
  std::vector<std::string> wanted = {"CODEOWNERS", ".github/CODEOWNERS", ".gitlab/CODEOWNERS", "docs/CODEOWNERS",
                                     "OWNERS_ALIASES"};
  std::set<std::string> folders = {""};
  for (const auto& [path, lines] : paths) {
    for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
      folders.insert(path.substr(0, slash + 1));
    }
  }
  for (const std::string& folder : folders) wanted.push_back(absl::StrCat(folder, "OWNERS"));
  std::set<std::string> seen;
  while (!wanted.empty() && files.size() < kMostOwnersFiles) {
    const std::string path = std::move(wanted.back());
    wanted.pop_back();
    if (!seen.insert(path).second || !tree.FindBlob(path)) continue;
    absl::StatusOr<std::string> text = tree.ReadFile(path);
    if (!text.ok()) continue;
    for (size_t at = text->find("file:"); at != std::string::npos; at = text->find("file:", at + 1)) {
      std::string included = text->substr(at + 5, text->find_first_of(" \t\r\n,#", at + 5) - at - 5);
      wanted.push_back(included.starts_with("//") ? included.substr(2) : absl::StrCat(FolderOf(path), included));
    }
    files.emplace(path, *std::move(text));
  }
  return files;
}

class PanelMaker {
 public:
  PanelMaker(const PipelineParts& parts, const ProjectId& project, const PanelQuery& query, const Policy& policy)
      : parts_(parts), project_(project), query_(query), policy_(policy), now_(parts.clock.Now()) {}

  absl::StatusOr<Panel> Make(const Tree& tree) {
    panel_.input.author = HandleOf(query_.author);
    RETURN_IF_ERROR(CountLoad());
    RETURN_IF_ERROR(RankAll());
    RETURN_IF_ERROR(RankAreas());
    FindOwners(tree);
    AddOthers();
    for (reviewers::Candidate& candidate : panel_.input.candidates) RETURN_IF_ERROR(LookUp(candidate));
    panel_.input.at_least = policy_.reviewers.count > 0 ? 1 : 0;
    for (const Condition& condition : policy_.conditions) {
      if (condition.kind != ConditionKind::kApprovals || condition.level == ConditionLevel::kWarn) continue;
      panel_.input.at_least = std::max(panel_.input.at_least, static_cast<int>(condition.threshold));
    }
    return std::move(panel_);
  }

 private:
  absl::Status CountLoad() {
    ASSIGN_OR_RETURN(const auto counts, parts_.store.CountOpenReviews(ProjectId()));
    for (const auto& [person, count] : counts) {
      const reviewers::ReviewerState* here = query_.review == nullptr ? nullptr : query_.review->Find(person);
      const bool counted = here != nullptr && here->stance != ReviewerStance::kDeclined && query_.review->open;
      open_[person] = count - (counted ? 1 : 0);  // this review is no load beside itself
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<reviewers::RankedPerson>> Ask(std::vector<std::string> paths, bool with_reasons) const {
    reviewers::RankQuery query;
    query.author = query_.author;
    for (const reviewers::LineOwner& owner : query_.owners) {
      if (std::ranges::find(paths, owner.path) != paths.end()) query.owners.push_back(owner);
    }
    query.paths = std::move(paths);
    query.title = query_.title;
    query.now = now_;
    for (const auto& [person, count] : open_) {
      if (count > 0) query.open.push_back({.person = IdentityOf(person), .count = static_cast<double>(count)});
    }
    query.load_weight = 0;  // Assign takes the load off
    query.limit = kRanked;
    query.with_reasons = with_reasons;
    return parts_.rank(project_, query);
  }

  absl::Status RankAll() {
    std::vector<std::string> paths;
    for (const auto& [path, lines] : query_.paths) paths.push_back(path);
    ASSIGN_OR_RETURN(const std::vector<reviewers::RankedPerson> ranked, Ask(std::move(paths), true));
    for (const reviewers::RankedPerson& person : ranked) {
      const Handle handle = HandleOf(person.person);
      if (handle.empty() || handle == panel_.input.author || panel_.names.contains(handle)) continue;
      panel_.names[handle] = person.person.name;
      for (const std::string& alias : {person.person.mail, person.person.login}) {
        if (!alias.empty()) aliases_.try_emplace(mergegate::HandleOf(alias), handle);
      }
      reviewers::Candidate candidate{.person = handle, .score = person.score};
      for (const reviewers::Reason& reason : person.reasons) candidate.reasons.push_back(reason.text);
      panel_.input.candidates.push_back(std::move(candidate));
    }
    return absl::OkStatus();
  }

  absl::Status RankAreas() {
    auto areas = AreasOf(query_.paths);
    for (auto& [area, paths] : areas) {
      if (areas.size() == 1) {
        for (const reviewers::Candidate& candidate : panel_.input.candidates) {
          area.scores[candidate.person] = candidate.score;
        }
      } else {
        ASSIGN_OR_RETURN(const std::vector<reviewers::RankedPerson> ranked, Ask(std::move(paths), false));
        for (const reviewers::RankedPerson& person : ranked) area.scores[HandleOf(person.person)] = person.score;
      }
      panel_.input.areas.push_back(std::move(area));
    }
    return absl::OkStatus();
  }

  void FindOwners(const Tree& tree) {
    const reviewers::OwnerRules rules = reviewers::ReadOwnerRules(ReadOwnersFiles(tree, query_.paths));
    std::vector<std::string> paths;
    for (const auto& [path, lines] : query_.paths) paths.push_back(path);
    panel_.input.owners = rules.DemandsOf(paths, panel_.input.author, policy_.reviewers.groups);
    panel_.problems = rules.problems();
    for (OwnerDemand& demand : panel_.input.owners) {
      for (Handle& owner : demand.owners) owner = Canonical(owner);
      std::erase(demand.owners, panel_.input.author);
    }
  }

  // The handle that the ranking knows a login or another mail under.
  Handle Canonical(const Handle& person) const {
    const auto it = aliases_.find(person);
    return it == aliases_.end() ? person : it->second;
  }

  // Whom the ranking does not know, but rules, the policy or the review name.
  void AddOthers() {
    std::vector<Handle> others;
    for (const OwnerDemand& demand : panel_.input.owners) {
      others.insert(others.end(), demand.owners.begin(), demand.owners.end());
    }
    for (const std::string& person : policy_.reviewers.required) others.push_back(mergegate::HandleOf(person));
    if (query_.review != nullptr) {
      std::vector<const reviewers::ReviewerState*> there;
      for (const reviewers::ReviewerState& reviewer : query_.review->reviewers) there.push_back(&reviewer);
      std::ranges::sort(there, {}, [](const auto* reviewer) { return std::pair(!reviewer->responsible, reviewer); });
      for (const reviewers::ReviewerState* reviewer : there) {
        const bool declined = reviewer->stance == ReviewerStance::kDeclined;
        (declined ? panel_.input.declined : panel_.input.kept).push_back(reviewer->person);
        if (!declined) others.push_back(reviewer->person);
      }
    }
    for (const Handle& person : others) {
      const auto& known = panel_.input.candidates;
      if (person == panel_.input.author ||
          std::ranges::find(known, person, &reviewers::Candidate::person) != known.end()) {
        continue;
      }
      panel_.input.candidates.push_back({.person = person});
    }
  }

  absl::Status LookUp(reviewers::Candidate& candidate) {
    if (const auto it = open_.find(candidate.person); it != open_.end()) candidate.open_reviews = it->second;
    ASSIGN_OR_RETURN(const reviewers::Calendar calendar, CalendarFor(parts_.store, candidate.person));
    const absl::Time next = reviewers::AddWorkingTime(calendar, now_, absl::Seconds(1));
    candidate.waits = std::min(1.0, absl::ToDoubleHours(next - now_) / 24);
    const auto until = reviewers::AwayUntil(calendar, now_);
    if (until) {
      panel_.away_until[candidate.person] = *until;
      candidate.away = absl::StrCat("away until ", absl::FormatTime("%Y-%m-%d", *until, calendar.zone));
    } else if (!calendar.absences.empty()) {
      reviewers::Calendar without_leave = calendar;
      without_leave.absences.clear();
      const absl::Duration respond = absl::Hours(policy_.reviewers.respond_hours);
      if (reviewers::AddWorkingTime(calendar, now_, respond) >
          reviewers::AddWorkingTime(without_leave, now_, respond)) {
        candidate.away = "on leave before an answer would be due";
      }
    }
    return absl::OkStatus();
  }

  const PipelineParts& parts_;
  const ProjectId& project_;
  const PanelQuery& query_;
  const Policy& policy_;
  const absl::Time now_;
  Panel panel_;
  std::map<Handle, int> open_;
  std::map<Handle, Handle> aliases_;
};

}  // namespace

Handle HandleOf(const Identity& identity) {
  const std::string mail = absl::AsciiStrToLower(identity.mail);
  if (!mail.empty() && mail.find("noreply") == std::string::npos) return mergegate::HandleOf(mail);
  if (!identity.login.empty()) return mergegate::HandleOf(identity.login);
  return mergegate::HandleOf(mail);
}

Identity IdentityOf(const Handle& person) {
  Identity identity;
  (person.value().find('@') == std::string::npos ? identity.login : identity.mail) = person.value();
  return identity;
}

absl::StatusOr<reviewers::Calendar> CalendarFor(storage::Store& store, const Handle& person) {
  ASSIGN_OR_RETURN(const Availability availability, store.GetAvailability(person));
  absl::TimeZone zone = absl::UTCTimeZone();
  if (!availability.time_zone.empty()) absl::LoadTimeZone(availability.time_zone, &zone);
  return reviewers::CalendarOf(availability, zone);
}

absl::StatusOr<Panel> MakePanel(const PipelineParts& parts, const ProjectId& project, const PanelQuery& query,
                                const Policy& policy, const Tree& rules_of) {
  return PanelMaker(parts, project, query, policy).Make(rules_of);
}

}  // namespace mergegate::pipeline
