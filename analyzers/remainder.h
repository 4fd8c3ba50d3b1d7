// The part of a main file below its preamble, examined by the matching tier: checks, measurements, declarations, and
// what later tasks need to know of its functions. Without a preamble it is all of the unit.
//
//   Remainder rest = ExamineRemainder(side, preamble ? &*preamble : nullptr);
//   WriteUnit(preamble, rest.record, result);      // findings of both parts, declarations joined
//
// Thread safety: none.
#ifndef MERGEGATE_ANALYZERS_REMAINDER_H_
#define MERGEGATE_ANALYZERS_REMAINDER_H_

#include <functional>
#include <optional>
#include <string>

#include "analyzers/preamble.h"
#include "analyzers/unit_side.h"
#include "mergegate/v1/engine.pb.h"

namespace mergegate::analyzers {

struct Remainder {
  v1::UnitRecord record;
  std::string problem;                // why there was no parse; empty when there was
  std::optional<CompileError> error;  // the first one, when the unit does not compile
  std::vector<std::string> configuration_problems;
  int bodies_skipped = 0;
};

// True for the function whose body, between these lines of the main file, is not to be parsed.
using SkipBody = std::function<bool(int first_line)>;

Remainder ExamineRemainder(UnitSide& side, const Preamble* preamble, const SkipBody& skip = nullptr);

// Appends what both parts found to `result`.
void WriteUnit(const Preamble* preamble, const v1::UnitRecord& rest, v1::TaskResult& result);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_REMAINDER_H_
