// The words of the outputs for the contract's enumerations. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_NAMES_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_NAMES_H_

#include <optional>
#include <string>
#include <string_view>

#include "mergegate/v1/review.pb.h"
#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

std::string_view Word(v1::VerdictState state);    // pass, fail, inconclusive; pending when unspecified
std::string_view Word(v1::ConditionState state);  // satisfied, unsatisfied, overridden, not_applicable, undecided
std::string_view Word(v1::ConditionLevel level);  // block, warn
std::string_view Word(v1::Severity severity);     // info, minor, major, critical, blocker
std::string_view Word(v1::BaselineState state);   // new, caused, unchanged, fixed
std::string_view Word(v1::FailureKind kind);      // crashed, timed_out, out_of_memory, parse_error, ...
std::string_view Word(v1::CommandSource source);  // given, earlier, tree, inferred; none when unspecified
std::string_view Word(v1::RunState state);        // queued, running, done
std::string_view Word(v1::AnalysisTier tier);     // matching, full; unspecified

std::string_view Word(v1::ReviewEventKind kind);   // pushed, assigned, requested, accepted, declined, commented, ...
std::string_view Word(v1::ReviewerRole role);      // expert, owner, required, learner, asked, fallback
std::string_view Word(v1::ReviewerStance stance);  // asked, accepted, commented, approved, changes_requested, declined

// nullopt for any other word than those above.
std::optional<v1::BaselineState> ParseBaselineState(std::string_view word);

// True for the findings that a change answers for: new and caused.
bool IsIntroduced(const v1::Finding& finding);

// Ten-thousandths on the scale of 0 to 100, exact: 7123 -> "71.23"; signed: 7123 -> "+71.23".
std::string Points(int ten_thousandths);
std::string SignedPoints(int ten_thousandths);

// "1 finding", "2 findings".
std::string Count(long number, std::string_view singular, std::string_view plural);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_NAMES_H_
