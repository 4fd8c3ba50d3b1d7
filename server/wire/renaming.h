// Taking a person's name out of what is kept.
//
//   Renamed("approved by ann@example.org", "ann@example.org", "forgotten-1") == "approved by forgotten-1"
//
// A mail is replaced wherever it stands; a login, which may be a word, only where it is all of a text, or a whole part
// of an id ("rpc/ann/7"). Pure.
#ifndef MERGEGATE_SERVER_WIRE_RENAMING_H_
#define MERGEGATE_SERVER_WIRE_RENAMING_H_

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

namespace mergegate::wire {

std::string Renamed(std::string_view text, const std::string& name, const std::string& pseudonym);

// In every text of a message.
void Rename(const std::string& name, const std::string& pseudonym, google::protobuf::Message& message);

}  // namespace mergegate::wire

#endif  // MERGEGATE_SERVER_WIRE_RENAMING_H_
