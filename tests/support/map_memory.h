// A client's memory that forgets with the test.
#ifndef MERGEGATE_TESTS_SUPPORT_MAP_MEMORY_H_
#define MERGEGATE_TESTS_SUPPORT_MAP_MEMORY_H_

#include <map>
#include <string>

#include "server/hosts/host_client.h"

namespace mergegate::testing {

class MapMemory final : public hosts::Memory {
 public:
  absl::StatusOr<std::string> Recall(const std::string& slot) override { return slots_[slot]; }
  absl::Status Keep(const std::string& slot, const std::string& text) override {
    slots_[slot] = text;
    return absl::OkStatus();
  }
  // As a crash before the first Keep would leave it.
  void Forget() { slots_.clear(); }

 private:
  std::map<std::string, std::string> slots_;
};

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_MAP_MEMORY_H_
