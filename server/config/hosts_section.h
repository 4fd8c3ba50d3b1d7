// The `hosts:` section of the server's configuration: GitHub and GitLab as the server talks to them.
#ifndef MERGEGATE_SERVER_CONFIG_HOSTS_SECTION_H_
#define MERGEGATE_SERVER_CONFIG_HOSTS_SECTION_H_

#include <vector>

#include "server/config/map_reader.h"
#include "server/domain/host.h"

namespace mergegate::config {

// What is wrong becomes a problem of `reader`. A value that may be a secret is never repeated in one.
void ReadHosts(MapReader& reader, const YamlNode& node, std::vector<HostConfig>& hosts);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_HOSTS_SECTION_H_
