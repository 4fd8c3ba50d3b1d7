// Every unary method of the gRPC services over plain HTTP, as the Connect protocol has it: curl and browsers can call
// them. Routes are made from the descriptors, and each call goes through the gRPC server of this process, so roles,
// tokens and limits are the same.
//
//   curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json"
//        -d '{"name": "projects/p/runs/r"}' http://127.0.0.1:7481/mergegate.v1.RunService/GetVerdict
//
// Methods whose contract says NO_SIDE_EFFECTS answer GET too. Streams are answered "unimplemented": they need gRPC.
// Thread safety: routes may be called from any thread; each call blocks until it is answered or out of time.
#ifndef MERGEGATE_SERVER_WEB_CONNECT_H_
#define MERGEGATE_SERVER_WEB_CONNECT_H_

#include <memory>
#include <string>
#include <vector>

#include "server/web/http.h"

namespace grpc {
class ChannelInterface;
}

namespace mergegate::web {

// `services`: full names ("mergegate.v1.RunService") of services in the pool of generated descriptors.
std::vector<Route> ConnectRoutes(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                 const std::vector<std::string>& services);

}  // namespace mergegate::web

#endif  // MERGEGATE_SERVER_WEB_CONNECT_H_
