// People under all their names, and teams. Every change is a deed in the audit log (access_store.h).
//
//   store.LinkIdentity(Handle("ann@example.org"), Handle("ann-gh"), {.by = admin, .at = now});
//   store.ResolvePerson(Handle("ann-gh"))->id == Handle("ann@example.org")
//
// A handle that nobody linked is a person of its own.
#ifndef MERGEGATE_SERVER_STORAGE_PEOPLE_STORE_H_
#define MERGEGATE_SERVER_STORAGE_PEOPLE_STORE_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/signal.h"

namespace mergegate::storage {

// Who did it, when.
struct Deed {
  Handle by = {};  // empty: mergegate
  absl::Time at = {};
};

class PeopleStore {
 public:
  virtual ~PeopleStore() = default;

  virtual absl::StatusOr<Person> ResolvePerson(const Handle& handle) = 0;
  // Those of whom something was said here, by id; all others are persons of one handle.
  virtual absl::StatusOr<std::vector<Person>> ListPersons() = 0;
  // `identity` is from now on a name of the person whom `person` resolves to. No change when it is already.
  // kFailedPrecondition when it belongs to somebody else, or is a person with identities of their own: unlink first.
  virtual absl::StatusOr<Person> LinkIdentity(const Handle& person, const Handle& identity, const Deed& deed) = 0;
  // `identity` is a person of its own again. kNotFound when it is linked with nobody; kFailedPrecondition for the id of
  // a person.
  virtual absl::StatusOr<Person> UnlinkIdentity(const Handle& identity, const Deed& deed) = 0;
  // Name and whether it is a bot. The identities stay.
  virtual absl::StatusOr<Person> DescribePerson(const Handle& person, std::string_view name, bool bot,
                                                const Deed& deed) = 0;

  // Replaces the members; none removes the team.
  virtual absl::Status SetTeam(const Team& team, const Deed& deed) = 0;
  // By id; members as ids of people, each once.
  virtual absl::StatusOr<std::vector<Team>> ListTeams() = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_PEOPLE_STORE_H_
