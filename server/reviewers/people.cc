#include "server/reviewers/people.h"

#include <algorithm>
#include <array>

#include "server/reviewers/text.h"

namespace mergegate::reviewers {
namespace {

// Base letters of U+00C0 to U+017F, so that "Möller" and "Moller" are one name.
constexpr std::string_view kLatinBase =
    "aaaaaaaceeeeiiiidnooooo ouuuuytsaaaaaaaceeeeiiiidnooooo ouuuuyty"
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiiiiijjkkklllllll"
    "lllnnnnnnnnnoooooooorrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";
static_assert(kLatinBase.size() == 0x180 - 0xC0);

// Lower case without accents; whatever is neither letter nor digit becomes a blank. Bytes of other scripts stay.
std::string Fold(std::string_view text) {
  std::string folded;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x80) {
      folded += absl::ascii_isalnum(byte) ? absl::ascii_tolower(byte) : ' ';
    } else if (byte >= 0xC3 && byte <= 0xC5 && i + 1 < text.size()) {
      const unsigned code = (byte & 0x1Fu) << 6 | (static_cast<unsigned char>(text[++i]) & 0x3Fu);
      folded += kLatinBase[code - 0xC0];
    } else {
      folded += text[i];
    }
  }
  return folded;
}

std::string Joined(const std::vector<std::string_view>& words) {
  std::string joined;
  for (const std::string_view word : words) (joined += joined.empty() ? "" : " ") += word;
  return joined;
}

std::string_view LocalPart(std::string_view mail) { return mail.substr(0, mail.find('@')); }

// "1234+ann@users.noreply.example" -> "ann": forges hide mails behind logins.
std::string_view LoginOfNoReply(std::string_view mail) {
  const size_t at = mail.find('@');
  if (at == std::string_view::npos || !Contains(mail.substr(at), "noreply")) return {};
  std::string_view local = mail.substr(0, at);
  const size_t plus = local.find('+');
  return plus == std::string_view::npos ? local : local.substr(plus + 1);
}

struct Keys {
  std::vector<std::string> strong;  // equal: the same person
  std::string bare_login;           // when a login is all there is
  std::string local_part;           // leads a bare login to its owner
};

Keys KeysOf(const Identity& identity) {
  Keys keys;
  const std::string mail = Lower(Strip(identity.mail));
  std::string login = Lower(Strip(identity.login));
  const std::string folded = Fold(identity.name);
  std::vector<std::string_view> words = SplitWords(folded);
  if (const size_t comma = identity.name.find(','); comma != std::string::npos && words.size() == 2) {
    std::swap(words[0], words[1]);  // "Li, Ann"
  }
  if (login.empty()) login = std::string(LoginOfNoReply(mail));
  if (login.empty() && words.size() == 1 && words[0].size() > 2) login = std::string(words[0]);
  if (!mail.empty()) keys.strong.push_back("m:" + mail);
  if (words.size() >= 2) keys.strong.push_back("n:" + Joined(words));
  if (!login.empty()) keys.strong.push_back("u:" + login);
  if (mail.empty() && words.size() < 2) keys.bare_login = login;
  if (mail.find('@') != std::string::npos) keys.local_part = std::string(LocalPart(mail));
  return keys;
}

// Mailboxes that many have: no login of anybody.
bool IsCommonMailbox(std::string_view local) {
  constexpr std::array kCommon = {"admin", "contact", "dev", "git",  "github", "hello",
                                  "info",  "mail",    "me",  "root", "work"};
  return local.size() < 3 || std::ranges::find(kCommon, local) != kCommon.end();
}

}  // namespace

