// Whatever a host sends: the reader of an event ends with a status or an event whose parts can be used as such. The
// first byte chooses the host, a line the event's name, the rest is the body.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "server/hosts/event.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto host = bytes[0] == 'L' ? mergegate::HostKind::kGitLab : mergegate::HostKind::kGitHub;
  const size_t line = std::min(bytes.find('\n'), size - 1);
  const auto event =
      mergegate::hosts::ReadEvent(host, bytes.substr(1, line == 0 ? 0 : line - 1), bytes.substr(line + 1));
  if (!event.ok()) return 0;
  const mergegate::HostChange& change = event->change;
  for (const mergegate::CommitId& commit : {change.head, change.base, change.previous, event->commit, event->before}) {
    if (!commit.empty() && commit.value().size() != 40) std::abort();
  }
  if ((event->kind == mergegate::HostEventKind::kIgnored) == event->why.empty()) std::abort();
  if (change.number < 0 || (event->kind == mergegate::HostEventKind::kChange && change.head.empty())) std::abort();
  if (event->repository.number.find_first_not_of("0123456789") != std::string::npos) std::abort();
  mergegate::hosts::LaneOf(*event);
  return 0;
}
