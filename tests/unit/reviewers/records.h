// Records of made-up changes, days counted from a Monday in 2023.
//
//   Change("ann", {"db/a.cc"}, {"bob"}, /*day=*/3)   // ann's change of db/a.cc, reviewed by bob, landed on day 3
#ifndef MERGEGATE_TESTS_UNIT_REVIEWERS_RECORDS_H_
#define MERGEGATE_TESTS_UNIT_REVIEWERS_RECORDS_H_

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/domain/review_record.h"
#include "server/reviewers/rank.h"

namespace mergegate::reviewers {

inline absl::Time Day(double day) { return absl::FromUnixSeconds(1'700'438'400) + absl::Hours(24) * day; }

// "ann" is "Ann Example <ann@example.org>".
inline Identity Who(const std::string& name) {
  std::string full = name + " Example";
  full[0] = static_cast<char>(full[0] - 'a' + 'A');
  return {.name = full, .mail = name + "@example.org", .login = {}};
}

inline ReviewRecord Change(const std::string& author, const std::vector<std::string>& paths,
                           const std::vector<std::string>& reviewers, double day, const std::string& title = "Change") {
  ReviewRecord record;
  record.id = absl::StrCat(author, "@", day, title);
  record.landed = Day(day);
  record.author = Who(author);
  record.title = title;
  for (const std::string& path : paths) record.files.push_back({.path = path, .renamed_from = {}});
  for (const std::string& reviewer : reviewers) record.reviewers.push_back(Who(reviewer));
  return record;
}

inline RankQuery Ask(const std::string& author, const std::vector<std::string>& paths, double day) {
  RankQuery query;
  query.author = Who(author);
  query.paths = paths;
  query.now = Day(day);
  return query;
}

inline std::vector<std::string> Names(const std::vector<RankedPerson>& ranked) {
  std::vector<std::string> names;
  for (const RankedPerson& person : ranked) names.push_back(person.person.mail.substr(0, person.person.mail.find('@')));
  return names;
}

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_TESTS_UNIT_REVIEWERS_RECORDS_H_