bool IsBot(const Identity& identity) {
  constexpr std::array kBots = {"bot",         "robot",   "buildbot",   "dependabot", "renovate",   "mergify",
                                "copybara",    "codecov", "autoroller", "travis",     "zuul",       "coveralls",
                                "greenkeeper", "bors",    "homu",       "hudson",     "buildmaster"};
  constexpr std::array kServers = {"public", "internal", "ci", "build", "server", "gerrit", "test", "verifier"};
  for (const std::string& text : {identity.name, identity.login, std::string(LocalPart(identity.mail))}) {
    if (Contains(text, "[bot]")) return true;
    const std::string folded = Fold(text);
    const std::vector<std::string_view> words = SplitWords(folded);
    const auto has = [&](const auto& list) {
      return std::ranges::any_of(words,
                                 [&](std::string_view word) { return std::ranges::find(list, word) != list.end(); });
    };
    // A surname stands behind a first name; a server's name stands alone or with its work.
    const bool jenkins = std::ranges::find(words, "jenkins") != words.end() && (words.size() == 1 || has(kServers));
    const bool robot_surname = words.size() == 2 && words[1] == "travis";
    if (jenkins || (has(kBots) && !robot_surname)) return true;
  }
  return identity.mail.starts_with("noreply@");
}

PersonId People::Intern(const Identity& identity) {
  Keys keys = KeysOf(identity);
  if (keys.strong.empty()) return kNobody;
  if (!keys.bare_login.empty()) keys.strong.push_back("l:" + keys.bare_login);
  PersonId person = kNobody;
  for (const std::string& key : keys.strong) {
    const auto found = keys_.find(key);
    if (found == keys_.end() || found->second == kNobody) continue;
    const PersonId known = Now(found->second);
    if (person == kNobody) {
      person = known;
    } else if (person != known) {
      Join(std::min(person, known), std::max(person, known));
      person = std::min(person, known);
    }
  }
  if (person == kNobody) {
    person = static_cast<PersonId>(now_.size());
    now_.push_back(person);
    described_.emplace_back();
  }
  for (std::string& key : keys.strong) keys_.insert_or_assign(std::move(key), person);
  if (!keys.local_part.empty() && !IsCommonMailbox(keys.local_part)) {
    const auto [place, added] = keys_.try_emplace("l:" + keys.local_part, person);
    if (!added && place->second != kNobody && Now(place->second) != person) {
      const Identity& other = Describe(place->second);
      if (other.mail.empty() && !Contains(other.name, " ")) {
        Join(person, Now(place->second));  // so far known by login only
        place->second = person;
      } else {
        place->second = kNobody;  // two mailboxes of this name: it tells nothing
      }
    }
  }
  Identity& described = described_[static_cast<size_t>(person)];
  if (!identity.name.empty()) described.name = identity.name;
  if (!identity.mail.empty()) described.mail = identity.mail;
  if (!identity.login.empty()) described.login = identity.login;
  return person;
}

PersonId People::Find(const Identity& identity) const {
  const Keys keys = KeysOf(identity);
  for (const std::string& key : keys.strong) {
    if (const auto found = keys_.find(key); found != keys_.end() && found->second != kNobody) return Now(found->second);
  }
  if (keys.bare_login.empty()) return kNobody;
  const auto found = keys_.find("l:" + keys.bare_login);
  return found == keys_.end() || found->second == kNobody ? kNobody : Now(found->second);
}

PersonId People::Find(std::string_view text) const {
  text = Strip(text);
  if (const size_t open = text.find('<'); open != std::string_view::npos) {
    const std::string_view mail = text.substr(open + 1);
    return Find(Identity{.name = std::string(Strip(text.substr(0, open))),
                         .mail = std::string(mail.substr(0, mail.find('>'))),
                         .login = {}});
  }
  if (Contains(text, "@")) return Find(Identity{.name = {}, .mail = std::string(text), .login = {}});
  if (Contains(text, " ")) return Find(Identity{.name = std::string(text), .mail = {}, .login = {}});
  return Find(Identity{.name = {}, .mail = {}, .login = std::string(text)});
}

void People::Join(PersonId kept, PersonId other) {
  joins_.push_back({.kept = kept, .other = other});
  for (PersonId& id : now_) {
    if (id == other) id = kept;
  }
  Identity& to = described_[static_cast<size_t>(kept)];
  const Identity& from = described_[static_cast<size_t>(other)];
  if (to.name.empty()) to.name = from.name;
  if (to.mail.empty()) to.mail = from.mail;
  if (to.login.empty()) to.login = from.login;
}

}  // namespace mergegate::reviewers
