// The parts that texts for people are made of. A section ends with a line break, or is empty when there is nothing to
// say. Everything out of the change is escaped. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_SECTIONS_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_SECTIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "client/cli/format/layout.h"
#include "mergegate/v1/run_service.pb.h"

namespace mergegate::client {

// "src/a.cc:12:5"; not escaped.
std::string PlaceOf(const v1::Finding& finding);

// The odds of the change over those of a typical one, > 0.
double OddsAgainstTypical(const v1::DefectRisk& risk);

// "holds", "does not hold", "overridden", "does not apply", "undecided".
std::string_view ConditionPhrase(v1::ConditionState state);

// "Analysis covered 118 of 120 changed lines: 2 under a guessed command."
std::string CoverageSentence(const v1::Coverage& coverage);
// "It took 12.3 s (40.1 s CPU, 812 MiB peak): 14 unit passages, 9 from cache."
std::string CostSentence(const v1::RunStats& stats);

// The verdict, its reason, and what was compared.
std::string HeadlineSection(const v1::GetVerdictResponse& response, const TextStyle& style);
// One row per condition; with `reasons` also why.
std::string ConditionSection(const v1::Verdict& verdict, bool reasons, const TextStyle& style);
// Findings grouped by file, in the order given; at most `limit`, and how many more there are.
std::string FindingSection(const std::vector<const v1::Finding*>& findings, size_t limit, const TextStyle& style);
// "To pass, fix these 2 findings: ..."
std::string ActionSection(const v1::Verdict& verdict, const TextStyle& style);
// Q with its ledger: all entries and their sum, or the `most` that weigh most.
std::string QualitySection(const v1::Verdict& verdict, size_t most, const TextStyle& style);
// "Risk of a defect: 4.1 %, x3.5 the odds of a typical change ...", and the three measures that move the odds most; why
// it is not known; or empty where nobody asked.
std::string RiskSentence(const v1::Verdict& verdict, const v1::RunStats& stats);
std::string RiskSection(const v1::Verdict& verdict, const v1::RunStats& stats, const TextStyle& style);
std::string FailureSection(const v1::Verdict& verdict, const TextStyle& style);
std::string RelaxationSection(const v1::Verdict& verdict, const TextStyle& style);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_SECTIONS_H_
