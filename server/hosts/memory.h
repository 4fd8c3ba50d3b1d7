// JSON in and out of a client's memory, and careful reading of what hosts answer.
#ifndef MERGEGATE_SERVER_HOSTS_MEMORY_H_
#define MERGEGATE_SERVER_HOSTS_MEMORY_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/status/statusor.h"
#include "server/base/status_macros.h"
#include "server/hosts/host_client.h"

namespace mergegate::hosts {

// An object; empty when nothing is there, or nothing that can be read.
inline absl::StatusOr<nlohmann::json> RecallJson(Memory& memory, const std::string& slot) {
  ASSIGN_OR_RETURN(const std::string text, memory.Recall(slot));
  nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  return json.is_object() ? json : nlohmann::json::object();
}

inline absl::Status KeepJson(Memory& memory, const std::string& slot, const nlohmann::json& json) {
  return memory.Keep(slot, json.dump());
}

// A field of the type that is wanted, else the default: hosts leave out and null what they like.
inline int64_t IntIn(const nlohmann::json& json, const char* key) {
  const auto it = json.is_object() ? json.find(key) : json.end();
  return it != json.end() && it->is_number_integer() ? it->get<int64_t>() : 0;
}
inline std::string TextIn(const nlohmann::json& json, const char* key) {
  const auto it = json.is_object() ? json.find(key) : json.end();
  return it != json.end() && it->is_string() ? it->get<std::string>() : "";
}
inline const nlohmann::json& In(const nlohmann::json& json, const char* key) {
  static const auto* const kNothing = new nlohmann::json;
  const auto it = json.is_object() ? json.find(key) : json.end();
  return it != json.end() ? *it : *kNothing;
}

}  // namespace mergegate::hosts

#endif  // MERGEGATE_SERVER_HOSTS_MEMORY_H_
