#include "server/reviewers/terms.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "absl/container/flat_hash_map.h"
#include "server/reviewers/words.h"

namespace mergegate::reviewers {
namespace {

constexpr std::string_view kTermNames[kShareCount] = {"file_reviews_short",
                                                      "file_reviews_long",
                                                      "file_reviews_events",
                                                      "file_changes_short",
                                                      "file_changes_long",
                                                      "folder_reviews_short",
                                                      "folder_changes_short",
                                                      "area_reviews_short",
                                                      "area_changes_short",
                                                      "author_short",
                                                      "author_long",
                                                      "author_events",
                                                      "author_area_short",
                                                      "author_area_long",
                                                      "author_area_events",
                                                      "back_long",
                                                      "project_14",
                                                      "project_90",
                                                      "project_365",
                                                      "project_events",
                                                      "project_changes_90",
                                                      "project_changes_14",
                                                      "newcomer",
                                                      "title",
                                                      "title_short",
                                                      "path_words",
                                                      "path_words_short",
                                                      "hyperbolic_changes",
                                                      "hyperbolic_reviews",
                                                      "alike"};
constexpr std::string_view kPlainNames[kPlainCount] = {"days_since_review", "days_since_anything", "never_reviewed",
                                                       "correction"};

// Rows of the people touched so far.
class RowSet {
 public:
  RowSet(const ReviewHistory& history) : history_(history), slots_(history.people().size(), -1) {}

  Row& operator[](PersonId person) {
    int& slot = slots_[static_cast<size_t>(history_.people().Now(person))];
    if (slot < 0) {
      slot = static_cast<int>(people_.size());
      people_.push_back(history_.people().Now(person));
      rows_.emplace_back();
    }
    return rows_[static_cast<size_t>(slot)];
  }

  std::vector<PersonId>& people() { return people_; }
  std::vector<Row>& rows() { return rows_; }

