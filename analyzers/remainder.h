// The part of a main file below its preamble, examined by the matching tier: checks, measurements, declarations, and
// what later tasks need to know of its functions. Without a preamble it is all of the unit.
//
//   Remainder rest = ExamineRemainder(side, preamble);
//   WriteUnit(preamble, rest.record, result);      // findings of both parts, declarations joined
//
// Where only bodies of functions differ between base and head, the head is examined against the base's record: bodies
// that cannot notice are not parsed.
//
//   if (auto some = ExamineChangedBodies(head, *preamble, base, base_record)) rest = *some;
//
// Thread safety: none.
#ifndef MERGEGATE_ANALYZERS_REMAINDER_H_
#define MERGEGATE_ANALYZERS_REMAINDER_H_

#include <optional>
#include <string>
#include <vector>

#include "analyzers/body_change.h"
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
  bool bodies_missed = false;  // something that was left out would have been needed
};

Remainder ExamineRemainder(UnitSide& side, const Preamble* preamble);

// The same without the bodies that `change`, relative to `base`, leaves out: raw material for the next.
Remainder ParseRemainder(UnitSide& side, const Preamble* preamble, const FunctionRecords* base,
                         const BodyChange* change);

// `preamble` is that of both sides. Nullopt when more can have changed than bodies, as the texts or the parse show: the
// remainder is then to be examined whole.
std::optional<Remainder> ExamineChangedBodies(UnitSide& head, const Preamble& preamble, const UnitSide& base_side,
                                              const v1::UnitRecord& base);

// Names the declaration around a place in a header, by the headers' own part.
void NameByLine(const v1::TaskResult& headers, v1::Finding& finding);

// The order of the source, so that it does not tell how declarations were found.
void SortDeclarations(v1::UnitRecord& record);

// Appends what both parts found to `result`.
void WriteUnit(const Preamble* preamble, const v1::UnitRecord& rest, v1::TaskResult& result);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_REMAINDER_H_
