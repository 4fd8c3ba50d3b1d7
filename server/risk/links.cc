#include "server/risk/links.h"

#include <re2/re2.h>

#include <algorithm>
#include <cctype>
#include <string>

namespace mergegate::risk {
namespace {

// Bytes, not characters: messages come in any encoding.
RE2::Options Bytes() {
  RE2::Options options(RE2::Latin1);
  options.set_case_sensitive(false);
  options.set_log_errors(false);
  return options;
}

struct Patterns {
  RE2 undoes{R"(^\s*"?\s*(?:revert\b|re-?apply\b))", Bytes()};
  RE2 corrects{R"(\b(?:fix|fixes|fixed|fixing|fixup|bug|bugs|regression|repair)\b)", Bytes()};
  RE2 speaks_of_fault{R"(fix|restore|repair|regress|\bbug|crash|leak|broke|missing|incorrect)", Bytes()};
  RE2 picked{R"(\(cherry[- ]picked from commit ([0-9a-f]{40})\))", Bytes()};
  RE2 named{R"((?m)(?:(?:^\s*|\()Fix(?:es|ed):?\s+(?:commit\s+)?"?\(?|\bamends?\b:?\s+(?:(?:commit|change)\s+)?)"
            R"(|\bfollow(?:s|ing)?[- ]?up\s*(?:to|of|for|on)?:?\s*(?:commit\s+)?|\bfix ?up (?:commit\s+)?)"
            R"(|\breverts?(?:\s+of)?(?:\s+the)?(?:\s+(?:commit|change))?:?\s+)([0-9a-f]{7,40})\b)",
            Bytes()};
  RE2 introduced{
      R"(\b(?:introduc\w+|caused|broken|broke|regression|regressed|bug|missed|forgotten|overlooked)\b[^.]{0,20}?)"
      R"(\b(?:in|by|with|from|of)(?:\s+the)?(?:(?::?\s+(?:commit|change):?)?\s+|: )\(?"?([0-9a-f]{7,40})\b)",
      Bytes()};
  RE2 broken_since{R"(\bbroken\b[^.\n]{0,40}?\b(?:since|after):?\s+(?:commit\s+)?([0-9a-f]{7,40})\b)", Bytes()};
};

const Patterns& Known() {
  static const Patterns* const patterns = new Patterns;
  return *patterns;
}

void AddCause(std::string id, std::vector<std::string>& causes) {
  for (char& c : id) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  // Without a letter it is a number: a bug, a date.
  if (std::ranges::none_of(id, [](char c) { return c >= 'a'; }) && id.size() < 12) return;
  if (std::ranges::find(causes, id) == causes.end()) causes.push_back(std::move(id));
}

}  // namespace

Message ReadMessage(std::string_view text) {
  const Patterns& patterns = Known();
  const re2::StringPiece whole(text.data(), text.size());
  const re2::StringPiece subject(text.data(), std::min(text.find('\n'), text.size()));
  Message message;
  message.undoes = RE2::PartialMatch(subject, patterns.undoes);
  message.corrects = RE2::PartialMatch(subject, patterns.corrects);
  RE2::PartialMatch(whole, patterns.picked, &message.picked_from);
  std::string id;
  for (re2::StringPiece rest = whole; RE2::FindAndConsume(&rest, patterns.named, &id);) AddCause(id, message.causes);
  if (!RE2::PartialMatch(subject, patterns.speaks_of_fault)) return message;
  for (const RE2* pattern : {&patterns.introduced, &patterns.broken_since}) {
    for (re2::StringPiece rest = whole; RE2::FindAndConsume(&rest, *pattern, &id);) AddCause(id, message.causes);
  }
  return message;
}

}  // namespace mergegate::risk
