// Early return on a failed absl::Status or absl::StatusOr.
//
//   RETURN_IF_ERROR(store.Open());
//   ASSIGN_OR_RETURN(Diff diff, mirror.DiffCommits(base, head));
//
// API-compatible with upstream abseil's macros of these names, which Debian 12 lacks.
#ifndef MERGEGATE_SERVER_BASE_STATUS_MACROS_H_
#define MERGEGATE_SERVER_BASE_STATUS_MACROS_H_

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define MERGEGATE_CONCAT_(a, b) a##b
#define MERGEGATE_CONCAT(a, b) MERGEGATE_CONCAT_(a, b)

#define RETURN_IF_ERROR(expr)                                         \
  do {                                                                \
    if (absl::Status status_ = (expr); !status_.ok()) return status_; \
  } while (false)

#define ASSIGN_OR_RETURN(lhs, expr) MERGEGATE_ASSIGN_OR_RETURN_(MERGEGATE_CONCAT(status_or_, __LINE__), lhs, expr)
#define MERGEGATE_ASSIGN_OR_RETURN_(var, lhs, expr) \
  auto var = (expr);                                \
  if (!var.ok()) return var.status();               \
  lhs = *std::move(var)

#endif  // MERGEGATE_SERVER_BASE_STATUS_MACROS_H_
