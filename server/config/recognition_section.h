// The `recognition:` section of the server's configuration: the caps under which verified help counts. It is the
// server's, not a project's: help crosses projects.
//
//   recognition: {per_day: 2, pair_days: 90, per_pair: 3, traded_help: 0.5}
#ifndef MERGEGATE_SERVER_CONFIG_RECOGNITION_SECTION_H_
#define MERGEGATE_SERVER_CONFIG_RECOGNITION_SECTION_H_

#include "server/config/map_reader.h"
#include "server/scoring/growth/recognition.h"

namespace mergegate::config {

// What is wrong becomes a problem of `reader` and leaves the default.
void ReadRecognition(MapReader& reader, const YamlNode& node, scoring::RecognitionRules& rules);

}  // namespace mergegate::config

#endif  // MERGEGATE_SERVER_CONFIG_RECOGNITION_SECTION_H_
