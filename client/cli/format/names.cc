#include "client/cli/format/names.h"

#include <fmt/format.h>

#include <cctype>
#include <cstdlib>

namespace mergegate::client {
namespace {

// The words in the order of the enumeration's values. A value that this program does not know (a newer server) is
// "unknown".
template <typename Enum>
std::string_view Known(Enum value, std::initializer_list<std::string_view> words) {
  const auto index = static_cast<size_t>(value);
  return index < words.size() ? words.begin()[index] : "unknown";
}

}  // namespace

std::string_view Word(v1::VerdictState state) { return Known(state, {"pending", "pass", "fail", "inconclusive"}); }

std::string_view Word(v1::ConditionState state) {
  return Known(state, {"unspecified", "satisfied", "unsatisfied", "overridden", "not_applicable", "undecided"});
}

std::string_view Word(v1::ConditionLevel level) { return Known(level, {"unspecified", "block", "warn"}); }

std::string_view Word(v1::Severity severity) {
  return Known(severity, {"unspecified", "info", "minor", "major", "critical", "blocker"});
}

std::string_view Word(v1::BaselineState state) {
  return Known(state, {"unspecified", "new", "caused", "unchanged", "fixed"});
}

std::string_view Word(v1::FailureKind kind) {
  return Known(kind, {"unspecified", "crashed", "timed_out", "out_of_memory", "parse_error", "no_command", "no_sandbox",
                      "output_limit", "no_worker", "internal"});
}

std::string_view Word(v1::CommandSource source) {
  return Known(source, {"none", "given", "earlier", "tree", "inferred"});
}

std::string_view Word(v1::RunState state) { return Known(state, {"unspecified", "queued", "running", "done"}); }

std::string_view Word(v1::AnalysisTier tier) { return Known(tier, {"unspecified", "matching", "full"}); }

std::string_view Word(v1::ReviewEventKind kind) {
  switch (kind) {
    case v1::REVIEW_EVENT_KIND_PUSHED:
      return "pushed";
    case v1::REVIEW_EVENT_KIND_ASSIGNED:
      return "assigned";
    case v1::REVIEW_EVENT_KIND_REQUESTED:
      return "requested";
    case v1::REVIEW_EVENT_KIND_ACCEPTED:
      return "accepted";
    case v1::REVIEW_EVENT_KIND_DECLINED:
      return "declined";
    case v1::REVIEW_EVENT_KIND_COMMENTED:
      return "commented";
    case v1::REVIEW_EVENT_KIND_APPROVED:
      return "approved";
    case v1::REVIEW_EVENT_KIND_CHANGES_REQUESTED:
      return "changes_requested";
    case v1::REVIEW_EVENT_KIND_APPROVAL_LOST:
      return "approval_lost";
    case v1::REVIEW_EVENT_KIND_CLOSED:
      return "closed";
    case v1::REVIEW_EVENT_KIND_REOPENED:
      return "reopened";
    default:
      return "unspecified";
  }
}

std::string_view Word(v1::ReviewerRole role) {
  switch (role) {
    case v1::REVIEWER_ROLE_EXPERT:
      return "expert";
    case v1::REVIEWER_ROLE_OWNER:
      return "owner";
    case v1::REVIEWER_ROLE_REQUIRED:
      return "required";
    case v1::REVIEWER_ROLE_LEARNER:
      return "learner";
    case v1::REVIEWER_ROLE_ASKED:
      return "asked";
    case v1::REVIEWER_ROLE_FALLBACK:
      return "fallback";
    default:
      return "unspecified";
  }
}

std::string_view Word(v1::ReviewerStance stance) {
  switch (stance) {
    case v1::REVIEWER_STANCE_ASKED:
      return "asked";
    case v1::REVIEWER_STANCE_ACCEPTED:
      return "accepted";
    case v1::REVIEWER_STANCE_COMMENTED:
      return "commented";
    case v1::REVIEWER_STANCE_APPROVED:
      return "approved";
    case v1::REVIEWER_STANCE_CHANGES_REQUESTED:
      return "changes_requested";
    case v1::REVIEWER_STANCE_DECLINED:
      return "declined";
    default:
      return "unspecified";
  }
}

std::optional<v1::BaselineState> ParseBaselineState(std::string_view word) {
  for (const auto state :
       {v1::BASELINE_STATE_NEW, v1::BASELINE_STATE_CAUSED, v1::BASELINE_STATE_UNCHANGED, v1::BASELINE_STATE_FIXED}) {
    if (Word(state) == word) return state;
  }
  return std::nullopt;
}

bool IsIntroduced(const v1::Finding& finding) {
  return finding.state() == v1::BASELINE_STATE_NEW || finding.state() == v1::BASELINE_STATE_CAUSED;
}

std::string Points(int ten_thousandths) {
  return fmt::format("{}{}.{:02}", ten_thousandths < 0 ? "-" : "", std::abs(ten_thousandths) / 100,
                     std::abs(ten_thousandths) % 100);
}

std::string SignedPoints(int ten_thousandths) { return (ten_thousandths < 0 ? "" : "+") + Points(ten_thousandths); }

std::string Count(long number, std::string_view singular, std::string_view plural) {
  return fmt::format("{} {}", number, number == 1 ? singular : plural);
}

}  // namespace mergegate::client
