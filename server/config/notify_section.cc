#include "server/config/notify_section.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace mergegate::config {
namespace {

bool IsTimeOfDay(std::string_view text) {
  const auto digit = [&](size_t i) { return absl::ascii_isdigit(static_cast<unsigned char>(text[i])) != 0; };
  return text.size() == 5 && digit(0) && digit(1) && text[2] == ':' && digit(3) && digit(4) && text < "24:00" &&
         text[3] < '6';
}

void ReadVerdicts(MapReader& reader, const YamlNode& node, std::vector<VerdictState>& to) {
  constexpr VerdictState kStates[] = {VerdictState::kPass, VerdictState::kFail, VerdictState::kInconclusive};
  if (node.kind != YamlNode::Kind::kList) return reader.Problem(node, "a list is wanted: [fail, inconclusive]");
  to.clear();
  for (const YamlNode& item : node.items) {
    const int index = reader.ReadWord(item, "verdict", {"pass", "fail", "inconclusive"});
    if (index >= 0) to.push_back(kStates[index]);
  }
}

ChatConfig ReadChat(MapReader& reader, const YamlNode& node) {
  ChatConfig chat;
  reader.ReadMap(node, "an entry of notify",
                 {{"name", [&](const YamlNode& value) { reader.ReadText(value, chat.name); }},
                  {"kind",
                   [&](const YamlNode& value) {
                     constexpr ChatKind kKinds[] = {ChatKind::kSlack, ChatKind::kDiscord};
                     const int index = reader.ReadWord(value, "kind", {"slack", "discord"});
                     if (index >= 0) chat.kind = kKinds[index];
                   }},
                  {"url",
                   [&](const YamlNode& value) {
                     reader.ReadText(value, chat.url);
                     // Whoever knows the URL may write there, so it is a secret; it is not repeated here.
                     if (!chat.url.starts_with("file:") && !chat.url.starts_with("env:")) {
                       reader.Problem(value, "the URL is a secret, named by its place: file:PATH or env:NAME");
                     }
                   }},
                  {"projects", [&](const YamlNode& value) { reader.ReadTexts(value, chat.projects); }},
                  {"verdicts", [&](const YamlNode& value) { ReadVerdicts(reader, value, chat.verdicts); }},
                  {"person",
                   [&](const YamlNode& value) {
                     std::string person;
                     reader.ReadText(value, person);
                     chat.person = HandleOf(person);
                   }},
                  {"digest",
                   [&](const YamlNode& value) {
                     reader.ReadText(value, chat.digest);
                     if (!IsTimeOfDay(chat.digest)) reader.Problem(value, "a time of day is wanted: \"09:00\"");
                   }},
                  {"time_zone", [&](const YamlNode& value) {
                     reader.ReadText(value, chat.time_zone);
                     absl::TimeZone zone;
                     if (!absl::LoadTimeZone(chat.time_zone, &zone)) {
                       reader.Problem(value, "this machine knows no such time zone");
                     }
                   }}});
  return chat;
}

}  // namespace

void ReadNotify(MapReader& reader, const YamlNode& node, std::vector<ChatConfig>& chats) {
  if (node.kind != YamlNode::Kind::kList) {
    return reader.Problem(node, "a list is wanted: - {name: team, kind: slack, url: env:SLACK_HOOK}");
  }
  for (const YamlNode& item : node.items) {
    ChatConfig chat = ReadChat(reader, item);
    for (const std::string_view key : {"name", "kind", "url"}) {
      if (item.kind == YamlNode::Kind::kMap && Find(item, key) == nullptr) {
        reader.Problem(item, absl::StrCat("key \"", std::string(key), "\" is missing"));
      }
    }
    if (std::ranges::any_of(chats, [&](const ChatConfig& other) { return other.name == chat.name; })) {
      reader.Problem(item, absl::StrCat("the name ", chat.name, " is taken"));
    }
    chats.push_back(std::move(chat));
  }
}

}  // namespace mergegate::config
