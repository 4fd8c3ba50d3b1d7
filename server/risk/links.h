// What the message of a commit says of earlier commits.
//
//   Message message = risk::ReadMessage("net: fix leak\n\nFixes: e8ae856140bc (\"net: add\")\n");
//   // message.causes == {"e8ae856140bc"}, message.corrects
//
// Causes are what stands behind "Fixes:", "Amends", "Follow-up to", "reverts commit", and, when the subject speaks of a
// fault, behind "introduced by", "caused by", "broken in" and their like. Pure.
#ifndef MERGEGATE_SERVER_RISK_LINKS_H_
#define MERGEGATE_SERVER_RISK_LINKS_H_

#include <string_view>

#include "server/risk/commit.h"

namespace mergegate::risk {

Message ReadMessage(std::string_view message);

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_LINKS_H_
