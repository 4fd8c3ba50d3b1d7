#include "server/publication/chat_text.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "server/publication/escape.h"

namespace mergegate::publication {

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
