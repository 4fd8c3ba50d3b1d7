// Runs worker_test_child (test_child.cc) for a test.
#ifndef MERGEGATE_TESTS_UNIT_WORKER_CHILD_PROGRAM_H_
#define MERGEGATE_TESTS_UNIT_WORKER_CHILD_PROGRAM_H_

#include <string>
#include <utility>
#include <vector>

#include "analyzers/worker/sandbox/child.h"

namespace mergegate::sandbox {

inline ChildLimits RoomyLimits() { return {.wall = std::chrono::seconds(60), .address_space_mib = 2048}; }

// worker_test_child with `words` behind its name.
inline ChildResult RunTestChild(std::vector<std::string> words, ChildLimits limits = RoomyLimits(),
                                std::string_view input = {}, const StopRequest* stop = nullptr) {
  words.insert(words.begin(), TEST_CHILD);
  return RunChild({.argv = std::move(words), .environment = {"LC_ALL=C"}, .input = input, .limits = limits}, stop);
}

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_TESTS_UNIT_WORKER_CHILD_PROGRAM_H_
