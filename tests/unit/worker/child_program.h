// Runs worker_test_child (test_child.cc) for a test.
#ifndef MERGEGATE_TESTS_UNIT_WORKER_CHILD_PROGRAM_H_
#define MERGEGATE_TESTS_UNIT_WORKER_CHILD_PROGRAM_H_

#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include "analyzers/worker/sandbox/child.h"

namespace mergegate::sandbox {

inline ChildLimits RoomyLimits() { return {.wall = std::chrono::seconds(60), .address_space_mib = 2048}; }

// worker_test_child with `words` behind its name.
inline ChildResult RunTestChild(std::vector<std::string> words, ChildLimits limits = RoomyLimits(),
                                std::string_view input = {}, const StopRequest* stop = nullptr,
                                const Spawner& spawn = Spawn) {
  words.insert(words.begin(), TEST_CHILD);
  return RunChild({.argv = std::move(words), .environment = {"LC_ALL=C"}, .input = input, .limits = limits}, stop,
                  spawn);
}

// Whether the process ends within 20 s. One that was killed, but not yet buried by its new parent, is a zombie.
inline bool IsDead(pid_t pid) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/stat");
    const std::string text((std::istreambuf_iterator<char>(status)), {});
    if (text.empty() || text.find(") Z ") != std::string::npos) return true;
  }
  return false;
}

}  // namespace mergegate::sandbox

#endif  // MERGEGATE_TESTS_UNIT_WORKER_CHILD_PROGRAM_H_
