#include "server/pipeline/public_name.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "re2/re2.h"

namespace mergegate::pipeline {

std::vector<std::string> LoginsOf(storage::Store& store, const Handle& handle, std::string_view host) {
  std::vector<Handle> names = {handle};
  if (const auto person = store.ResolvePerson(handle); person.ok()) {
    names.insert(names.end(), person->identities.begin(), person->identities.end());
  }
  std::vector<std::string> logins;
  for (const Handle& name : names) {
    std::string login = name.value();
    if (const size_t colon = login.find(':'); colon != std::string::npos) {
      if (!host.empty() && HandleOf(host).value() != login.substr(0, colon)) continue;
      login = login.substr(colon + 1);
    } else if (const size_t at = login.find('@'); at != std::string::npos) {
      if (!absl::StrContains(login.substr(at), "noreply")) continue;
      login = login.substr(0, at);
      if (const size_t plus = login.find('+'); plus != std::string::npos) login = login.substr(plus + 1);
      if (const size_t dash = login.find('-'); dash != std::string::npos && absl::StrContains(name.value(), "gitlab") &&
                                               login.find_first_not_of("0123456789") == dash) {
        login = login.substr(dash + 1);  // "123-ann@users.noreply.gitlab.com"
      }
    }
    if (std::ranges::find(logins, login) == logins.end()) logins.push_back(login);
  }
  return logins;
}

std::string PublicName(storage::Store& store, const Handle& handle) {
  const std::vector<std::string> logins = LoginsOf(store, handle);
  return logins.empty() ? handle.value().substr(0, handle.value().find('@')) : logins.front();
}

std::string WithoutMails(storage::Store& store, const std::string& text) {
  static const RE2 kMail(R"(([\w.%+-]+@[\w-]+(?:\.[\w-]+)+))");
  std::string shown;
  re2::StringPiece rest = text;
  std::string mail;
  for (const char* from = rest.data(); RE2::FindAndConsume(&rest, kMail, &mail); from = rest.data()) {
    const std::string_view before(from, static_cast<size_t>(rest.data() - from) - mail.size());
    absl::StrAppend(&shown, std::string(before), PublicName(store, Handle(mail)));
  }
  return absl::StrCat(shown, std::string(rest.data(), rest.size()));
}

void HideMails(storage::Store& store, Verdict& verdict) {
  const auto hide = [&store](std::string& text) {
    if (text.find('@') != std::string::npos) text = WithoutMails(store, text);
  };
  hide(verdict.summary);
  for (ConditionResult& condition : verdict.conditions) {
    hide(condition.actual);
    hide(condition.reason);
  }
  hide(verdict.counterfactual.reason);
  for (Action& action : verdict.counterfactual.actions) {
    if (action.kind == "get-approval" && !action.subject.empty()) {  // "hub:ann", where there are several hosts
      const std::string name = PublicName(store, Handle(action.subject));
      action.description = absl::StrReplaceAll(action.description, {{action.subject, name}});
    }
    hide(action.description);
  }
  for (LedgerEntry& entry : verdict.quality.ledger) hide(entry.reason);
}

}  // namespace mergegate::pipeline
