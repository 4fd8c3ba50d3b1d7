// Opens a store otherwise than by default.
//
//   ASSIGN_OR_RETURN(auto store, OpenSqliteStore(path, {.pending_at_most = absl::Minutes(5)}));
#ifndef MERGEGATE_SERVER_STORAGE_STORE_OPTIONS_H_
#define MERGEGATE_SERVER_STORAGE_STORE_OPTIONS_H_

#include <memory>
#include <string>

#include "server/storage/store.h"

namespace mergegate::storage {

struct StoreOptions {
  absl::Duration pending_at_most = kPendingAtMost;
};

// Errors as those of OpenSqliteStore(path).
absl::StatusOr<std::unique_ptr<Store>> OpenSqliteStore(const std::string& path, const StoreOptions& options);

}  // namespace mergegate::storage

#endif  // MERGEGATE_SERVER_STORAGE_STORE_OPTIONS_H_
