// Leaving out of a parse what a change of bodies cannot matter to (body_change.h).
//
//   parse.skip_body = SkipUnchanged(base_functions, change, count);
//   ...
//   if (LacksBodies(closures, base_functions, change)) ...       // parse again, with all bodies
//
// Thread safety: none. Arguments must outlive what is returned.
#ifndef MERGEGATE_ANALYZERS_SKIPPED_BODIES_H_
#define MERGEGATE_ANALYZERS_SKIPPED_BODIES_H_

#include <functional>

#include "analyzers/body_change.h"
#include "analyzers/closure/closures.h"
#include "clang/Frontend/CompilerInstance.h"

namespace mergegate::analyzers {

// `count` grows with every body that is left out.
std::function<bool(const clang::Decl*, clang::CompilerInstance&)> SkipUnchanged(const FunctionRecords& base,
                                                                                const BodyChange& change, int& count);

// True when the functions are not those that the change foresees, or when one that is affected reaches a body that was
// left out.
bool LacksBodies(const Closures& closures, const FunctionRecords& base, const BodyChange& change);

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_SKIPPED_BODIES_H_
