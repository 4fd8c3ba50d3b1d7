// Messages as JSON with the contract's field names, one line each: for lists that other programs read, and that
// `mergegate signal import` takes back. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_CLI_FORMAT_PROTO_JSON_H_
#define MERGEGATE_CLIENT_CLI_FORMAT_PROTO_JSON_H_

#include <google/protobuf/message.h>

#include <string>

namespace mergegate::client {

// ASCII only, with a line break at the end.
std::string JsonLine(const google::protobuf::Message& message);

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_FORMAT_PROTO_JSON_H_
