#include "server/git/mailmap.h"

#include <algorithm>
#include <utility>

#include "server/reviewers/text.h"

namespace mergegate::git {
namespace {

using reviewers::Lower;
using reviewers::Strip;

// Takes "Name <mail>" off the front of `line`; false when there is none.
bool TakePair(std::string_view& line, std::string& name, std::string& mail) {
  const size_t open = line.find('<');
  if (open == std::string_view::npos) return false;
  const size_t close = line.find('>', open);
  if (close == std::string_view::npos) return false;
  name = std::string(Strip(line.substr(0, open)));
  mail = std::string(Strip(line.substr(open + 1, close - open - 1)));
  line.remove_prefix(close + 1);
  return true;
}

}  // namespace

Mailmap::Mailmap(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = Strip(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    std::string name, mail, old_name, old_mail;
    if (line.starts_with('#') || !TakePair(line, name, mail)) continue;
    if (!TakePair(line, old_name, old_mail)) {
      entries_[Lower(mail)] = {.name = name, .mail = {}};  // "Name <mail of the commit>"
    } else {
      const std::string key = old_name.empty() ? Lower(old_mail) : Lower(old_mail) + "\n" + Lower(old_name);
      entries_[key] = {.name = name, .mail = mail};
    }
  }
}

void Mailmap::Apply(Identity& identity) const {
  if (entries_.empty() || identity.mail.empty()) return;
  auto found = entries_.find(Lower(identity.mail) + "\n" + Lower(identity.name));
  if (found == entries_.end()) found = entries_.find(Lower(identity.mail));
  if (found == entries_.end()) return;
  if (!found->second.name.empty()) identity.name = found->second.name;
  if (!found->second.mail.empty()) identity.mail = found->second.mail;
}

}  // namespace mergegate::git
