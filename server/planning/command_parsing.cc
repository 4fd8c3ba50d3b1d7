#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "server/base/status_macros.h"
#include "server/planning/command_memo.h"
#include "server/planning/compile_commands.h"
#include "server/planning/lexical_path.h"

namespace mergegate::planning {
namespace {

using nlohmann::json;

constexpr size_t kMaxJsonBytes = 64 << 20;
constexpr int kMaxNesting = 64;
constexpr size_t kMaxWarnings = 20;

struct Entry {
  std::optional<std::string> directory, file, command;
  std::optional<std::vector<std::string>> arguments;
};

std::string At(size_t index) { return absl::StrCat("compile_commands.json: entry ", index, ": "); }

// Collects the entries while the text is read: nothing else of the document is kept.
class EntryReader final : public nlohmann::json_sax<json> {
 public:
  std::vector<Entry> entries;
  std::string error;

  bool null() override { return Other("null"); }
  bool boolean(bool) override { return Other("a boolean"); }
  bool number_integer(number_integer_t) override { return Other("a number"); }
  bool number_unsigned(number_unsigned_t) override { return Other("a number"); }
  bool number_float(number_float_t, const string_t&) override { return Other("a number"); }
  bool binary(binary_t&) override { return Other("binary"); }

  bool string(string_t& value) override {
    if (depth_ == 2) {
      Entry& entry = entries.back();
      if (key_ == "directory") {
        entry.directory = std::move(value);
      } else if (key_ == "file") {
        entry.file = std::move(value);
      } else if (key_ == "command") {
        entry.command = std::move(value);
      } else if (key_ == "arguments") {
        return Other("a string");
      }
      return true;
    }
    if (depth_ == 3 && in_arguments_) {
      entries.back().arguments->push_back(std::move(value));
      return true;
    }
    return Other("a string");
  }

  bool start_object(size_t) override {
    if (depth_ == 1) {
      entries.emplace_back();
      key_.clear();
    } else if (depth_ < 1) {
      return Fail("compile_commands.json: an array of entries was expected, not an object");
    } else if (!Other("an object")) {
      return false;
    }
    return Enter();
  }
  bool end_object() override { return Leave(); }
  bool key(string_t& name) override {
    if (depth_ == 2) key_ = std::move(name);
    return true;
  }

  bool start_array(size_t) override {
    if (depth_ == 1) return Other("an array");
    if (depth_ == 2 && key_ == "arguments") {
      entries.back().arguments.emplace();
      in_arguments_ = true;
    } else if (depth_ >= 2 && !Other("an array")) {
      return false;
    }
    return Enter();
  }
  bool end_array() override { return Leave(); }

  bool parse_error(size_t position, const std::string&, const json::exception& exception) override {
    return Fail(
        absl::StrCat("compile_commands.json: ", entries.empty() ? "" : absl::StrCat("entry ", entries.size() - 1, ": "),
                     "not valid JSON at byte ", position, ": ", exception.what()));
  }

 private:
  // A value of a type that is wrong at this place, or of no interest.
  bool Other(std::string_view what) {
    if (depth_ == 0)
      return Fail(absl::StrCat("compile_commands.json: an array of entries was expected, not ", std::string(what)));
    if (depth_ == 1) return Fail(absl::StrCat(At(entries.size()), "an object was expected, not ", std::string(what)));
    if (depth_ == 3 && in_arguments_) {
      return Fail(absl::StrCat(At(entries.size() - 1), "\"arguments\" must hold strings, not ", std::string(what)));
    }
    if (depth_ == 2 && (key_ == "directory" || key_ == "file" || key_ == "command" || key_ == "arguments")) {
      return Fail(absl::StrCat(At(entries.size() - 1), "\"", key_, "\" must not be ", std::string(what)));
    }
    return true;
  }
  bool Enter() {
    if (++depth_ > kMaxNesting) return Fail(absl::StrCat("compile_commands.json: nested deeper than ", kMaxNesting));
    return true;
  }
  bool Leave() {
    if (depth_ == 3) in_arguments_ = false;
    --depth_;
    return true;
  }
  bool Fail(std::string message) {
    if (error.empty()) error = std::move(message);
    return false;
  }

