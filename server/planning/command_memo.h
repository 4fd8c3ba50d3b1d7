// The texts of compile commands that were read last, with what they say: the same text comes with change after change,
// and is asked for by each of them several times.
//
//   std::shared_ptr<const CommandMemo::Read> read = CommandMemo::Shared().Find(json);
//   if (read == nullptr) CommandMemo::Shared().Keep({json, files, root, commands});
//
// Whole texts are compared, no digests. What was used longest ago gives way.
//
// Thread safety: safe. Ownership: what was found stays whole though it gives way meanwhile.
#ifndef MERGEGATE_SERVER_PLANNING_COMMAND_MEMO_H_
#define MERGEGATE_SERVER_PLANNING_COMMAND_MEMO_H_

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/planning/compile_commands.h"

namespace mergegate::planning {

class CommandMemo {
 public:
  // What a text says, whatever tree it is of, and its commands as they are for one source root.
  struct Read {
    std::string json;
    std::vector<std::string> files;  // of the entries, absolute
    std::string source_root;
    std::vector<std::optional<CompileCommand>> commands;  // of the entries; nullopt: its file is not below the root
  };

  // `max_bytes`: of the texts kept together; what is said about them takes some times as much.
  explicit CommandMemo(size_t max_bytes = size_t{8} << 20) : max_bytes_(max_bytes) {}

  static CommandMemo& Shared();

  // nullptr when it is not known.
  std::shared_ptr<const Read> Find(std::string_view json);
  // In the place of what is known of the text; larger texts than the bound are not kept.
  std::shared_ptr<const Read> Keep(Read read);

  // Of the texts that are kept.
  size_t bytes() const;

 private:
  using Kept = std::list<std::shared_ptr<const Read>>;
  Kept::iterator Place(std::string_view json);

  const size_t max_bytes_;
  mutable std::mutex mutex_;
  Kept kept_;  // used last first
  size_t bytes_ = 0;
};

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_COMMAND_MEMO_H_
