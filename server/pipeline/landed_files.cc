#include "server/pipeline/landed_files.h"

#include <map>

#include "server/pipeline/panel.h"
#include "server/reviewers/people.h"

namespace mergegate::pipeline {

std::vector<scoring::LandedFiles> LandedFilesOf(std::span<const ReviewRecord> records) {
  // All names first: two that a later record joins are one person from the beginning.
  reviewers::People people;
  for (const ReviewRecord& record : records) {
    people.Intern(record.author);
    for (const Identity& reviewer : record.reviewers) people.Intern(reviewer);
  }
  std::map<reviewers::PersonId, Handle> handles;
  std::vector<scoring::LandedFiles> landed;
  for (const ReviewRecord& record : records) {
    scoring::LandedFiles& files = landed.emplace_back();
    files.change = record.id;
    files.at = record.landed;
    for (const TouchedFile& file : record.files) files.files.push_back(file.path);
    const auto add = [&](const Identity& identity) {
      if (identity.empty() || reviewers::IsBot(identity)) return;
      files.people.push_back(handles.try_emplace(people.Find(identity), HandleOf(identity)).first->second);
    };
    add(record.author);
    for (const Identity& reviewer : record.reviewers) add(reviewer);
  }
  return landed;
}

}  // namespace mergegate::pipeline