  int depth_ = 0;
  bool in_arguments_ = false;
  std::string key_;
};

// Splits as a POSIX shell does, without expanding anything. nullopt for an open quote.
std::optional<std::vector<std::string>> SplitShellWords(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\'') {
      if (c == '\'')
        quote = 0;
      else
        word += c;
    } else if (quote == '"') {
      if (c == '"') {
        quote = 0;
      } else if (c == '\\' && i + 1 < text.size() &&
                 std::string_view("$`\"\\\n").find(text[i + 1]) != std::string_view::npos) {
        if (text[++i] != '\n') word += text[i];
      } else {
        word += c;
      }
    } else if (c == '\'' || c == '"') {
      quote = c;
      in_word = true;
    } else if (c == '\\' && i + 1 < text.size()) {
      if (text[++i] != '\n') {
        word += text[i];
        in_word = true;
      }
    } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
      if (in_word) words.push_back(std::move(word));
      word.clear();
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return std::nullopt;
  if (in_word) words.push_back(std::move(word));
  return words;
}

// The directory that most entries' files agree on: for each file, what is in front of its longest suffix in the tree.
std::string FindSourceRoot(const std::vector<std::string>& files, const Tree& tree) {
  std::map<std::string, int> votes;
  for (const std::string& file : files) {
    for (size_t slash = 0; slash != std::string::npos; slash = file.find('/', slash + 1)) {
      if (!tree.FindBlob(std::string_view(file).substr(slash + 1)).has_value()) continue;
      ++votes[slash == 0 ? "/" : file.substr(0, slash)];
      break;
    }
  }
  std::string best;
  int most = 0;
  for (const auto& [root, count] : votes) {
    if (count > most) {
      most = count;
      best = root;
    }
  }
  return best;
}

class Warnings {
 public:
  explicit Warnings(std::vector<std::string>& list) : list_(list) {}
  // To be called last.
  void Finish() {
    if (left_out_ > 0) list_.push_back(absl::StrCat("and ", left_out_, " more"));
  }
  void Add(std::string text) {
    if (list_.size() + 1 < kMaxWarnings) {
      list_.push_back(std::move(text));
    } else {
      ++left_out_;
    }
  }

 private:
  std::vector<std::string>& list_;
  int left_out_ = 0;
};

// The entries of the text, each with directory, file and arguments.
absl::StatusOr<std::vector<Entry>> ReadEntries(std::string_view text) {
  if (text.size() > kMaxJsonBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("compile_commands.json: ", text.size(), " bytes; at most ", kMaxJsonBytes, " are read"));
  }
  EntryReader reader;
  try {
    if (!json::sax_parse(text.begin(), text.end(), &reader)) {
      return absl::InvalidArgumentError(reader.error.empty() ? "compile_commands.json: not valid JSON" : reader.error);
    }
  } catch (const std::exception& exception) {
    return absl::InvalidArgumentError(absl::StrCat("compile_commands.json: ", exception.what()));
  }
  for (size_t i = 0; i < reader.entries.size(); ++i) {
    Entry& entry = reader.entries[i];
    if (!entry.file.has_value()) return absl::InvalidArgumentError(absl::StrCat(At(i), "\"file\" is missing"));
    if (!entry.directory.has_value())
      return absl::InvalidArgumentError(absl::StrCat(At(i), "\"directory\" is missing"));
    if (!entry.arguments.has_value()) {
      if (!entry.command.has_value()) {
        return absl::InvalidArgumentError(absl::StrCat(At(i), "neither \"arguments\" nor \"command\" is there"));
      }
      entry.arguments = SplitShellWords(*entry.command);
      if (!entry.arguments.has_value()) {
        return absl::InvalidArgumentError(absl::StrCat(At(i), "\"command\" has an open quote"));
      }
      entry.command.reset();
    }
    // A relative directory counts from the repository root.
    entry.directory = ResolvePath(kTreeRoot, *entry.directory);
  }
  return std::move(reader.entries);
}

// What the text says for this tree, out of the memory where it is there.
absl::StatusOr<std::shared_ptr<const CommandMemo::Read>> ReadFor(std::string_view text, const Tree& tree) {
  if (auto known = CommandMemo::Shared().Find(text);
      known != nullptr && FindSourceRoot(known->files, tree) == known->source_root) {
    return known;
  }
  ASSIGN_OR_RETURN(const std::vector<Entry> entries, ReadEntries(text));
  CommandMemo::Read read{.json = std::string(text), .files = {}, .source_root = {}, .commands = {}};
  for (const Entry& entry : entries) read.files.push_back(ResolvePath(*entry.directory, *entry.file));
  read.source_root = FindSourceRoot(read.files, tree);
  for (size_t i = 0; i < entries.size(); ++i) {
    std::optional<CompileCommand>& command = read.commands.emplace_back();
    if (const auto inside = RelativeTo(read.source_root, read.files[i])) {
      command = CleanCommand(*entries[i].arguments, *entries[i].directory, read.source_root, *inside);
    }
  }
  return CommandMemo::Shared().Keep(std::move(read));
}

}  // namespace

absl::StatusOr<CompileCommands> ParseCompileCommands(std::string_view text, const Tree& tree, CommandSource source) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const CommandMemo::Read> read, ReadFor(text, tree));
  CompileCommands commands;
  Warnings warnings(commands.warnings);
  commands.source_root = read->source_root;
  if (commands.source_root.empty() && !read->files.empty()) {
    warnings.Add("no entry's file is in the repository: the commands are of another project or revision");
  }
  for (size_t i = 0; i < read->files.size(); ++i) {
    const std::optional<CompileCommand>& known = read->commands[i];
    if (!known.has_value() || !tree.FindBlob(known->main_file).has_value()) {
      warnings.Add(absl::StrCat("entry ", i, ": ", read->files[i], " is not in the repository"));
      continue;
    }
    const auto [place, is_first] = commands.by_file.try_emplace(known->main_file, *known);
    if (!is_first) {
      warnings.Add(absl::StrCat("entry ", i, ": ", known->main_file, " has an earlier entry, which counts"));
      continue;
    }
    CompileCommand& command = place->second;
    command.source = source;
    if (source != CommandSource::kGiven) command.confidence = std::min(command.confidence, 0.9);
  }
  warnings.Finish();
  return commands;
}

}  // namespace mergegate::planning
