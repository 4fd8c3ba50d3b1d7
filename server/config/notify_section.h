// The `notify` section of the server's configuration: chats that hear of verdicts, and people who hear that it is their
// turn.
//
//   notify:
//     - {name: team, kind: slack, url: env:SLACK_HOOK, projects: ["acme-*"], verdicts: [fail, inconclusive]}
//     - {name: ann, kind: discord, url: file:/etc/mergegate/ann.hook, person: ann@example.org,
//        digest: "09:00", time_zone: Europe/Zurich}
#ifndef MERGEGATE_SERVER_CONFIG_NOTIFY_SECTION_H_
#define MERGEGATE_SERVER_CONFIG_NOTIFY_SECTION_H_

#include <vector>

#include "server/config/map_reader.h"
#include "server/domain/chat.h"

namespace mergegate::config {

// What is wrong becomes a problem of `reader`.
void ReadNotify(MapReader& reader, const YamlNode& node, std::vector<ChatConfig>& chats);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_NOTIFY_SECTION_H_
