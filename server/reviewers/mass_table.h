// Who did how much with something (a file, a folder, an author, a word), counted so that the past fades.
//
//   MassTable reviews({.short_days = 120, .long_days = 1000, .events = 5});
//   reviews.Add(KeyOf("file", path), {ann, bob}, /*weight=*/1, /*day=*/19000.5, record);
//   const KeyMass* masses = reviews.Find(KeyOf("file", path));
//
// Each mass is sum(weight x 2^(-age / half-life)); ages are days, or events of the same key. Kept as
// sum(weight x 2^(time / half-life)) from a common origin, so adding is one addition and nothing is ever aged; shares
// are quotients, in which the origin cancels. Move-only value; const members from many threads.
#ifndef MERGEGATE_SERVER_REVIEWERS_MASS_TABLE_H_
#define MERGEGATE_SERVER_REVIEWERS_MASS_TABLE_H_

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/reviewers/people.h"

namespace mergegate::reviewers {

using Key = uint64_t;

// A 64-bit hash, the same everywhere. `kind` keeps different things of one name apart.
Key KeyOf(std::string_view kind, std::string_view name);
Key KeyOf(Key kind, std::string_view name);
Key KeyOf(std::string_view kind, uint64_t number);

struct HalfLives {
  double short_days = 120;
  double long_days = 1000;
  double events = 10;  // of the same key
};

struct PersonMass {
  PersonId person = kNobody;
  uint32_t events = 0;
  double last_day = 0;
  double by_short = 0, by_long = 0, by_event = 0;
};

struct KeyMass {
  std::vector<PersonMass> people;  // ascending ids
  double short_total = 0, long_total = 0, event_total = 0;
  double event_scale = 1;        // what one event weighs now
  uint32_t events = 0;           // additions
  std::vector<uint32_t> recent;  // the last 20 records, oldest first

  const PersonMass* Of(PersonId person) const;  // nullptr: nothing
};

class MassTable {
 public:
  // How many records KeyMass::recent holds.
  static constexpr size_t kRecent = 20;

  explicit MassTable(HalfLives half_lives) : half_lives_(half_lives) {}

  void Add(Key key, std::span<const PersonId> people, double weight, double day, uint32_t record);
  // nullptr when nothing was added under it.
  const KeyMass* Find(Key key) const;
  // What was counted under `from` stands under `to` from now on, unless `to` has something already.
  void Rename(Key from, Key to);

  // Adds what was counted under `from` to `to`; `from` is empty from now on.
  void Merge(Key from, Key to);

  // What a mass of 1 added on `day` is in the units of by_short, by_long.
  double ShortScale(double day) const;
  double LongScale(double day) const;

 private:
  void MoveOrigin(double day);

  HalfLives half_lives_;
  double origin_ = -1e18;  // a day; before anything was added, far back
  absl::flat_hash_map<Key, KeyMass> masses_;
};

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_MASS_TABLE_H_
