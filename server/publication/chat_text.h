// What chats are told, before a chat's own form: few lines, what is foreign marked so that it can be escaped.
// Pure.
#ifndef MERGEGATE_SERVER_PUBLICATION_CHAT_TEXT_H_
#define MERGEGATE_SERVER_PUBLICATION_CHAT_TEXT_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/host.h"
#include "server/domain/verdict.h"

namespace mergegate::publication {

// Plain text, all of it to be escaped.
struct ChatItem {
  std::string title = {};  // "acme/widget #12: Make the cache smaller"
  std::string link = {};   // of the title; empty: none
  std::vector<std::string> lines = {};
  std::string command = {};                         // for a shell, to be copied; below the lines
  VerdictState state = VerdictState::kUnspecified;  // gives the colour
};

// One message: a verdict, "your turn", a reminder, or a digest of several.
struct ChatMessage {
  std::string headline = {};
  std::vector<ChatItem> items = {};
};

// "acme/widget #12: title", as its host names changes.
std::string TitleOf(const HostProject& project, const HostChange& change, HostKind host);

// An answer of a reviewer that is due, as they are told of it.
struct DueAnswer {
  std::string reason = {};  // why it is their turn
  absl::Time due = {};
  bool late = false;
  bool leave_comes = false;   // theirs, before it is due
  std::string next = {};      // who could take over: mail or login as the command takes it; empty: nobody
  std::string next_why = {};  // empty: nothing is known
  std::string project = {};
  std::string change = {};
};

// "An answer of yours is due", or is late.
std::string HeadlineOf(const DueAnswer& answer);
// Until when or since when, who could take over and why, and the command for that. Times as they are in `zone`.
ChatItem DueItem(const DueAnswer& answer, absl::Time now, const absl::TimeZone& zone, std::string title,
                 std::string link);

// A verdict in two lines or three: the sentence, and the first thing to do.
ChatItem VerdictItem(const Verdict& verdict, std::string title, std::string link);

}  // namespace mergegate::publication

#endif  // MERGEGATE_SERVER_PUBLICATION_CHAT_TEXT_H_
