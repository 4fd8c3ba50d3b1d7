// Strong ids: a ProjectId is not a RunId, and neither is a bare string.
//
//   ProjectId project("leveldb");   project.value() == "leveldb"
#ifndef MERGEGATE_SERVER_DOMAIN_IDS_H_
#define MERGEGATE_SERVER_DOMAIN_IDS_H_

#include <compare>
#include <string>
#include <utility>

namespace mergegate {

template <typename Tag>
class StrongId {
 public:
  StrongId() = default;
  explicit StrongId(std::string value) : value_(std::move(value)) {}
  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const StrongId&) const = default;

  template <typename H>
  friend H AbslHashValue(H h, const StrongId& id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  std::string value_;
};

// Last segment of "projects/{project}".
using ProjectId = StrongId<struct ProjectTag>;
// Last segment of "projects/{project}/runs/{run}"; unique over all projects.
using RunId = StrongId<struct RunTag>;
// A commit's object id, 40 lower-case hex digits.
using CommitId = StrongId<struct CommitTag>;
// A blob's object id, 40 lower-case hex digits.
using BlobId = StrongId<struct BlobTag>;

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_IDS_H_
