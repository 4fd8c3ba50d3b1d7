// A diff for reading: hunks with context, and the findings of the newest verdict in their files.
#ifndef MERGEGATE_SERVER_RPC_REVIEW_DIFF_H_
#define MERGEGATE_SERVER_RPC_REVIEW_DIFF_H_

#include <string>
#include <vector>

#include "mergegate/v1/review_service.pb.h"
#include "server/domain/change.h"

namespace mergegate::rpc {

// `head_lines`: the file at the head, empty for a deleted one. Hunks whose contexts touch are one.
std::vector<v1::DiffHunk> WithContext(const ChangedFile& file, const std::vector<std::string>& head_lines, int context);

}  // namespace mergegate::rpc

#endif  // MERGEGATE_SERVER_RPC_REVIEW_DIFF_H_
