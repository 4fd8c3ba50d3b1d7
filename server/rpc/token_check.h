// Whether a token that was shown is one that was given out, and holds.
//
//   TokenCheck check(store, clock);
//   ASSIGN_OR_RETURN(const NewToken made, check.Create({.person = ann, .role = Role::kReviewer, ...}, deed));
//   check.Check(made.shown)->person == ann
//
// A token reads "mg_<id>_<secret>". Hashing takes some 20 ms by design, so a secret that was found good (or bad) is
// remembered for a minute under a keyed SHA-256; whether the token is revoked or lapsed is asked every time.
//
// Thread safety: all methods from any thread; one hashes at a time, so that a flood of guesses costs one core.
#ifndef MERGEGATE_SERVER_RPC_TOKEN_CHECK_H_
#define MERGEGATE_SERVER_RPC_TOKEN_CHECK_H_

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/domain/access.h"
#include "server/storage/store.h"

namespace mergegate::rpc {

struct NewToken {
  AccessToken token;
  std::string shown;  // the only time that it is
};

class TokenCheck {
 public:
  TokenCheck(storage::Store& store, const Clock& clock);

  // `wanted` without an id.
  absl::StatusOr<NewToken> Create(const AccessToken& wanted, const storage::Deed& deed) const;

  // kUnauthenticated for one that is none, was revoked, or has lapsed: the message tells the owner of the secret which,
  // and everybody else nothing.
  absl::StatusOr<AccessToken> Check(std::string_view shown);

  int64_t hashed() const { return hashed_; }

 private:
  struct Remembered {
    bool good = false;
    absl::Time until;
  };
  bool Fits(const storage::StoredToken& stored, std::string_view secret, absl::Time now);

  storage::Store& store_;
  const Clock& clock_;
  const std::string key_;
  std::mutex mutex_;
  std::map<std::string, Remembered> remembered_;  // by keyed digest of id and secret
  int64_t hashed_ = 0;
};

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_TOKEN_CHECK_H_
