// What a project's landed changes tell about its people, learned one record at a time.
//
//   ReviewHistory history;
//   for (const ReviewRecord& record : records) history.Learn(record);
//   history.people().Find("ann@example.org");
//
// Learning costs what the record holds (at most 50 files, 16 words), however long the history is. Pure value; const
// members from many threads while nobody learns.
#ifndef MERGEGATE_SERVER_REVIEWERS_REVIEW_HISTORY_H_
#define MERGEGATE_SERVER_REVIEWERS_REVIEW_HISTORY_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "server/domain/review_record.h"
#include "server/reviewers/mass_table.h"
#include "server/reviewers/people.h"

namespace mergegate::reviewers {

// Changes of more files than this are read up to here: they say little about each file.
inline constexpr size_t kMostFiles = 50;

// Days since 1970.
double DayOf(absl::Time time);

// Keys of the tables.
Key FileKey(std::string_view path);
Key FolderKey(std::string_view folder);
// The second folder from the root, the first of shallower paths; empty for a file in the root.
std::string_view AreaOf(std::string_view path);

class ReviewHistory {
 public:
  ReviewHistory();

  // In landing order: a record that landed before its predecessor, or alone ten years after it (a broken clock's),
  // counts as landed with it.
  void Learn(const ReviewRecord& record);

  const People& people() const { return people_; }
  uint32_t records() const { return static_cast<uint32_t>(learned_.size()); }
  uint32_t reviewed_records() const { return reviewed_; }

  struct Activity {
    double last_review_day = -1e9, last_day = -1e9;  // last_day: reviewed or landed anything
    uint32_t reviews = 0, changes = 0;
  };
  // Of a person as joined.
  Activity ActivityOf(PersonId person) const;

  struct Learned {
    PersonId author = kNobody;
    uint32_t first_reviewer = 0;  // into reviewers_
    uint32_t reviewer_count = 0;
    double day = 0;
  };
  const Learned& record(uint32_t index) const { return learned_[index]; }
  std::span<const PersonId> ReviewersOf(uint32_t index) const;

  // The tables. Those of reviews hold reviewed records only.
  const MassTable& file_reviews() const { return file_reviews_; }
  const MassTable& file_changes() const { return file_changes_; }
  const MassTable& folder_reviews() const { return folder_reviews_; }
  const MassTable& folder_changes() const { return folder_changes_; }
  const MassTable& title_words() const { return title_words_; }            // who reviewed changes with this word
  const MassTable& path_words() const { return path_words_; }              // who reviewed paths with this word
  const MassTable& authors() const { return authors_; }                    // who reviewed this author
  const MassTable& authors_in_area() const { return authors_in_area_; }    // who reviewed this author in this area
  const MassTable& reviewed_authors() const { return reviewed_authors_; }  // whom this person reviewed
  const MassTable& project() const { return project_; }                    // keys below
  const MassTable& project_slow() const { return project_slow_; }

  static Key AuthorKey(PersonId author) { return KeyOf("author", static_cast<uint64_t>(author)); }
  static Key AuthorAreaKey(PersonId author, std::string_view area) { return KeyOf(AuthorKey(author), area); }
  static const Key kReviews, kReviewsSlow, kChanges, kNewcomers;

  // Changes of an author with fewer landed ones are a newcomer's.
  static constexpr uint32_t kNewcomerChanges = 5;

 private:
  void TakeJoins();
  void LearnPaths(const ReviewRecord& record, PersonId author, std::span<const PersonId> reviewers, double day,
                  uint32_t index);

  People people_;
  std::vector<Activity> activity_;
  std::vector<Learned> learned_;
  std::vector<PersonId> reviewers_;
  uint32_t reviewed_ = 0;
  size_t joins_taken_ = 0;
  double last_day_ = -1e9, previous_landed_ = -1e9;

  MassTable file_reviews_, file_changes_, folder_reviews_, folder_changes_;
  MassTable title_words_, path_words_, authors_, authors_in_area_, reviewed_authors_, project_, project_slow_;
};

}  // namespace mergegate::reviewers

#endif  // MERGEGATE_SERVER_REVIEWERS_REVIEW_HISTORY_H_
