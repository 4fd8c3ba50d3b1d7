// The `scores:` section of a policy: weights of M, of sub-indices, and how the weights of M adapt.
#ifndef MERGEGATE_SERVER_CONFIG_SCORES_SECTION_H_
#define MERGEGATE_SERVER_CONFIG_SCORES_SECTION_H_

#include "server/config/map_reader.h"
#include "server/domain/policy.h"

namespace mergegate::config {

// What is wrong becomes a problem of `reader` and leaves the default.
void ReadScores(MapReader& reader, const YamlNode& node, ScoresPolicy& scores);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_SCORES_SECTION_H_
