#include "server/pipeline/gate_command.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"

namespace mergegate::pipeline {
namespace {

constexpr size_t kMostCommands = 10;
constexpr size_t kMostLogins = 10;
constexpr std::string_view kUsage =
    "`/gate rerun`, `/gate explain`, `/gate reviewer @LOGIN` or `/gate override CONDITION REASON until YYYY-MM-DD`, or "
    "`YYYY-MM-DDTHH:MM` in UTC";

// Lines that can be commands, without the blanks around them.
std::vector<std::string> Lines(std::string_view comment) {
  std::vector<std::string> lines;
  bool in_code = false;
  for (const absl::string_view line : absl::StrSplit(absl::string_view(comment.data(), comment.size()), '\n')) {
    const std::string text(absl::StripAsciiWhitespace(line));
    if (text.starts_with("```") || text.starts_with("~~~")) {
      in_code = !in_code;
    } else if (!in_code && !text.empty()) {
      lines.push_back(text);
    }
  }
  return lines;
}

bool IsCommand(const std::string& line) { return line == "/gate" || line.starts_with("/gate "); }

GateCommand Wrong(GateCommand command, std::string_view what) {
  command.problem = absl::StrCat(std::string(what), "; write ", std::string(kUsage));
  return command;
}

// The moment that ends an override: that of a minute, or the end of a day.
std::optional<absl::Time> ReadEnd(std::string_view word) {
  if (word.ends_with('Z')) word.remove_suffix(1);
  const absl::string_view text(word.data(), word.size());
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &day)) return absl::FromCivil(day + 1, absl::UTCTimeZone());
  absl::CivilMinute minute;
  if (absl::ParseCivilTime(text, &minute)) return absl::FromCivil(minute, absl::UTCTimeZone());
  return std::nullopt;
}

// CONDITION [reason] REASON... until YYYY-MM-DD[THH:MM]
GateCommand ReadOverride(std::vector<std::string> words) {
  GateCommand command{.verb = GateVerb::kOverride};
  const size_t size = words.size();
  if (size < 4 || absl::AsciiStrToLower(words[size - 2]) != "until") {
    return Wrong(command, "an override needs a condition, a reason and an end");
  }
  const std::optional<absl::Time> end = ReadEnd(words.back());
  if (!end) return Wrong(command, "the end is no day");
  command.until = *end;
  command.condition = words.front();
  words.resize(size - 2);
  words.erase(words.begin());
  if (words.size() > 1 && absl::AsciiStrToLower(words.front()) == "reason") words.erase(words.begin());
  command.reason = absl::StrJoin(words, " ");
  return command;
}

GateCommand ReadReviewers(const std::vector<std::string>& words) {
  GateCommand command{.verb = GateVerb::kReviewer};
  for (std::string login : words) {
    if (login.ends_with(',')) login.pop_back();
    if (login.starts_with('@')) login.erase(0, 1);
    if (login.empty() || login.size() > 100 || login.find('/') != std::string::npos) {
      return Wrong(command, "a reviewer is one person's login");
    }
    command.logins.push_back(login);
  }
  if (command.logins.empty() || command.logins.size() > kMostLogins)
    return Wrong(command, "say who: one to ten logins");
  return command;
}

GateCommand Read(const std::string& line) {
  std::vector<std::string> words = absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
  words.erase(words.begin());
  if (words.empty()) return Wrong({}, "what shall the gate do?");
  const std::string verb = absl::AsciiStrToLower(words.front());
  words.erase(words.begin());
  if (verb == "rerun") return {.verb = GateVerb::kRerun};
  if (verb == "explain") return {.verb = GateVerb::kExplain};
  if (verb == "override") return ReadOverride(std::move(words));
  if (verb == "reviewer" || verb == "reviewers") return ReadReviewers(words);
  return Wrong({}, "that command is not known");
}

}  // namespace

std::vector<GateCommand> ParseGateCommands(std::string_view comment) {
  std::vector<GateCommand> commands;
  for (const std::string& line : Lines(comment)) {
    if (IsCommand(line) && commands.size() < kMostCommands) commands.push_back(Read(line));
  }
  return commands;
}

bool OnlyCommands(std::string_view comment) { return std::ranges::all_of(Lines(comment), IsCommand); }

}  // namespace mergegate::pipeline
