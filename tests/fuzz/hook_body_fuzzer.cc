// Whatever the bytes and the headers: a body is refused or stays within its bound. The first byte chooses the headers.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/hosts/hook_body.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const char* type = (data[0] & 1) != 0 ? "application/x-www-form-urlencoded" : "application/json";
  const char* encoding = (data[0] & 2) != 0 ? "gzip" : "";
  const auto json = mergegate::hosts::JsonOfBody(body, type, encoding);
  if (json.ok() && json->size() > mergegate::hosts::kMaxHookBytes) std::abort();
  return 0;
}
