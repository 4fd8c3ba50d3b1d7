#include "client/cli/exit_code.h"

#include <fmt/format.h>

namespace mergegate::client {

ExitCode ExitCodeFor(v1::VerdictState state) {
  switch (state) {
    case v1::VERDICT_STATE_PASS:
      return kExitPass;
    case v1::VERDICT_STATE_FAIL:
      return kExitFail;
    case v1::VERDICT_STATE_UNSPECIFIED:
      return kExitPending;
    default:
      return kExitInconclusive;
  }
}

ExitCode ExitCodeFor(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return kExitPass;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
      return kExitUsage;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kExitAuth;
    case absl::StatusCode::kDeadlineExceeded:
      return kExitPending;
    case absl::StatusCode::kCancelled:
      return kExitInterrupted;
    default:
      return kExitInconclusive;
  }
}

std::string ExitCodeHelp() {
  std::string text = "Exit codes of every verb:\n\n";
  for (const ExitCodeRow& row : kExitCodes) {
    text += fmt::format("  {:>3}  {:<13} {}\n", static_cast<int>(row.code), row.name, row.meaning);
  }
  return text;
}

}  // namespace mergegate::client
