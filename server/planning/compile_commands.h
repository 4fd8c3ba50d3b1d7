// Compile commands are data from strangers: read, cleaned by an allow-list, never run.
#ifndef MERGEGATE_SERVER_PLANNING_COMPILE_COMMANDS_H_
#define MERGEGATE_SERVER_PLANNING_COMPILE_COMMANDS_H_

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/domain/analysis.h"
#include "server/domain/tree.h"

namespace mergegate::planning {

class IncludeIndex;

// A cleaned command of one main file. Paths inside the repository are absolute under "/src".
struct CompileCommand {
  std::string main_file;               // relative to the repository root
  std::vector<std::string> arguments;  // after the program name, without the main file, -c and -o
  std::string directory = "/src";
  CommandSource source = CommandSource::kUnspecified;
  // 1: given for this very file; 0.9: given, but a path lies outside the repository, or uploaded earlier, or from the
  // tree; 0.7: that of a file with the same stem or in the same directory; 0.5: that of another file of the language;
  // 0.3: guessed from the layout and every quoted include was found; 0.1: guessed, and some were not.
  double confidence = 0;
  std::vector<std::string> dropped;  // flags that the allow-list refused, each with a reason in words
};

struct CompileCommands {
  std::map<std::string, CompileCommand> by_file;  // first command of each main file
  std::string source_root;  // directory in the JSON that corresponds to the repository root ("/home/me/leveldb")
  std::vector<std::string> warnings;  // entries that were ignored and why, at most 20
};

// Parses compile_commands.json. The directory that corresponds to the repository root is found by matching the
// entries' files with the tree. kInvalidArgument with the entry's index for malformed JSON.
absl::StatusOr<CompileCommands> ParseCompileCommands(std::string_view json, const Tree& tree, CommandSource source);

// Applies the allow-list to one argument vector (program name first). Relative paths are resolved against `directory`;
// paths under `source_root` move under "/src"; paths elsewhere stay only below the toolchain roots (/usr/include,
// /usr/local/include, /usr/lib, /usr/lib64, /lib, /opt toolchains are NOT included). Shell quoting is already undone.
CompileCommand CleanCommand(const std::vector<std::string>& argv, std::string_view directory,
                            std::string_view source_root, std::string_view main_file);

// Commands in order of preference: given, earlier upload, tree (compile_commands.json, compile_flags.txt of `tree`),
// inferred. Inference for a main file: the nearest given command in the tree (same directory, then nearest ancestor;
// same language), else guessed from the layout (include/, src/, the file's directory, -std=c++20 or -std=gnu17 by
// extension). A header is analyzed as a main file of its own only when no unit includes it.
//
//   CommandSet commands(tree, std::move(given), std::nullopt);
//   CompileCommand command = commands.For("db/db_impl.cc");
//
// Thread safety: one thread at a time, as its tree.
class CommandSet {
 public:
  // `tree` must outlive the set.
  CommandSet(const Tree& tree, std::optional<CompileCommands> given, std::optional<CompileCommands> earlier);
  // A command for `main_file`; never fails, at worst a guess with low confidence.
  CompileCommand For(std::string_view main_file) const;
  // Main files that have a command that was not inferred, ordered.
  std::vector<std::string> KnownMainFiles() const;
  const std::vector<std::string>& warnings() const { return warnings_; }
  // Directories of the tree that known commands search for includes, ordered, each once.
  std::vector<std::string> IncludeDirectories() const;
  const IncludeIndex& index() const { return *index_; }

 private:
  void ReadTreeCommands();
  std::optional<CompileCommand> FromCompileFlags(std::string_view main_file) const;
  std::optional<CompileCommand> FromNeighbour(std::string_view main_file) const;
  CompileCommand FromLayout(std::string_view main_file) const;

  const Tree& tree_;
  std::shared_ptr<const IncludeIndex> index_;
  std::vector<CompileCommands> sources_;  // best first
  bool has_cxx_ = false;                  // some source of the tree is C++
  std::vector<std::string> warnings_;
};

}  // namespace mergegate::planning

#endif  // MERGEGATE_SERVER_PLANNING_COMPILE_COMMANDS_H_
