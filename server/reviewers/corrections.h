// What the ranking got wrong of late: how much more or less a person reviews than the terms say, in all and in a
// folder.
//
//   Corrections corrections;
//   corrections.Learn(FolderSharesOf(paths), people, expected, happened);
//   corrections.AddTo(folder_shares, [&](PersonId person, double correction) { ... });
//
// A correction moves by rate x (what happened - what was expected) at each change; those of persons fade with each
// change. It follows who takes over, comes back or leaves faster than masses do. Value; const members from many
// threads.
#ifndef MERGEGATE_SERVER_REVIEWERS_CORRECTIONS_H_
#define MERGEGATE_SERVER_REVIEWERS_CORRECTIONS_H_

#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/reviewers/mass_table.h"
#include "server/reviewers/people.h"

namespace mergegate::reviewers {

// Folders of some files, each with its part of them (sum 1).
using FolderShares = std::vector<std::pair<Key, float>>;
// Of the first 50 files; files in the root share a folder of their own.
FolderShares FolderSharesOf(std::span<const std::string> paths);

class Corrections {
 public:
  static constexpr double kPersonRate = 0.05, kPersonFade = 0.005, kFolderRate = 0.1;

  // `expected`, `happened`: each person's part of the reviews of one change.
  void Learn(const FolderShares& folders, std::span<const PersonId> people, std::span<const double> expected,
             std::span<const double> happened);

  // Calls `add` for every person with a correction, perhaps several times.
  void AddTo(const FolderShares& folders, const std::function<void(PersonId, double)>& add) const;

  // The sum for one person, in units of utility.
  double Of(PersonId person, const FolderShares& folders) const;

 private:
  using Entries = std::vector<std::pair<PersonId, double>>;  // ascending persons

  Entries persons_;  // in units of scale_
  double scale_ = 1;
  absl::flat_hash_map<Key, Entries> folders_;
};

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_CORRECTIONS_H_
