#include "server/reviewers/corrections.h"

#include <algorithm>
#include <cmath>

#include "server/reviewers/review_history.h"
#include "server/reviewers/words.h"

namespace mergegate::reviewers {
namespace {

// Smaller errors than this change nothing that matters.
constexpr double kLeastError = 0.002;

void Add(std::vector<std::pair<PersonId, double>>& entries, PersonId person, double amount) {
  auto place = std::ranges::lower_bound(entries, person, {}, &std::pair<PersonId, double>::first);
  if (place == entries.end() || place->first != person) place = entries.insert(place, {person, 0.0});
  place->second += amount;
}

double Get(const std::vector<std::pair<PersonId, double>>& entries, PersonId person) {
  const auto place = std::ranges::lower_bound(entries, person, {}, &std::pair<PersonId, double>::first);
  return place != entries.end() && place->first == person ? place->second : 0;
}

}  // namespace

FolderShares FolderSharesOf(std::span<const std::string> paths) {
  paths = paths.first(std::min(paths.size(), kMostFiles));
  FolderShares shares;
  for (const std::string& path : paths) {
    const size_t slash = path.rfind('/');
    const Key key =
        FolderKey(slash == std::string::npos ? std::string_view() : std::string_view(path).substr(0, slash));
    const auto known = std::ranges::find(shares, key, &FolderShares::value_type::first);
    const float part = 1 / static_cast<float>(paths.size());
    if (known == shares.end()) {
      shares.emplace_back(key, part);
    } else {
      known->second += part;
    }
  }
  return shares;
}

void Corrections::Learn(const FolderShares& folders, std::span<const PersonId> people, std::span<const double> expected,
                        std::span<const double> happened) {
  for (size_t i = 0; i < people.size(); ++i) {
    const double error = happened[i] - expected[i];
    if (std::abs(error) < kLeastError) continue;
    Add(persons_, people[i], kPersonRate * error / scale_);
    for (const auto& [folder, part] : folders) Add(folders_[folder], people[i], kFolderRate * part * error);
  }
  scale_ *= 1 - kPersonFade;
  if (scale_ < 1e-100) {
    for (auto& [person, correction] : persons_) correction *= scale_;
    scale_ = 1;
  }
}

void Corrections::AddTo(const FolderShares& folders, const std::function<void(PersonId, double)>& add) const {
  for (const auto& [person, correction] : persons_) add(person, correction * scale_);
  for (const auto& [folder, part] : folders) {
    const auto found = folders_.find(folder);
    if (found == folders_.end()) continue;
    for (const auto& [person, correction] : found->second) add(person, correction * part);
  }
}

double Corrections::Of(PersonId person, const FolderShares& folders) const {
  double sum = Get(persons_, person) * scale_;
  for (const auto& [folder, part] : folders) {
    if (const auto found = folders_.find(folder); found != folders_.end()) sum += part * Get(found->second, person);
  }
  return sum;
}

}  // namespace mergegate::reviewers
