// Whatever the bytes, a frame of a kept history is read as it would be written, or not at all.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/git/history_file.h"
#include "server/git/mailmap.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mergegate;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  CommitId tip;
  std::vector<ReviewRecord> records;
  if (git::DecodeRecords(bytes, tip, records) && git::EncodeRecords(tip, records) != bytes) std::abort();
  Identity identity{.name = "Ann", .mail = "ann@example.org", .login = {}};
  git::Mailmap(bytes).Apply(identity);
  return 0;
}
