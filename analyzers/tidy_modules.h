// Keeps clang-tidy's modules in the program: they register themselves when their libraries are linked, and a linker
// drops a static library that nobody mentions. (clang's own header for this needs one that is not packaged.)
//
//   LinkTidyModules();   // before the first use of clang-tidy's registry
//
// Thread safety: safe to call any number of times from any thread.
#ifndef MERGEGATE_ANALYZERS_TIDY_MODULES_H_
#define MERGEGATE_ANALYZERS_TIDY_MODULES_H_

namespace mergegate::analyzers {

// Returns the sum of the modules' anchors, so that nothing can be optimized away.
int LinkTidyModules();

}  // namespace mergegate::analyzers

#endif  // MERGEGATE_ANALYZERS_TIDY_MODULES_H_
