// Tokens, overrides, and the audit log, in which every entry holds the one before.
//
//   ASSIGN_OR_RETURN(AuditCheck check, store.VerifyAudit());   // check.broken_at == 0: nobody has touched it
//
// The chain shows what was changed or taken out of the middle; compare `head` with one noted earlier to see whether the
// end is missing.
#ifndef MERGEGATE_SERVER_STORAGE_ACCESS_STORE_H_
#define MERGEGATE_SERVER_STORAGE_ACCESS_STORE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/domain/access.h"
#include "server/storage/people_store.h"

namespace mergegate::storage {

struct AuditCheck {
  int64_t entries = 0;
  std::string head = {};  // hash of the last one; empty without any
  int64_t broken_at = 0;  // the first entry that does not fit; 0: all fit
  std::string problem = {};
};

struct StoredToken {
  AccessToken token;
  std::string secret_hash;
};

// How much of a person was there.
struct Erasure {
  int64_t signals = 0;
  int64_t identities = 0;
  int64_t reviews = 0;
  Handle pseudonym = {};  // under which what must stay is kept
};

// How the bytes of others lose a name; the store knows nothing of what they mean.
struct Renaming {
  std::function<std::string(std::string_view text, const std::string& name, const std::string& pseudonym)> text;
  std::function<absl::StatusOr<std::string>(std::string_view event, const std::string& name,
                                            const std::string& pseudonym)>
      event;
  // Facts and verdict together, so that the one still follows from the other.
  std::function<absl::Status(const std::string& name, const std::string& pseudonym, std::string& facts,
                             std::string& verdict)>
      verdict;
};

class AccessStore {
 public:
  virtual ~AccessStore() = default;

  // --- audit ---
  // `number` and `hash` are given here. Returns the number.
  virtual absl::StatusOr<int64_t> AppendAudit(const AuditEntry& entry) = 0;
  // After number `after`, oldest first. A person who was forgotten reads as "forgotten-" and a mark.
  virtual absl::StatusOr<std::vector<AuditEntry>> ListAudit(int64_t after, int limit) = 0;
  virtual absl::StatusOr<AuditCheck> VerifyAudit() = 0;

  // --- tokens ---
  virtual absl::Status CreateToken(const StoredToken& token, const Deed& deed) = 0;  // kAlreadyExists
  virtual absl::StatusOr<StoredToken> FindToken(std::string_view id) = 0;            // kNotFound
  virtual absl::StatusOr<std::vector<AccessToken>> ListTokens() = 0;                 // oldest first
  virtual absl::Status RevokeToken(std::string_view id, const Deed& deed) = 0;       // kNotFound; again is no change
  virtual absl::Status TouchToken(std::string_view id, absl::Time used) = 0;

  // --- overrides ---
  virtual absl::Status AddOverride(const Override& override_) = 0;  // kNotFound for an unknown project
  // Of a change, oldest first, lapsed ones too.
  virtual absl::StatusOr<std::vector<Override>> ListOverrides(const ProjectId& project, std::string_view change) = 0;

  // --- forgetting ---
  // Signals, availability, teams, identities and tokens of the person lose every trace of who it was. What others need
  // (that a change was approved, and the verdicts that rest on it) stays under a pseudonym. The audit log says that it
  // happened, without the person. Reads all review events: a matter of seconds.
  virtual absl::StatusOr<Erasure> ErasePerson(const Handle& person, const Renaming& renaming, const Deed& deed) = 0;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_ACCESS_STORE_H_
