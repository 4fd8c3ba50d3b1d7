#include "server/reviewers/mass_table.h"

#include <algorithm>
#include <cmath>

#include "server/domain/hash.h"

namespace mergegate::reviewers {
namespace {

// The scales stay far from what a double can hold.
constexpr double kMostDoublings = 400;

}  // namespace

Key KeyOf(std::string_view kind, std::string_view name) { return Hash64(name, Hash64(kind, 0)); }
Key KeyOf(Key kind, std::string_view name) { return Hash64(name, kind); }
Key KeyOf(std::string_view kind, uint64_t number) {
  return Hash64(std::string_view(reinterpret_cast<const char*>(&number), sizeof number), Hash64(kind, 0));
}

const PersonMass* KeyMass::Of(PersonId person) const {
  const auto place = std::ranges::lower_bound(people, person, {}, &PersonMass::person);
  return place != people.end() && place->person == person ? &*place : nullptr;
}

double MassTable::ShortScale(double day) const { return std::exp2((day - origin_) / half_lives_.short_days); }
double MassTable::LongScale(double day) const { return std::exp2((day - origin_) / half_lives_.long_days); }

void MassTable::Add(Key key, std::span<const PersonId> people, double weight, double day, uint32_t record) {
  if (day - origin_ > kMostDoublings * half_lives_.short_days) MoveOrigin(day);
  KeyMass& masses = masses_[key];
  masses.event_scale *= std::exp2(1 / half_lives_.events);
  if (masses.event_scale > 1e100) {
    for (PersonMass& mass : masses.people) mass.by_event *= 1e-100;
    masses.event_total *= 1e-100;
    masses.event_scale *= 1e-100;
  }
  const double by_short = weight * ShortScale(day), by_long = weight * LongScale(day);
  for (const PersonId person : people) {
    auto place = std::ranges::lower_bound(masses.people, person, {}, &PersonMass::person);
    if (place == masses.people.end() || place->person != person) {
      place = masses.people.insert(place, PersonMass{.person = person});
    }
    place->events += 1;
    place->last_day = day;
    place->by_short += by_short;
    place->by_long += by_long;
    place->by_event += masses.event_scale;
    masses.short_total += by_short;
    masses.long_total += by_long;
    masses.event_total += masses.event_scale;
  }
  masses.events += 1;
  if (masses.recent.size() == kRecent) masses.recent.erase(masses.recent.begin());
  masses.recent.push_back(record);
}

const KeyMass* MassTable::Find(Key key) const {
  const auto found = masses_.find(key);
  return found == masses_.end() ? nullptr : &found->second;
}

void MassTable::Rename(Key from, Key to) {
  const auto old = masses_.find(from);
  if (old == masses_.end() || from == to || masses_.contains(to)) return;
  KeyMass moved = std::move(old->second);
  masses_.erase(old);
  masses_.emplace(to, std::move(moved));
}

void MassTable::Merge(Key from, Key to) {
  if (!masses_.contains(to)) return Rename(from, to);
  const auto old = masses_.find(from);
  if (old == masses_.end() || from == to) return;
  const KeyMass moved = std::move(old->second);
  masses_.erase(old);
  KeyMass& into = masses_[to];
  const double per_event = into.event_scale / moved.event_scale;
  for (const PersonMass& mass : moved.people) {
    auto place = std::ranges::lower_bound(into.people, mass.person, {}, &PersonMass::person);
    if (place == into.people.end() || place->person != mass.person) {
      place = into.people.insert(place, PersonMass{.person = mass.person});
    }
    place->events += mass.events;
    place->last_day = std::max(place->last_day, mass.last_day);
    place->by_short += mass.by_short;
    place->by_long += mass.by_long;
    place->by_event += mass.by_event * per_event;
  }
  into.short_total += moved.short_total;
  into.long_total += moved.long_total;
  into.event_total += moved.event_total * per_event;
  into.events += moved.events;
  into.recent.insert(into.recent.end(), moved.recent.begin(), moved.recent.end());
  std::ranges::sort(into.recent);
  if (into.recent.size() > kRecent) into.recent.erase(into.recent.begin(), into.recent.end() - kRecent);
}

void MassTable::MoveOrigin(double day) {
  const double short_factor = std::exp2((origin_ - day) / half_lives_.short_days);
  const double long_factor = std::exp2((origin_ - day) / half_lives_.long_days);
  for (auto& [key, masses] : masses_) {
    for (PersonMass& mass : masses.people) {
      mass.by_short *= short_factor;
      mass.by_long *= long_factor;
    }
    masses.short_total *= short_factor;
    masses.long_total *= long_factor;
  }
  origin_ = day;
}

}  // namespace mergegate::reviewers
