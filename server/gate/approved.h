// How far approvals reach: which of a change's pieces a person has approved as they are now.
//
// Pure. All functions require facts of a review.
#ifndef MERGEGATE_SERVER_GATE_APPROVED_H_
#define MERGEGATE_SERVER_GATE_APPROVED_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/verdict.h"

namespace mergegate::gate {

// True when the approval holds for every piece of the file; for the whole change when `path` is empty.
bool Covers(const ApprovalFact& approval, const Facts& facts, std::string_view path);

// Approvals that hold for piece `index`.
int ApprovalsOf(const Facts& facts, size_t index);

// "leveldb::DBImpl::Get (db/db_impl.cc)", or the path alone.
std::string NameOf(const Piece& piece);

// Everybody whose approval could help, each once: who wants changes, whose approval was lost in part, who is asked, who
// owns something. Never the author, nor who has approved all of it.
std::vector<Handle> WhoCouldApprove(const Facts& facts);

}  // namespace mergegate::gate

#endif  // MERGEGATE_SERVER_GATE_APPROVED_H_
