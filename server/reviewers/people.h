// Which names, mails and logins are one person.
//
//   People people;
//   PersonId ann = people.Intern({.name = "Ann Li", .mail = "ann@example.org"});
//   people.Intern({.name = "Ann Li", .mail = "ann@work.example"}) == ann;   // same full name
//   people.Intern({.login = "annli"});                                     // another, until something joins them
//
// Conservative: equal mails, equal full names (two words at least, case, accents and punctuation aside), equal logins
// (a one-word name is a login; so is the local part of a forge's no-reply mail). Two persons that a later identity
// joins become one from then on; nothing is joined by what has not been seen yet.
//
// Thread safety: const members from many threads while nobody interns.
#ifndef MERGEGATE_SERVER_REVIEWERS_PEOPLE_H_
#define MERGEGATE_SERVER_REVIEWERS_PEOPLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "server/domain/review_record.h"

namespace mergegate::reviewers {

using PersonId = int32_t;  // index of a person in one People, dense from 0
inline constexpr PersonId kNobody = -1;

// True for automatic accounts: "[bot]", and names or local parts that are or end in a word like "bot" or "jenkins".
bool IsBot(const Identity& identity);

class People {
 public:
  // The person of an identity, made if unknown. kNobody for an empty identity.
  PersonId Intern(const Identity& identity);

  // kNobody when unknown.
  PersonId Find(const Identity& identity) const;
  // By mail, login or full name, or "Name <mail>"; what a user types.
  PersonId Find(std::string_view text) const;

  // The person that `id` is now: joined persons keep their ids, all leading to one.
  PersonId Now(PersonId id) const { return now_[static_cast<size_t>(id)]; }

  // Newest name, mail and login.
  const Identity& Describe(PersonId id) const { return described_[static_cast<size_t>(Now(id))]; }

  // The joins so far, in order. Who keeps things by person moves them from `other` to `kept`.
  struct Joined {
    PersonId kept = kNobody, other = kNobody;
  };
  const std::vector<Joined>& joins() const { return joins_; }

  // Ids handed out so far, joined ones included.
  size_t size() const { return now_.size(); }

 private:
  void Join(PersonId kept, PersonId other);

  absl::flat_hash_map<std::string, PersonId> keys_;  // "m:mail", "n:full name", "u:login"
  std::vector<PersonId> now_;
  std::vector<Identity> described_;
  std::vector<Joined> joins_;
};

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_PEOPLE_H_
