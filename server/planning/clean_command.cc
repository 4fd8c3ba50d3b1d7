#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "server/domain/change.h"
#include "server/planning/compile_commands.h"
#include "server/planning/flag_allow_list.h"
#include "server/planning/lexical_path.h"

namespace mergegate::planning {
namespace {

constexpr size_t kMaxArguments = 4096;
constexpr size_t kMaxArgumentBytes = 64 << 10;
constexpr size_t kMaxTotalBytes = 1 << 20;
constexpr size_t kMaxShownBytes = 200;
constexpr size_t kMaxDropped = 100;

// Parts of the real file system that the compiler may see besides the tree.
constexpr std::array<std::string_view, 5> kToolchainRoots = {"/usr/include", "/usr/local/include", "/usr/lib",
                                                             "/usr/lib64", "/lib"};
// Languages that are source text; "ast", "ir" and the like are not.
constexpr std::array<std::string_view, 8> kLanguages = {
    "c", "c++", "c-header", "c++-header", "objective-c", "objective-c++", "objective-c-header", "objective-c++-header"};

bool IsPlainWord(std::string_view text) {
  return std::ranges::all_of(text,
                             [](char c) {
                               return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
                                      std::string_view("-_+.,:=*/").find(c) != std::string_view::npos;
                             }) &&
         text.find("..") == std::string_view::npos;
}

std::string Shown(std::string_view text) {
  std::string shown;
  for (char c : text.substr(0, kMaxShownBytes)) shown += absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? '?' : c;
  if (text.size() > kMaxShownBytes) shown += "...";
  return shown;
}

bool IsWrapper(std::string_view program) {
  static constexpr std::array<std::string_view, 8> kWrappers = {"ccache",     "distcc", "sccache", "icecc",
                                                                "buildcache", "env",    "nice",    "time"};
  return std::ranges::find(kWrappers, program) != kWrappers.end();
}

bool IsAssignment(std::string_view word) {
  const size_t equals = word.find('=');
  return equals != std::string_view::npos && equals > 0 && std::ranges::all_of(word.substr(0, equals), [](char c) {
           return c == '_' || absl::ascii_isalnum(static_cast<unsigned char>(c));
         });
}

// Index of the compiler in `argv`: behind wrappers and their assignments. argv.size() when there is none.
size_t FindCompiler(const std::vector<std::string>& argv) {
  size_t at = 0;
  while (at < argv.size() && (IsAssignment(argv[at]) || IsWrapper(FileName(argv[at])))) ++at;
  // A masquerading ccache stands alone: "ccache -c x.cc" has no compiler behind it.
  if (at > 0 && at < argv.size() && argv[at].starts_with('-')) return at - 1;
  return at;
}

bool NamesCxxCompiler(std::string_view program) { return FileName(program).find("++") != std::string_view::npos; }

// Applies the table to one command, argument by argument.
class Cleaning {
 public:
  Cleaning(std::string_view directory, std::string_view source_root, CompileCommand& command)
      : source_root_(NormalizePath(source_root)), command_(command) {
    if (source_root.empty()) source_root_.clear();
    directory_ = directory.starts_with('/') ? NormalizePath(directory) : ResolvePath(kTreeRoot, directory);
    command_.directory = std::string(kTreeRoot);
    if (const auto inside = UnderTree(directory_)) command_.directory = *inside;
  }

  void Run(const std::vector<std::string>& argv, size_t first) {
    size_t bytes = 0;
    for (size_t i = first; i < argv.size(); ++i) {
      bytes += argv[i].size();
      if (i - first >= kMaxArguments || bytes > kMaxTotalBytes) {
        Drop(argv[i], absl::StrCat("this and what follows: more than ", kMaxArguments, " arguments or ", kMaxTotalBytes,
                                   " bytes"));
        break;
      }
      const size_t used = One(argv, i);
      for (size_t skipped = i + 1; skipped < i + used && skipped < argv.size(); ++skipped)
        bytes += argv[skipped].size();
      i += used - 1;
    }
  }

 private:
  // Takes argv[i]; returns how many arguments that used.
  size_t One(const std::vector<std::string>& argv, size_t i) {
    const std::string_view argument = argv[i];
    if (!IsReadable(argument)) return 1;
    if (argument.empty()) return 1;
    if (!argument.starts_with('-') || argument == "-") {
      if (!IsMainFile(argument)) Drop(argument, "not a flag and not the main file");
      return 1;
    }
    if (argument == "--") return 1;
    const std::optional<FlagRule> rule = FindFlag(argument);
    if (!rule.has_value()) {
      Drop(argument, "not on the list of allowed flags");
      return 1;
    }
    std::string_view value = argument.substr(std::min(rule->spelling.size(), argument.size()));
    size_t used = 1;
    const bool wants_next = rule->shape == FlagShape::kSeparate || (rule->shape == FlagShape::kValue && value.empty());
    if (wants_next) {
      if (i + 1 >= argv.size()) {
        Drop(argument, "its value is missing");
        return 1;
      }
      value = argv[i + 1];
      used = 2;
      if (!IsReadable(value)) return used;
    }
    Apply(*rule, argument, value, used == 2);
    return used;
  }

