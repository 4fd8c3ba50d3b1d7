#include "server/publication/chat_text.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"
#include "server/publication/escape.h"

namespace mergegate::publication {
namespace {

// As a POSIX shell reads one word: a change's key is text of strangers.
std::string ShellWord(const std::string& text) {
  const auto plain = [](unsigned char c) {
    return absl::ascii_isalnum(c) || std::string_view("-_./@+:").find(static_cast<char>(c)) != std::string_view::npos;
  };
  if (!text.empty() && text.front() != '-' && std::ranges::all_of(text, plain)) return text;
  return absl::StrCat("'", absl::StrReplaceAll(text, {{"'", "'\\''"}}), "'");
}

// "today 17:00 UTC", "tomorrow 11:00 CET", "Mon 2027-01-18 09:00 CET".
std::string MomentOf(absl::Time at, absl::Time now, const absl::TimeZone& zone) {
  const absl::CivilDay day(absl::ToCivilDay(at, zone)), today(absl::ToCivilDay(now, zone));
  if (day == today) return absl::FormatTime("today %H:%M %Z", at, zone);
  if (day == today + 1) return absl::FormatTime("tomorrow %H:%M %Z", at, zone);
  return absl::FormatTime("%a %Y-%m-%d %H:%M %Z", at, zone);
}

}  // namespace

std::string HeadlineOf(const DueAnswer& answer) {
  return answer.late ? "An answer of yours is late" : "An answer of yours is due";
}

ChatItem DueItem(const DueAnswer& answer, absl::Time now, const absl::TimeZone& zone, std::string title,
                 std::string link) {
  ChatItem item{.title = std::move(title), .link = std::move(link)};
  item.lines.push_back(absl::StrCat(OneLine(answer.reason, 120), ": ", answer.late ? "late since " : "due ",
                                    MomentOf(answer.due, now, zone),
                                    answer.leave_comes ? ", and your leave comes first" : ""));
  if (answer.next.empty()) return item;
  item.lines.push_back(absl::StrCat("No time? ", OneLine(answer.next, 100), " could take over",
                                    answer.next_why.empty() ? "" : absl::StrCat(": ", OneLine(answer.next_why, 100))));
  item.command = absl::StrCat("mergegate decline ", ShellWord(answer.change), " --to ", ShellWord(answer.next),
                              " --project ", ShellWord(answer.project));
  return item;
}

std::string TitleOf(const HostProject& project, const HostChange& change, HostKind host) {
  const char* sign = host == HostKind::kGitLab ? "!" : "#";
  const std::string number = change.number > 0 ? absl::StrCat(sign, change.number) : change.change;
  return absl::StrCat(OneLine(project.full_name, 100), " ", number,
                      change.title.empty() ? "" : absl::StrCat(": ", OneLine(change.title, 200)));
}

ChatItem VerdictItem(const Verdict& verdict, std::string title, std::string link) {
  ChatItem item{.title = std::move(title), .link = std::move(link), .state = verdict.state};
  item.lines.push_back(OneLine(verdict.summary, 400));
  const std::vector<Action>& actions = verdict.counterfactual.actions;
  if (verdict.state != VerdictState::kPass && !actions.empty()) {
    item.lines.push_back(absl::StrCat("To pass: ", OneLine(actions.front().description, 200),
                                      actions.size() > 1 ? absl::StrCat(", and ", actions.size() - 1, " more") : ""));
  }
  return item;
}

}  // namespace mergegate::publication
