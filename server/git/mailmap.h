// git's .mailmap: what a person's names and mails are to be read as.
//
//   Mailmap map("Ann Li <ann@example.org> <ann@old.example>\n");
//   map.Apply(Identity{.name = "annli", .mail = "ann@old.example"})    // Ann Li <ann@example.org>
//
// Pure; malformed lines are passed over, as git does. Const members from any thread.
#ifndef MERGEGATE_SERVER_GIT_MAILMAP_H_
#define MERGEGATE_SERVER_GIT_MAILMAP_H_

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "server/domain/review_record.h"

namespace mergegate::git {

class Mailmap {
 public:
  Mailmap() = default;
  explicit Mailmap(std::string_view text);

  // Mails are compared without case. What is not listed stays.
  void Apply(Identity& identity) const;

  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string name, mail;  // empty: stays
  };
  // By "mail", and by "mail\nname" for lines that give the name of the commit, too. Lower case.
  absl::flat_hash_map<std::string, Entry> entries_;
};

}  // namespace mergegate::git

#endif  // MERGEGATE_SERVER_GIT_MAILMAP_H_