  // Refuses what is dangerous anywhere in a command line, as a value too.
  bool IsReadable(std::string_view argument) {
    if (argument.starts_with('@')) {
      Drop(argument, "response files are not read");
    } else if (argument.size() > kMaxArgumentBytes) {
      Drop(argument, absl::StrCat("longer than ", kMaxArgumentBytes, " bytes"));
    } else if (argument.find('\0') != std::string_view::npos) {
      Drop(argument, "contains a NUL byte");
    } else {
      return true;
    }
    return false;
  }

  void Apply(const FlagRule& rule, std::string_view argument, std::string_view value, bool separate) {
    const std::string shown =
        separate ? absl::StrCat(std::string(argument), " ", std::string(value)) : std::string(argument);
    switch (rule.fate) {
      case FlagFate::kIgnored:
        return;
      case FlagFate::kRefused:
        Drop(shown, rule.reason);
        return;
      case FlagFate::kKept:
        Keep(rule.spelling, rule.shape == FlagShape::kAlone ? std::string_view() : value);
        return;
      case FlagFate::kWord:
        if (!IsPlainWord(value)) {
          Drop(shown, "unusual characters in its value");
        } else if (rule.spelling == "-x" && std::ranges::find(kLanguages, value) == kLanguages.end()) {
          Drop(shown, "not C, C++ or Objective-C source text");
        } else if (rule.shape == FlagShape::kSeparate) {
          Keep("--target=", value);  // the only word that stands apart
        } else {
          Keep(rule.spelling, value);
        }
        return;
      case FlagFate::kDirectory:
      case FlagFate::kFile:
        KeepPath(rule, shown, value);
        return;
    }
  }

  void KeepPath(const FlagRule& rule, std::string_view shown, std::string_view value) {
    const std::string path = ResolvePath(directory_, value);
    if (const auto inside = UnderTree(path)) {
      Keep(rule.spelling, *inside);
      return;
    }
    if (IsToolchain(path)) {
      Keep(rule.spelling, path);
      return;
    }
    command_.confidence = std::min(command_.confidence, 0.9);
    Drop(shown, "outside the repository and the toolchain");
  }

  // The path as the compiler will see it, for paths in the repository.
  std::optional<std::string> UnderTree(const std::string& path) const {
    std::optional<std::string_view> inside = RelativeTo(kTreeRoot, path);
    if (source_root_ != kTreeRoot) {
      inside = source_root_.empty() ? std::nullopt : RelativeTo(source_root_, path);
      // A checkout at "/" does not make "/etc" a part of the repository that the worker could read: it is only a name
      // below /src. But toolchain headers stay what they are.
      if (source_root_ == "/" && IsToolchain(path)) return std::nullopt;
    }
    if (!inside.has_value()) return std::nullopt;
    return inside->empty() ? std::string(kTreeRoot) : absl::StrCat(std::string(kTreeRoot), "/", std::string(*inside));
  }

  static bool IsToolchain(const std::string& path) {
    return std::ranges::any_of(kToolchainRoots,
                               [&](std::string_view root) { return RelativeTo(root, path).has_value(); });
  }

  bool IsMainFile(std::string_view argument) const {
    const std::optional<std::string> inside = UnderTree(ResolvePath(directory_, argument));
    return inside.has_value() && *inside == absl::StrCat(std::string(kTreeRoot), "/", command_.main_file);
  }

  void Keep(std::string_view spelling, std::string_view value) {
    command_.arguments.push_back(absl::StrCat(std::string(spelling), std::string(value)));
  }

  void Drop(std::string_view flag, std::string_view reason) {
    if (command_.dropped.size() < kMaxDropped) {
      command_.dropped.push_back(absl::StrCat(Shown(flag), ": ", std::string(reason)));
    }
  }

  std::string source_root_;
  std::string directory_;
  CompileCommand& command_;
};

}  // namespace

CompileCommand CleanCommand(const std::vector<std::string>& argv, std::string_view directory,
                            std::string_view source_root, std::string_view main_file) {
  CompileCommand command;
  command.main_file = std::string(main_file);
  command.confidence = 1;
  const size_t compiler = FindCompiler(argv);
  Cleaning(directory, source_root, command).Run(argv, compiler + 1);

  // g++ takes ".c" for C++; clang's choice by extension must not undo that.
  const bool says_language = std::ranges::any_of(command.arguments, [](const auto& a) { return a.starts_with("-x"); });
  if (compiler < argv.size() && NamesCxxCompiler(argv[compiler]) && main_file.ends_with(".c") && !says_language) {
    command.arguments.push_back("-xc++");
  }
  return command;
}

}  // namespace mergegate::planning
