#include <algorithm>
#include <array>
#include <deque>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/domain/change.h"
#include "server/planning/compile_commands.h"
#include "server/planning/include_index.h"
#include "server/planning/lexical_path.h"

namespace mergegate::planning {
namespace {

constexpr double kNeighbour = 0.7;
constexpr double kSameLanguage = 0.5;
constexpr double kLayout = 0.3;
constexpr double kLayoutIncomplete = 0.1;
constexpr size_t kMaxClosure = 2000;    // files looked at to guess one command
constexpr size_t kMaxDirectories = 64;  // include directories of a guessed command

enum class Language { kC, kCxx, kObjC, kObjCxx };

bool IsC(std::string_view path) { return path.ends_with(".c"); }

Language SourceLanguage(std::string_view path) {
  if (path.ends_with(".mm")) return Language::kObjCxx;
  if (path.ends_with(".m")) return Language::kObjC;
  return IsC(path) ? Language::kC : Language::kCxx;
}

std::string InTree(std::string_view path) {
  return path.empty() ? std::string(kTreeRoot) : absl::StrCat(std::string(kTreeRoot), "/", std::string(path));
}

bool IsBuildDirectory(std::string_view name) {
  return name.starts_with("build") || name.starts_with("cmake-build") || name == "out";
}

// Number of leading directories that two paths share.
int Nearness(std::string_view a, std::string_view b) {
  int common = 0;
  for (size_t i = 0; i < std::min(a.size(), b.size()) && a[i] == b[i]; ++i) common += a[i] == '/' ? 1 : 0;
  return common;
}

}  // namespace

CommandSet::CommandSet(const Tree& tree, std::optional<CompileCommands> given, std::optional<CompileCommands> earlier)
    : tree_(tree), index_(std::make_shared<const IncludeIndex>(tree)) {
  if (!index_->status().ok()) {
    warnings_.push_back(
        absl::StrCat("the tree's files could not be listed: ", std::string(index_->status().message())));
  }
  has_cxx_ = std::ranges::any_of(index_->files(), [](const std::string& file) {
    return IsCppSource(file) && SourceLanguage(file) != Language::kC && SourceLanguage(file) != Language::kObjC;
  });
  if (given.has_value()) sources_.push_back(*std::move(given));
  if (earlier.has_value()) sources_.push_back(*std::move(earlier));
  ReadTreeCommands();
  for (const CompileCommands& source : sources_) {
    warnings_.insert(warnings_.end(), source.warnings.begin(), source.warnings.end());
  }
}

void CommandSet::ReadTreeCommands() {
  static constexpr std::string_view kName = "compile_commands.json";
  for (const std::string& file : index_->files()) {
    if (FileName(file) != kName) continue;
    const std::string_view directory = Directory(file);
    if (!directory.empty() && (directory.find('/') != std::string_view::npos || !IsBuildDirectory(directory))) continue;
    const absl::StatusOr<std::string> text = tree_.ReadFile(file);
    absl::StatusOr<CompileCommands> commands =
        text.ok() ? ParseCompileCommands(*text, tree_, CommandSource::kTree) : text.status();
    if (commands.ok()) {
      sources_.push_back(*std::move(commands));
    } else {
      warnings_.push_back(absl::StrCat(file, " of the tree was ignored: ", std::string(commands.status().message())));
    }
  }
}

std::vector<std::string> CommandSet::KnownMainFiles() const {
  std::set<std::string> files;
  for (const CompileCommands& source : sources_) {
    for (const auto& [file, command] : source.by_file) {
      if (index_->Contains(file)) files.insert(file);
    }
  }
  return {files.begin(), files.end()};
}

std::vector<std::string> CommandSet::IncludeDirectories() const {
  std::set<std::string> directories;
  for (const CompileCommands& source : sources_) {
    for (const auto& [file, command] : source.by_file) {
      for (const std::string& argument : command.arguments) {
        std::string_view path = argument;
        for (std::string_view flag : {"-isystem", "-iquote", "-idirafter", "-I"}) {
          if (!path.starts_with(flag)) continue;
          path.remove_prefix(flag.size());
          if (const auto inside = RelativeTo(kTreeRoot, path)) directories.emplace(*inside);
          break;
        }
      }
    }
  }
  return {directories.begin(), directories.end()};
}

CompileCommand CommandSet::For(std::string_view main_file) const {
  for (const CompileCommands& source : sources_) {
    if (const auto found = source.by_file.find(std::string(main_file)); found != source.by_file.end()) {
      return found->second;
    }
  }
  if (std::optional<CompileCommand> command = FromCompileFlags(main_file)) return *std::move(command);
  CompileCommand command;
  if (std::optional<CompileCommand> neighbour = FromNeighbour(main_file)) {
    command = *std::move(neighbour);
  } else {
    command = FromLayout(main_file);
  }
  command.main_file = std::string(main_file);
  command.source = CommandSource::kInferred;
  return command;
}

// compile_flags.txt: one flag a line, relative to its directory; the nearest one counts.
std::optional<CompileCommand> CommandSet::FromCompileFlags(std::string_view main_file) const {
  for (std::string_view directory = Directory(main_file);; directory = Directory(directory)) {
    const std::string path = JoinPath(directory, "compile_flags.txt");
    if (index_->Contains(path)) {
      const absl::StatusOr<std::string> text = tree_.ReadFile(path);
      if (!text.ok()) return std::nullopt;
      std::vector<std::string> argv = {"clang"};
      for (absl::string_view line : absl::StrSplit(*text, '\n')) {
        line = absl::StripAsciiWhitespace(line);
        if (!line.empty()) argv.emplace_back(line);
      }
      CompileCommand command = CleanCommand(argv, InTree(directory), kTreeRoot, main_file);
      command.source = CommandSource::kTree;
      command.confidence = 0.9;
      if (IsCppHeader(main_file)) command.arguments.push_back(has_cxx_ ? "-xc++-header" : "-xc-header");
      return command;
    }
    if (directory.empty()) return std::nullopt;
  }
}

std::optional<CompileCommand> CommandSet::FromNeighbour(std::string_view main_file) const {
  const bool header = IsCppHeader(main_file);
  const CompileCommand* best = nullptr;
  std::pair<int, int> best_rank;
  for (const CompileCommands& source : sources_) {
    for (const auto& [file, command] : source.by_file) {
      // A header speaks the language of what stands beside it; a source must match.
      if (!header && SourceLanguage(file) != SourceLanguage(main_file)) continue;
      const bool same_stem = Stem(file) == Stem(main_file);
      const bool same_directory = Directory(file) == Directory(main_file);
      const std::pair<int, int> rank = {(same_stem ? 1 : 0) + (same_directory ? 2 : 0), Nearness(file, main_file)};
      if (best == nullptr || rank > best_rank) {
        best = &command;
        best_rank = rank;
      }
    }
  }
  if (best == nullptr) return std::nullopt;
  CompileCommand command = *best;
  command.confidence = best_rank.first > 0 ? kNeighbour : kSameLanguage;
  if (header) {
    std::erase_if(command.arguments, [](const std::string& argument) { return argument.starts_with("-x"); });
    command.arguments.push_back(IsC(best->main_file) ? "-xc-header" : "-xc++-header");
  }
  return command;
}

// Follows the file's includes through the tree and searches the directories that make them resolve. Directories that
// only quoted includes need are -iquote: they must not shadow the system's headers.
CompileCommand CommandSet::FromLayout(std::string_view main_file) const {
  const bool header = IsCppHeader(main_file);
  const Language language = header ? (has_cxx_ ? Language::kCxx : Language::kC) : SourceLanguage(main_file);
  std::vector<std::string> directories;
  std::set<std::string> for_angle;
  const auto add = [&](std::string directory, bool angle) {
    if (angle) for_angle.insert(directory);
    if (directories.size() < kMaxDirectories && std::ranges::find(directories, directory) == directories.end()) {
      directories.push_back(std::move(directory));
    }
  };
  std::deque<std::string> open = {std::string(main_file)};
  std::set<std::string> seen = {open.front()};
  bool complete = true;
  for (; !open.empty() && seen.size() < kMaxClosure; open.pop_front()) {
    for (const Include& include : index_->IncludesOf(open.front())) {
      std::string target = index_->Guess(open.front(), include);
      if (std::vector<std::string> beside = index_->Resolve(open.front(), include, {}); !beside.empty()) {
        target = beside.front();
      } else if (!target.empty()) {
        const size_t rest = target.size() - include.name.size();
        add(target.substr(0, rest == 0 ? 0 : rest - 1), include.angle);
      }
      if (target.empty()) {
        complete = complete && include.angle;
      } else if (seen.insert(target).second) {
        open.push_back(target);
      }
    }
  }
  CompileCommand command;
  command.confidence = complete ? kLayout : kLayoutIncomplete;
  const bool cxx = language == Language::kCxx || language == Language::kObjCxx;
  command.arguments.push_back(cxx ? "-std=c++20" : "-std=gnu17");
  for (const std::string& directory : directories) {
    command.arguments.push_back(absl::StrCat(for_angle.contains(directory) ? "-I" : "-iquote", InTree(directory)));
  }
  if (std::ranges::find(directories, "") == directories.end()) {
    command.arguments.push_back(absl::StrCat("-iquote", InTree("")));
  }
  if (header) command.arguments.push_back(cxx ? "-xc++-header" : "-xc-header");
  return command;
}

}  // namespace mergegate::planning
