#include "server/reviewers/approvals.h"

#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"

namespace mergegate::reviewers {
namespace {

// Why the approval of `before` does not hold for `now`; empty when it does. `before` is null for what is new.
std::string WhyLost(const Piece* before, const Piece& now) {
  if (before != nullptr && before->signature == now.signature && before->body == now.body) return "";
  if (now.declaration.empty()) {
    return before == nullptr ? absl::StrCat(now.path, " came into the change")
                             : absl::StrCat("lines outside of declarations changed in ", now.path);
  }
  const std::string name = absl::StrCat(now.declaration, " (", now.path, ")");
  if (before == nullptr) return absl::StrCat(name, " came into the change");
  if (before->signature == now.signature) return absl::StrCat("the body of ", name, " changed");
  if (before->body == now.body) return absl::StrCat(now.body.empty() ? "" : "the signature of ", name, " changed");
  return absl::StrCat("signature and body of ", name, " changed");
}

}  // namespace

HeldApproval HoldAgainst(const std::vector<Piece>& approved, const std::vector<Piece>& now) {
  std::map<std::pair<std::string_view, std::string_view>, const Piece*> before;
  for (const Piece& piece : approved) before.try_emplace({piece.path, piece.usr}, &piece);
  HeldApproval held;
  for (size_t i = 0; i < now.size(); ++i) {
    const auto it = before.find({now[i].path, now[i].usr});
    std::string why = WhyLost(it == before.end() ? nullptr : it->second, now[i]);
    if (why.empty()) continue;
    held.uncovered.push_back(static_cast<int>(i));
    held.reasons.push_back(std::move(why));
  }
  return held;
}

}  // namespace mergegate::reviewers
