#include "server/notify/chat_client.h"

#include <algorithm>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/base/retry_at.h"
#include "server/base/secret_source.h"
#include "server/base/status_macros.h"
#include "server/publication/escape.h"

namespace mergegate::notify {
namespace {

using nlohmann::json;
using publication::ChatItem;
using publication::ChatMessage;
using publication::OneLine;

constexpr size_t kSlackItems = 45;    // a block each, below 50 with what stands around them
constexpr size_t kSlackText = 2'900;  // of 3000
constexpr size_t kDiscordItems = 10;
constexpr size_t kDiscordContent = 2'000;
constexpr size_t kDiscordItem = 500;  // 10 of them, and the rest, stay below 6000
constexpr size_t kDiscordTitle = 256;
constexpr size_t kCommand = 250;

// Slack turns <...> into links, mentions and channels, and its own marks into styles; a zero-width space keeps them
// off.
std::string Slack(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"},
                                    {"<", "&lt;"},
                                    {">", "&gt;"},
                                    {"*", "*\xE2\x80\x8B"},
                                    {"_", "_\xE2\x80\x8B"},
                                    {"~", "~\xE2\x80\x8B"},
                                    {"`", "'"}});
}

// A URL inside of <...|...>.
std::string SlackUrl(const std::string& url) {
  return absl::StrReplaceAll(url, {{"&", "&amp;"}, {"<", "%3C"}, {">", "%3E"}, {"|", "%7C"}});
}

std::string Discord(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (std::string_view("\\*_~`|>#[]()<-").find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
    if (c == '@' || c == ':') escaped += "\xE2\x80\x8B";  // no mention, no link
  }
  return escaped;
}

// Inside of `...`, where neither finds marks or mentions. Slack wants its three signs escaped there, too.
std::string SlackCode(const std::string& text) {
  return absl::StrReplaceAll(text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}});
}

// What cannot be shown as it is would be another command: it is left out.
bool IsCommand(const std::string& text) {
  return !text.empty() && text.size() <= kCommand && OneLine(text, kCommand) == text &&
         text.find('`') == std::string::npos;
}

int Colour(VerdictState state) {
  switch (state) {
    case VerdictState::kPass:
      return 0x2da44e;
    case VerdictState::kFail:
      return 0xcf222e;
    case VerdictState::kInconclusive:
      return 0xbf8700;
    default:
      return 0x6e7781;
  }
}

bool IsWeb(const std::string& url) { return url.starts_with("https://") || url.starts_with("http://"); }

}  // namespace

json SlackBody(const ChatMessage& message) {
  std::string plain = message.headline;
  json blocks = json::array();
  const auto add = [&blocks](const std::string& text) {
    blocks.push_back({{"type", "section"}, {"text", {{"type", "mrkdwn"}, {"text", text}}}});
  };
  add(absl::StrCat("*", Slack(OneLine(message.headline, 300)), "*"));
  for (size_t i = 0; i < std::min(message.items.size(), kSlackItems); ++i) {
    const ChatItem& item = message.items[i];
    const std::string title = Slack(OneLine(item.title, 300));
    std::string text = IsWeb(item.link) ? absl::StrCat("<", SlackUrl(item.link), "|", title, ">") : title;
    for (const std::string& line : item.lines) {
      const std::string more = absl::StrCat("\n", Slack(OneLine(line, 600)));
      if (text.size() + more.size() > kSlackText) break;
      text += more;
    }
    if (IsCommand(item.command) && text.size() + 5 * item.command.size() < kSlackText) {
      absl::StrAppend(&text, "\n`", SlackCode(item.command), "`");
    }
    add(text);
    absl::StrAppend(&plain, i == 0 ? ": " : "; ", item.title);
  }
  if (message.items.size() > kSlackItems) add(absl::StrCat("... and ", message.items.size() - kSlackItems, " more"));
  return {{"text", Slack(OneLine(plain, 1'000))}, {"blocks", blocks}};
}

json DiscordBody(const ChatMessage& message) {
  json embeds = json::array();
  for (size_t i = 0; i < std::min(message.items.size(), kDiscordItems); ++i) {
    const ChatItem& item = message.items[i];
    std::string text;
    for (const std::string& line : item.lines) {
      const std::string more = absl::StrCat(text.empty() ? "" : "\n", Discord(OneLine(line, 200)));
      if (text.size() + more.size() > kDiscordItem - 100) break;
      text += more;
    }
    if (IsCommand(item.command) && text.size() + item.command.size() + 3 <= kDiscordItem - 100) {
      absl::StrAppend(&text, text.empty() ? "`" : "\n`", item.command, "`");
    }
    // A title takes no marks, but for mentions, which parse [] keeps off.
    json embed = {{"title", OneLine(item.title, std::min(kDiscordTitle, size_t{100}))}, {"color", Colour(item.state)}};
    if (!text.empty()) embed["description"] = text;
    if (IsWeb(item.link)) embed["url"] = item.link;
    embeds.push_back(std::move(embed));
  }
  std::string content = Discord(OneLine(message.headline, 300));
  if (message.items.size() > kDiscordItems) {
    absl::StrAppend(&content, " (", message.items.size() - kDiscordItems, " more are not shown)");
  }
  return {{"content", OneLine(content, kDiscordContent)},
          {"embeds", embeds},
          {"allowed_mentions", {{"parse", json::array()}}}};
}

absl::Status ChatClient::Send(const ChatConfig& chat, const ChatMessage& message) {
  const absl::StatusOr<std::string> url = ReadSecret(chat.url);
  if (!url.ok()) {
    return absl::UnavailableError(absl::StrCat("chat ", chat.name, ": ", std::string(url.status().message())));
  }
  const json body = chat.kind == ChatKind::kDiscord ? DiscordBody(message) : SlackBody(message);
  const absl::StatusOr<HttpResponse> response =
      http_.Send({.method = "POST",
                  .url = *url,
                  .headers = {{"Content-Type", "application/json"}},
                  .body = body.dump(-1, ' ', false, json::error_handler_t::replace),
                  .secrets = {*url}});
  const std::string what = absl::StrCat("chat ", chat.name, ": ");
  if (!response.ok()) return absl::Status(response.status().code(), what + std::string(response.status().message()));
  if (response->status >= 200 && response->status < 300) return absl::OkStatus();
  const std::string said = absl::StrCat(what, response->status, " ", OneLine(response->body, 300));
  if (response->status == 429) {
    double seconds = 1;
    const json answer = json::parse(response->body, nullptr, /*allow_exceptions=*/false);
    if (!absl::SimpleAtod(response->Header("retry-after"), &seconds) && answer.is_object() &&
        answer.contains("retry_after") && answer["retry_after"].is_number()) {
      seconds = answer["retry_after"].get<double>();
    }
    return WithRetryAt(absl::ResourceExhaustedError(said),
                       clock_.Now() + absl::Seconds(std::clamp(seconds, 1.0, 86'400.0)));
  }
  if (response->status >= 500 || response->status == 408) return absl::UnavailableError(said);
  return absl::InvalidArgumentError(said);
}

}  // namespace mergegate::notify
