// What the exit status of every verb means: the one table, shown by `mergegate help exit-codes`.
//
//     return ExitCodeFor(response.verdict().state());
//
// Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_EXIT_CODE_H_
#define MERGEGATE_CLIENT_CLI_EXIT_CODE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "mergegate/v1/verdict.pb.h"

namespace mergegate::client {

enum ExitCode {
  kExitPass = 0,
  kExitFail = 1,
  kExitUsage = 2,
  kExitInconclusive = 3,
  kExitAuth = 4,
  kExitPending = 8,
  kExitInterrupted = 130,
};

struct ExitCodeRow {
  ExitCode code;
  std::string_view name;
  std::string_view meaning;
};

inline constexpr ExitCodeRow kExitCodes[] = {
    {kExitPass, "pass", "the verdict is pass; for other verbs: it worked"},
    {kExitFail, "fail", "the verdict is fail; for replay: the replayed verdict differs"},
    {kExitUsage, "usage", "the command line, or a name, file or policy that it gives, is wrong"},
    {kExitInconclusive, "inconclusive", "a fact is missing, or the server could not be reached or could not decide"},
    {kExitAuth, "auth", "the server wants a token, or refuses the one it got"},
    {kExitPending, "pending", "not decided yet: --no-wait was given, or --timeout ran out"},
    {kExitInterrupted, "interrupted", "stopped by Ctrl-C or SIGTERM"},
};

// 0, 1 or 3; kExitPending while nothing is decided.
ExitCode ExitCodeFor(v1::VerdictState state);

// kExitPass for OK. InvalidArgument and NotFound are kExitUsage, Unauthenticated and PermissionDenied kExitAuth,
// Cancelled kExitInterrupted, DeadlineExceeded kExitPending, everything else kExitInconclusive.
ExitCode ExitCodeFor(const absl::Status& status);

// The table as text, one line per code.
std::string ExitCodeHelp();

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_EXIT_CODE_H_
