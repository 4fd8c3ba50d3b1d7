// What a project's history says of one landed change: who wrote it, what it touched, who reviewed it.
//
// Made by server/git/review_history.h out of commits, by webhooks, and by tests; learned by server/reviewers/.
#ifndef MERGEGATE_SERVER_DOMAIN_REVIEW_RECORD_H_
#define MERGEGATE_SERVER_DOMAIN_REVIEW_RECORD_H_

#include <string>
#include <vector>

#include "absl/time/time.h"

namespace mergegate {

// As much of a person as one place tells: a trailer has name and mail, an ACK list has a login. Any field may be empty.
struct Identity {
  std::string name;
  std::string mail;
  std::string login;
  bool operator==(const Identity&) const = default;
  bool empty() const { return name.empty() && mail.empty() && login.empty(); }
};

struct TouchedFile {
  std::string path;          // after the change; before it when deleted
  std::string renamed_from;  // the old path of a rename with equal content, else empty
  bool operator==(const TouchedFile&) const = default;
};

struct ReviewRecord {
  std::string id;      // commit id of the last commit of the change
  std::string group;   // records of one patch series share it; empty: alone
  std::string change;  // commits of one pull request share it; empty: alone
  absl::Time landed;
  Identity author;
  std::string title;
  std::vector<TouchedFile> files;
  std::vector<Identity> reviewers;  // the author and bots may be among them; who learns strikes them
  bool operator==(const ReviewRecord&) const = default;
};

}  // namespace mergegate

#endif  // MERGEGATE_SERVER_DOMAIN_REVIEW_RECORD_H_
