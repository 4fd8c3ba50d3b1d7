// What is kept of the functions of a unit, so that later tasks can tell what a change can have altered.
//
//   for (const v1::FunctionRecord& function : RecordFunctions(closures, "db/db_impl.cc")) ...
//
// Thread safety: none.
#ifndef MERGEGATE_ANALYZERS_FUNCTION_RECORD_H_
#define MERGEGATE_ANALYZERS_FUNCTION_RECORD_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "analyzers/closure/closures.h"
#include "mergegate/v1/engine.pb.h"

namespace mergegate::analyzers {

// One for each of closures.functions(), in their order.
std::vector<v1::FunctionRecord> RecordFunctions(const Closures& closures, clang::ASTContext& ast,
                                                const std::string& main_file);

// As FunctionRecord.reaches_elsewhere tells a function.
uint64_t UsrDigest(std::string_view usr);

// True for a function whose body may be left out of a parse (see BodyChange): no type, constant or instantiation
// follows from what it says.
bool IsSkippable(const clang::FunctionDecl& function);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_FUNCTION_RECORD_H_
