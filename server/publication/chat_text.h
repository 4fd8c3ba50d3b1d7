// What chats are told, before a chat's own form: few lines, what is foreign marked so that it can be escaped.
// Pure.
#ifndef MERGEGATE_SERVER_PUBLICATION_CHAT_TEXT_H_
#define MERGEGATE_SERVER_PUBLICATION_CHAT_TEXT_H_

#include <string>
#include <vector>

#include "server/domain/host.h"
#include "server/domain/verdict.h"

namespace mergegate::publication {

// Plain text, all of it to be escaped.
struct ChatItem {
  std::string title = {};  // "acme/widget #12: Make the cache smaller"
  std::string link = {};   // of the title; empty: none
  std::vector<std::string> lines = {};
  VerdictState state = VerdictState::kUnspecified;  // gives the colour
};

// One message: a verdict, "your turn", or a digest of several.
struct ChatMessage {
  std::string headline = {};
  std::vector<ChatItem> items = {};
};

// "acme/widget #12: title", as its host names changes.
std::string TitleOf(const HostProject& project, const HostChange& change, HostKind host);
// A verdict in two lines or three: the sentence, and the first thing to do.
ChatItem VerdictItem(const Verdict& verdict, std::string title, std::string link);

}  // namespace mergegate::publication

#endif  // MERGEGATE_SERVER_PUBLICATION_CHAT_TEXT_H_
