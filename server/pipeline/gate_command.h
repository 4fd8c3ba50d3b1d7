// Commands that people write in comments: lines that begin with "/gate".
//
//   ParseGateCommands("Looks odd.\n/gate rerun")      one command: {.verb = kRerun}
//   ParseGateCommands("/gate override quality old code until 2027-01-31")
//
// Pure.
#ifndef MERGEGATE_SERVER_PIPELINE_GATE_COMMAND_H_
#define MERGEGATE_SERVER_PIPELINE_GATE_COMMAND_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace mergegate::pipeline {

enum class GateVerb { kUnknown, kRerun, kExplain, kOverride, kReviewer };

struct GateCommand {
  GateVerb verb = GateVerb::kUnknown;
  std::string condition = {};            // of kOverride
  std::string reason = {};               // of kOverride
  absl::Time until = {};                 // of kOverride: the minute, or the end of the day, in UTC
  std::vector<std::string> logins = {};  // of kReviewer, without '@'
  std::string problem = {};              // what is wrong with it, and how it is written; empty: nothing
  bool operator==(const GateCommand&) const = default;
};

// At most 10, in order. Quoted lines ("> /gate rerun") and those in code blocks are none.
std::vector<GateCommand> ParseGateCommands(std::string_view comment);

// Whether there is nothing but commands in it.
bool OnlyCommands(std::string_view comment);

}  // namespace mergegate::pipeline

#endif  // MERGEGATE_SERVER_PIPELINE_GATE_COMMAND_H_