 private:
  const ReviewHistory& history_;
  std::vector<int> slots_;
  std::vector<PersonId> people_;
  std::vector<Row> rows_;
};

constexpr Term kNone = kShareCount;
// Less than this of a share is not worth a row.
constexpr double kLeast = 2e-4;

struct Targets {
  Term by_short = kNone, by_long = kNone, by_event = kNone;
};

// Adds `weight` times the shares of one key.
void AddShares(RowSet& rows, const MassTable& table, const KeyMass* masses, double day, double k, double weight,
               Targets targets) {
  if (masses == nullptr) return;
  const double per_short = 1 / (masses->short_total + k * table.ShortScale(day));
  const double per_long = 1 / (masses->long_total + k * table.LongScale(day));
  const double per_event = 1 / (masses->event_total + k * masses->event_scale);
  for (const PersonMass& mass : masses->people) {
    const double by_short = mass.by_short * per_short, by_long = mass.by_long * per_long;
    const double by_event = mass.by_event * per_event;
    if (by_short < kLeast && by_long < kLeast && by_event < kLeast) continue;
    Row& row = rows[mass.person];
    if (targets.by_short != kNone) row.shares[targets.by_short] += static_cast<float>(weight * by_short);
    if (targets.by_long != kNone) row.shares[targets.by_long] += static_cast<float>(weight * by_long);
    if (targets.by_event != kNone) row.shares[targets.by_event] += static_cast<float>(weight * by_event);
  }
}

// n / t of each person: events per day since the last one.
void AddHyperbolic(RowSet& rows, const KeyMass* masses, double day, Term term) {
  if (masses == nullptr) return;
  for (const PersonMass& mass : masses->people) {
    const double age = std::max(1.0, day - mass.last_day);
    if (mass.events / age < 1e-3) continue;
    rows[mass.person].shares[term] += static_cast<float>(mass.events / age);
  }
}

void MakeShare(RowSet& rows, Term term, double k) {
  double total = k;
  for (const Row& row : rows.rows()) total += row.shares[term];
  for (Row& row : rows.rows()) row.shares[term] = static_cast<float>(row.shares[term] / total);
}

using WeightedNames = std::map<std::string_view, double>;

// A query taken apart once.
struct Question {
  PersonId author = kNobody;
  std::span<const std::string> paths;
  double part = 0;  // of one path
  WeightedNames folders, areas;
  std::map<std::string, double> path_words, title_words;
};

Question TakeApart(const ReviewHistory& history, const RankQuery& query) {
  Question question;
  question.author = history.people().Find(query.author);
  question.paths = std::span(query.paths).first(std::min(query.paths.size(), kMostFiles));
  question.part = question.paths.empty() ? 0 : 1.0 / static_cast<double>(question.paths.size());
  for (const std::string& path : question.paths) {
    for (std::string& word : PathWords(path)) question.path_words[std::move(word)] += question.part;
    question.areas[AreaOf(path)] += question.part;
    if (const size_t slash = path.rfind('/'); slash != std::string::npos && slash != 0) {
      question.folders[std::string_view(path).substr(0, slash)] += question.part;
    }
  }
  for (std::string& word : TitleWords(query.title)) question.title_words[std::move(word)] = 1;
  return question;
}

void AddPaths(RowSet& rows, const ReviewHistory& history, const Question& question, double day) {
  const std::span<const std::string> paths = question.paths;
  for (const std::string& path : paths) {
    const KeyMass* reviews = history.file_reviews().Find(FileKey(path));
    const KeyMass* changes = history.file_changes().Find(FileKey(path));
    AddShares(rows, history.file_reviews(), reviews, day, 0.5, question.part,
              {kFileReviewsShort, kFileReviewsLong, kFileReviewsEvents});
    AddShares(rows, history.file_changes(), changes, day, 0.5, question.part,
              {kFileChangesShort, kFileChangesLong, kNone});
    AddHyperbolic(rows, reviews, day, kHyperbolicReviews);
    AddHyperbolic(rows, changes, day, kHyperbolicChanges);
  }
  for (const auto& [folder, weight] : question.folders) {
    const KeyMass* reviews = history.folder_reviews().Find(FolderKey(folder));
    const KeyMass* changes = history.folder_changes().Find(FolderKey(folder));
    AddShares(rows, history.folder_reviews(), reviews, day, 1, weight, {kFolderReviewsShort, kNone, kNone});
    AddShares(rows, history.folder_changes(), changes, day, 1, weight, {kFolderChangesShort, kNone, kNone});
  }
  for (const auto& [folder, weight] : question.areas) {
    AddShares(rows, history.folder_reviews(), history.folder_reviews().Find(FolderKey(folder)), day, 1, weight,
              {kAreaReviewsShort, kNone, kNone});
    AddShares(rows, history.folder_changes(), history.folder_changes().Find(FolderKey(folder)), day, 1, weight,
              {kAreaChangesShort, kNone, kNone});
  }
  MakeShare(rows, kHyperbolicReviews, 0.05 * static_cast<double>(paths.size()));
  MakeShare(rows, kHyperbolicChanges, 0.05 * static_cast<double>(paths.size()));
  // Rare words say more: each counts by the logarithm of how rare it is.
  double total = 0;
  std::vector<std::pair<const KeyMass*, double>> found;
  for (const auto& [word, weight] : question.path_words) {
    const KeyMass* masses = history.path_words().Find(KeyOf("path word", word));
    if (masses == nullptr) continue;
    const double rarity = std::log(1 + history.reviewed_records() / (1.0 + masses->events)) * weight;
    total += rarity;
    found.emplace_back(masses, rarity);
  }
  for (const auto& [masses, rarity] : found) {
    AddShares(rows, history.path_words(), masses, day, 0.5, rarity / total, {kPathWordsShort, kPathWords, kNone});
  }
}

// Who wrote the very lines that change wrote the file, if anybody did.
void AddOwners(RowSet& rows, const ReviewHistory& history, const RankQuery& query) {
  std::map<PersonId, double> shares;
  for (const LineOwner& owner : query.owners) {
    const PersonId person = history.people().Find(owner.person);
    if (person != kNobody) shares[person] += owner.share / static_cast<double>(std::max<size_t>(1, query.paths.size()));
  }
  for (const auto& [person, share] : shares) {
    float& known = rows[person].shares[kFileChangesLong];
    known = std::max(known, static_cast<float>(std::min(1.0, share)));
  }
}

void AddTitle(RowSet& rows, const ReviewHistory& history, const Question& question, double day) {
  double total = 0;
  std::vector<std::pair<const KeyMass*, double>> found;
  for (const auto& [word, part] : question.title_words) {
    const KeyMass* masses = history.title_words().Find(KeyOf("word", word));
    if (masses == nullptr) continue;
    const double rarity =
        std::log(1 + history.reviewed_records() / (1.0 + masses->people.size() * 3.0 +
                                                   masses->long_total / history.title_words().LongScale(day)));
    total += rarity;
    found.emplace_back(masses, rarity);
  }
  for (const auto& [masses, rarity] : found) {
    AddShares(rows, history.title_words(), masses, day, 0.5, rarity / total, {kTitleShort, kTitle, kNone});
  }
}

void AddAuthor(RowSet& rows, const ReviewHistory& history, const Question& question, double day) {
  const PersonId author = question.author;
  const bool newcomer = author == kNobody || history.ActivityOf(author).changes < ReviewHistory::kNewcomerChanges;
  if (newcomer) {
    AddShares(rows, history.project_slow(), history.project_slow().Find(ReviewHistory::kNewcomers), day, 1, 1,
              {kNone, kNewcomer, kNone});
  }
  if (author == kNobody) return;
  const KeyMass* reviewers = history.authors().Find(ReviewHistory::AuthorKey(author));
  AddShares(rows, history.authors(), reviewers, day, 1, 1, {kAuthorShort, kAuthorLong, kAuthorEvents});
  for (const auto& [area, weight] : question.areas) {
    AddShares(rows, history.authors_in_area(),
              history.authors_in_area().Find(ReviewHistory::AuthorAreaKey(author, area)), day, 1, weight,
              {kAuthorAreaShort, kAuthorAreaLong, kAuthorAreaEvents});
  }
  const KeyMass* reviewed = history.reviewed_authors().Find(ReviewHistory::AuthorKey(author));
  if (reviewed == nullptr) return;
  for (const PersonMass& whom : reviewed->people) {
    const PersonId person = history.people().Now(whom.person);
    const KeyMass* theirs = history.authors().Find(ReviewHistory::AuthorKey(person));
    if (theirs == nullptr) continue;
    if (const PersonMass* mass = theirs->Of(author)) {
      Row& row = rows[person];
      row.shares[kBackLong] =
          static_cast<float>(mass->by_long / (theirs->long_total + history.authors().LongScale(day)));
    }
  }
}

// Past reviewed changes that are like this one in several ways at once: same files, folder, words, author.
void AddAlike(RowSet& rows, const ReviewHistory& history, const Question& question, double day) {
  constexpr double kFile = 1, kFolder = 0.5, kTitleWord = 0.7, kPathWord = 0.4, kSameAuthor = 0.4;
  constexpr double kAlikeDays = 200, kEvidence = 0.3;
  std::vector<std::pair<uint32_t, double>> alike;  // record, likeness
  const auto add = [&](const KeyMass* masses, double weight) {
    if (masses == nullptr) return;
    for (const uint32_t record : masses->recent) alike.emplace_back(record, weight);
  };
  for (const std::string& path : question.paths) {
    add(history.file_reviews().Find(FileKey(path)), kFile * question.part);
  }
  for (const auto& [folder, part] : question.folders) {
    add(history.folder_reviews().Find(FolderKey(folder)), kFolder * part);
  }
  if (question.author != kNobody) add(history.authors().Find(ReviewHistory::AuthorKey(question.author)), kSameAuthor);
  const auto add_words = [&](const std::map<std::string, double>& words, const MassTable& table, std::string_view kind,
                             double weight) {
    double total = 0;
    std::vector<std::pair<const KeyMass*, double>> found;
    for (const auto& [word, part] : words) {
      const KeyMass* masses = table.Find(KeyOf(kind, word));
      const double rarity =
          part * std::log(1 + history.reviewed_records() / (1.0 + (masses == nullptr ? 0 : masses->events)));
      total += rarity;
      if (masses != nullptr) found.emplace_back(masses, rarity);
    }
    for (const auto& [masses, rarity] : found) add(masses, weight * rarity / total);
  };
  add_words(question.path_words, history.path_words(), "path word", kPathWord);
  add_words(question.title_words, history.title_words(), "word", kTitleWord);
  // In one order always, so that sums are the same to the last bit.
  std::ranges::sort(alike);
  double total = 0;
  for (size_t i = 0; i < alike.size();) {
    const uint32_t record = alike[i].first;
    double likeness = 0;
    for (; i < alike.size() && alike[i].first == record; ++i) likeness += alike[i].second;
    likeness *= std::exp2(-std::max(0.0, day - history.record(record).day) / kAlikeDays);
    total += likeness;
    for (const PersonId person : history.ReviewersOf(record)) {
      rows[person].shares[kAlike] += static_cast<float>(likeness);
    }
  }
  const auto scale = static_cast<float>(1 / (total + kEvidence));
  for (Row& row : rows.rows()) row.shares[kAlike] *= scale;
}

}  // namespace

std::string_view TermName(size_t term) { return kTermNames[term]; }
std::string_view PlainName(size_t plain) { return kPlainNames[plain]; }

Candidates FindCandidates(const ReviewHistory& history, const Corrections& corrections, const RankQuery& query,
                          size_t most) {
  const double day = DayOf(query.now);
  RowSet rows(history);
  const Question question = TakeApart(history, query);
  if (!question.paths.empty()) AddPaths(rows, history, question, day);
  AddOwners(rows, history, query);
  AddTitle(rows, history, question, day);
  AddAuthor(rows, history, question, day);
  AddShares(rows, history.project(), history.project().Find(ReviewHistory::kReviews), day, 1, 1,
            {kProject14, kProject90, kProjectEvents});
  AddShares(rows, history.project_slow(), history.project_slow().Find(ReviewHistory::kReviewsSlow), day, 1, 1,
            {kProject365, kNone, kNone});
  AddShares(rows, history.project(), history.project().Find(ReviewHistory::kChanges), day, 1, 1,
            {kProjectChanges14, kProjectChanges90, kNone});
  AddAlike(rows, history, question, day);
  corrections.AddTo(FolderSharesOf(question.paths), [&](PersonId person, double correction) {
    rows[person].plain[kCorrection] += static_cast<float>(correction);
  });
  std::set<PersonId> barred = {question.author};
  for (const Identity& identity : query.exclude) barred.insert(history.people().Find(identity));
  struct Hit {
    float sum;
    size_t index;
  };
  std::vector<Hit> hits;
  for (size_t i = 0; i < rows.rows().size(); ++i) {
    if (barred.contains(rows.people()[i])) continue;
    float sum = 0;
    for (const float share : rows.rows()[i].shares) sum += share;
    hits.push_back({sum, i});
  }
  if (hits.size() > most) {
    std::ranges::nth_element(hits, hits.begin() + static_cast<std::ptrdiff_t>(most), [](const Hit& a, const Hit& b) {
      return a.sum != b.sum ? a.sum > b.sum : a.index < b.index;
    });
    hits.resize(most);
  }
  Candidates candidates;
  for (const Hit& hit : hits) {
    candidates.people.push_back(rows.people()[hit.index]);
    Row& row = candidates.rows.emplace_back(rows.rows()[hit.index]);
    const ReviewHistory::Activity activity = history.ActivityOf(candidates.people.back());
    const auto days = [&](double last) {
      return static_cast<float>(std::log1p(std::clamp(day - last, 0.0, 3650.0)) / 8);
    };
    row.plain[kDaysSinceReview] = days(activity.last_review_day);
    row.plain[kDaysSinceAnything] = days(activity.last_day);
    row.plain[kNeverReviewed] = activity.reviews == 0 ? 1 : 0;
  }
  return candidates;
}

}  // namespace mergegate::reviewers
