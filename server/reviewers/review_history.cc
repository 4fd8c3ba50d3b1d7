#include "server/reviewers/review_history.h"

#include <algorithm>
#include <cmath>

#include "absl/container/flat_hash_map.h"
#include "server/reviewers/words.h"

namespace mergegate::reviewers {

const Key ReviewHistory::kReviews = KeyOf("project", "reviews");
const Key ReviewHistory::kReviewsSlow = KeyOf("project", "reviews, slow");
const Key ReviewHistory::kChanges = KeyOf("project", "changes");
const Key ReviewHistory::kNewcomers = KeyOf("project", "newcomers");

double DayOf(absl::Time time) { return absl::ToDoubleSeconds(time - absl::UnixEpoch()) / 86400; }

Key FileKey(std::string_view path) { return KeyOf("file", path); }
Key FolderKey(std::string_view folder) { return KeyOf("folder", folder); }

std::string_view AreaOf(std::string_view path) {
  const size_t first = path.find('/');
  if (first == std::string_view::npos) return {};
  const size_t second = path.find('/', first + 1);
  // Two folders deep the first is the area: the second is the file's own folder already.
  if (second == std::string_view::npos || path.find('/', second + 1) == std::string_view::npos) {
    return path.substr(0, first);
  }
  return path.substr(0, second);
}

ReviewHistory::ReviewHistory()
    : file_reviews_({.short_days = 60, .long_days = 1000, .events = 3}),
      file_changes_({.short_days = 120, .long_days = 1000, .events = 3}),
      folder_reviews_({.short_days = 120, .long_days = 1000, .events = 12}),
      folder_changes_({.short_days = 240, .long_days = 1000, .events = 12}),
      title_words_({.short_days = 120, .long_days = 1000, .events = 8}),
      path_words_({.short_days = 120, .long_days = 1000, .events = 8}),
      authors_({.short_days = 30, .long_days = 180, .events = 5}),
      authors_in_area_({.short_days = 90, .long_days = 730, .events = 4}),
      reviewed_authors_({.short_days = 30, .long_days = 180, .events = 20}),
      project_({.short_days = 10, .long_days = 90, .events = 40}),
      project_slow_({.short_days = 365, .long_days = 1000, .events = 40}) {}

void ReviewHistory::Learn(const ReviewRecord& record) {
  constexpr double kBrokenClockDays = 3650;
  const double landed = DayOf(record.landed);
  // Two such in a row are no broken clock: the project slept.
  const double latest = last_day_ + kBrokenClockDays;
  const bool broken = !learned_.empty() && landed > latest && previous_landed_ <= latest;
  previous_landed_ = landed;
  const double day = last_day_ = broken ? last_day_ : std::max(last_day_, landed);
  const auto index = static_cast<uint32_t>(learned_.size());
  const PersonId author = IsBot(record.author) ? kNobody : people_.Intern(record.author);
  std::vector<PersonId> reviewers;
  for (const Identity& identity : record.reviewers) {
    const PersonId person = IsBot(identity) ? kNobody : people_.Intern(identity);
    if (person != kNobody) reviewers.push_back(person);
  }
  // Interning may have joined some of them.
  const PersonId by = author == kNobody ? kNobody : people_.Now(author);
  for (PersonId& person : reviewers) person = people_.Now(person);
  std::ranges::sort(reviewers);
  reviewers.erase(std::unique(reviewers.begin(), reviewers.end()), reviewers.end());
  std::erase(reviewers, by);
  activity_.resize(people_.size());
  TakeJoins();

  learned_.push_back({.author = by,
                      .first_reviewer = static_cast<uint32_t>(reviewers_.size()),
                      .reviewer_count = static_cast<uint32_t>(reviewers.size()),
                      .day = day});
  reviewers_.insert(reviewers_.end(), reviewers.begin(), reviewers.end());
  LearnPaths(record, by, reviewers, day, index);

  const uint32_t changes_before = by == kNobody ? 0 : ActivityOf(by).changes;
  if (by != kNobody) {
    Activity& activity = activity_[static_cast<size_t>(by)];
    activity.changes += 1;
    activity.last_day = day;
    project_.Add(kChanges, {&by, 1}, 1, day, index);
  }
  if (reviewers.empty()) return;
  ++reviewed_;
  const double share = 1 / std::sqrt(static_cast<double>(reviewers.size()));
  project_.Add(kReviews, reviewers, share, day, index);
  project_slow_.Add(kReviewsSlow, reviewers, share, day, index);
  for (const PersonId person : reviewers) {
    Activity& activity = activity_[static_cast<size_t>(person)];
    activity.reviews += 1;
    activity.last_day = activity.last_review_day = day;
  }
  for (const std::string& word : TitleWords(record.title)) {
    title_words_.Add(KeyOf("word", word), reviewers, 1, day, index);
  }
  if (by == kNobody) return;
  authors_.Add(AuthorKey(by), reviewers, 1, day, index);
  for (const PersonId person : reviewers) reviewed_authors_.Add(AuthorKey(person), {&by, 1}, 1, day, index);
  if (changes_before < kNewcomerChanges) project_slow_.Add(kNewcomers, reviewers, 1, day, index);
}

// What was kept by a person whom another turned out to be. Tables of files and folders name people by id, which People
// leads on.
void ReviewHistory::TakeJoins() {
  for (; joins_taken_ < people_.joins().size(); ++joins_taken_) {
    const auto [kept, other] = people_.joins()[joins_taken_];
    Activity& to = activity_[static_cast<size_t>(kept)];
    const Activity& from = activity_[static_cast<size_t>(other)];
    to.last_review_day = std::max(to.last_review_day, from.last_review_day);
    to.last_day = std::max(to.last_day, from.last_day);
    to.reviews += from.reviews;
    to.changes += from.changes;
    authors_.Merge(AuthorKey(other), AuthorKey(kept));
    reviewed_authors_.Merge(AuthorKey(other), AuthorKey(kept));
  }
}

void ReviewHistory::LearnPaths(const ReviewRecord& record, PersonId author, std::span<const PersonId> reviewers,
                               double day, uint32_t index) {
  const size_t count = std::min(record.files.size(), kMostFiles);
  if (count == 0) return;
  for (size_t i = 0; i < count; ++i) {
    const TouchedFile& file = record.files[i];
    if (file.renamed_from.empty()) continue;
    file_reviews_.Rename(FileKey(file.renamed_from), FileKey(file.path));
    file_changes_.Rename(FileKey(file.renamed_from), FileKey(file.path));
  }
  const double weight = 1 / std::sqrt(static_cast<double>(count));
  std::vector<std::string_view> areas;
  absl::flat_hash_map<std::string_view, int> folders;
  absl::flat_hash_map<std::string, int> words;
  for (size_t i = 0; i < count; ++i) {
    const std::string_view path = record.files[i].path;
    if (author != kNobody) file_changes_.Add(FileKey(path), {&author, 1}, weight, day, index);
    for (const std::string_view folder : FoldersOf(path)) ++folders[folder];
    if (reviewers.empty()) continue;
    file_reviews_.Add(FileKey(path), reviewers, weight, day, index);
    for (std::string& word : PathWords(path)) ++words[std::move(word)];
    if (std::ranges::find(areas, AreaOf(path)) == areas.end()) areas.push_back(AreaOf(path));
  }
  // A folder gets more of a change the more files of it lie there, but less than in proportion.
  for (const auto& [folder, files] : folders) {
    const double mass = weight * std::sqrt(files);
    if (author != kNobody) folder_changes_.Add(FolderKey(folder), {&author, 1}, mass, day, index);
    if (!reviewers.empty()) folder_reviews_.Add(FolderKey(folder), reviewers, mass, day, index);
  }
  for (const auto& [word, files] : words) {
    path_words_.Add(KeyOf("path word", word), reviewers, weight * std::sqrt(files), day, index);
  }
  if (author == kNobody) return;
  for (const std::string_view area : areas) {
    authors_in_area_.Add(AuthorAreaKey(author, area), reviewers, 1, day, index);
  }
}

ReviewHistory::Activity ReviewHistory::ActivityOf(PersonId person) const {
  return activity_[static_cast<size_t>(people_.Now(person))];
}

std::span<const PersonId> ReviewHistory::ReviewersOf(uint32_t index) const {
  const Learned& learned = learned_[index];
  return std::span(reviewers_).subspan(learned.first_reviewer, learned.reviewer_count);
}

}  // namespace mergegate::reviewers
