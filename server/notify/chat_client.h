// Sends messages to the incoming webhook of a chat, in its form and within its limits.
//
//   ChatClient client(http, clock);
//   absl::Status status = client.Send(config, message);      // errors as in server/hosts/host_api.h, with RetryAt
//
// Everything in a message is text of strangers: it is escaped, nobody is mentioned.
//
// Thread safety: all methods may be called from any thread. Borrows http and clock.
#ifndef MERGEGATE_SERVER_NOTIFY_CHAT_CLIENT_H_
#define MERGEGATE_SERVER_NOTIFY_CHAT_CLIENT_H_

#include <nlohmann/json.hpp>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/base/http.h"
#include "server/domain/chat.h"
#include "server/publication/chat_text.h"

namespace mergegate::notify {

class ChatClient {
 public:
  ChatClient(Http& http, const Clock& clock) : http_(http), clock_(clock) {}

  // kUnavailable when the URL's secret cannot be read, no answer came, or 5xx; kResourceExhausted with a moment
  // (server/base/retry_at.h) on 429; anything else is for good, with the chat's own words.
  absl::Status Send(const ChatConfig& chat, const publication::ChatMessage& message);

 private:
  Http& http_;
  const Clock& clock_;
};

// Slack: `text` always (it is what notifications show), at most 50 blocks, 3000 characters in one. Pure.
nlohmann::json SlackBody(const publication::ChatMessage& message);
// Discord: content of 2000 characters, 10 embeds with 6000 in all, nobody mentioned. Pure.
nlohmann::json DiscordBody(const publication::ChatMessage& message);

}  // namespace mergegate::notify

#endif  // MERGEGATE_SERVER_NOTIFY_CHAT_CLIENT_H_
