#include "server/reviewers/reasons.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <map>

#include "absl/strings/str_cat.h"
#include "server/reviewers/words.h"

namespace mergegate::reviewers {
namespace {

// Less of a file is nothing to tell.
constexpr double kLeastPart = 0.05;

// "k of the last n": how many of the newest records under a key have the person as reviewer, or as author.
struct Count {
  int of = 0, in = 0;
};

class Reasons {
 public:
  Reasons(const ReviewerModel& model, const RankQuery& query, PersonId person, const Row& row)
      : history_(model.history()), weights_(model.weights()), query_(query), person_(person), row_(row) {
    const size_t count = std::min(query.paths.size(), kMostFiles);
    for (size_t i = 0; i < count; ++i) {
      const std::string_view path = query.paths[i];
      files_.push_back(path);
      if (const auto above = FoldersOf(path); !above.empty()) ++folders_[above.front()];
    }
  }

  std::vector<Reason> All(double open_reviews) {
    AddFiles();
    AddFolders();
    AddAuthor();
    AddProject();
    AddWords();
    std::ranges::sort(reasons_, [](const Reason& a, const Reason& b) {
      return a.weight != b.weight ? a.weight > b.weight : a.kind < b.kind;
    });
    const ReviewHistory::Activity activity = history_.ActivityOf(person_);
    const std::string ago = Ago(DayOf(query_.now) - activity.last_day);
    reasons_.push_back({.kind = ReasonKind::kLastActive,
                        .text = activity.reviews == 0 ? absl::StrCat("never reviewed yet, last active ", ago)
                                                      : absl::StrCat("last active ", ago),
                        .weight = 0});
    if (open_reviews > 0) {
      const auto whole = static_cast<int>(std::lround(open_reviews));
      reasons_.push_back({.kind = ReasonKind::kOpenReviews,
                          .text = absl::StrCat(whole, whole == 1 ? " open review" : " open reviews"),
                          .weight = 0});
    }
    return std::move(reasons_);
  }

 private:
  double WeightOf(std::initializer_list<Term> terms) const {
    double sum = 0;
    for (const Term term : terms) {
      sum += weights_.log[term] * Phi(row_.shares[term]) + weights_.share[term] * row_.shares[term];
    }
    return sum;
  }

  void Add(ReasonKind kind, std::string text, double weight) {
    reasons_.push_back({.kind = kind, .text = std::move(text), .weight = weight});
  }

  bool Is(PersonId other, PersonId person) const { return other != kNobody && history_.people().Now(other) == person; }

  Count Reviews(const KeyMass* masses, PersonId person) const {
    Count count;
    if (masses == nullptr) return count;
    for (const uint32_t record : masses->recent) {
      const auto reviewers = history_.ReviewersOf(record);
      count.of += std::ranges::any_of(reviewers, [&](PersonId other) { return Is(other, person); }) ? 1 : 0;
      ++count.in;
    }
    return count;
  }

  Count Changes(const KeyMass* masses) const {
    Count count;
    if (masses == nullptr) return count;
    for (const uint32_t record : masses->recent) {
      count.of += Is(history_.record(record).author, person_) ? 1 : 0;
      ++count.in;
    }
    return count;
  }

  // Where the person did most: the highest count, then the larger part of it.
  static bool Better(const Count& a, const Count& b) { return a.of != b.of ? a.of > b.of : a.in < b.in; }

  static std::string OfLast(const Count& count) {
    return absl::StrCat(count.of, " of the last ", count.in, count.in == 1 ? " change" : " changes");
  }

  static std::string NameOf(std::string_view path) {
    return std::string(path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1));
  }

  void AddFiles() {
    Count reviews;
    std::string_view reviewed, written;
    double part = 0;
    for (const std::string_view file : files_) {
      const Count here = Reviews(history_.file_reviews().Find(FileKey(file)), person_);
      if (Better(here, reviews)) reviews = here, reviewed = file;
      const double wrote = PartWritten(file);
      if (wrote > part) part = wrote, written = file;
    }
    if (reviews.of > 0) {
      Add(ReasonKind::kReviewedFiles, absl::StrCat("reviewed ", OfLast(reviews), " of ", NameOf(reviewed)),
          WeightOf({kFileReviewsShort, kFileReviewsLong, kFileReviewsEvents, kHyperbolicReviews}));
    }
    const double weight = WeightOf({kFileChangesShort, kFileChangesLong, kHyperbolicChanges});
    const LineOwner* lines = nullptr;
    for (const LineOwner& owner : query_.owners) {
      if (history_.people().Find(owner.person) == person_ && (lines == nullptr || owner.share > lines->share)) {
        lines = &owner;
      }
    }
    if (lines != nullptr) {
      Add(ReasonKind::kWroteFiles,
          absl::StrCat("wrote ", std::lround(100 * lines->share), " % of the changed lines of ", NameOf(lines->path)),
          weight);
    } else if (part >= kLeastPart) {
      Add(ReasonKind::kWroteFiles,
          absl::StrCat("wrote ", std::lround(100 * part), " % of the changes of ", NameOf(written)), weight);
    }
  }

  // Of all changes of a file.
  double PartWritten(std::string_view file) const {
    const KeyMass* changes = history_.file_changes().Find(FileKey(file));
    if (changes == nullptr) return 0;
    double events = 0;
    for (const PersonMass& mass : changes->people) events += Is(mass.person, person_) ? mass.events : 0;
    return events / changes->events;
  }

  void AddFolders() {
    Count reviews, changes;
    std::string_view reviewed, changed;
    for (const auto& [folder, files] : folders_) {
      const Count here = Reviews(history_.folder_reviews().Find(FolderKey(folder)), person_);
      if (Better(here, reviews)) reviews = here, reviewed = folder;
      const Count wrote = Changes(history_.folder_changes().Find(FolderKey(folder)));
      if (Better(wrote, changes)) changes = wrote, changed = folder;
    }
    if (reviews.of > 0) {
      Add(ReasonKind::kReviewedFolder, absl::StrCat("reviewed ", OfLast(reviews), " in ", std::string(reviewed), "/"),
          WeightOf({kFolderReviewsShort, kAreaReviewsShort}));
    }
    if (changes.of > 0) {
      Add(ReasonKind::kWroteFolder, absl::StrCat("wrote ", OfLast(changes), " in ", std::string(changed), "/"),
          WeightOf({kFolderChangesShort, kAreaChangesShort}));
    }
  }

  void AddAuthor() {
    const PersonId author = history_.people().Find(query_.author);
    if (author == kNobody) return;
    const Identity& known = history_.people().Describe(author);
    const std::string name = !known.name.empty() ? known.name : !known.login.empty() ? known.login : known.mail;
    const Count reviews = Reviews(history_.authors().Find(ReviewHistory::AuthorKey(author)), person_);
    if (reviews.of > 0) {
      Add(ReasonKind::kReviewsAuthor, absl::StrCat("reviewed ", OfLast(reviews), " by ", name),
          WeightOf({kAuthorShort, kAuthorLong, kAuthorEvents, kAuthorAreaShort, kAuthorAreaLong, kAuthorAreaEvents}));
    }
    const Count back = Reviews(history_.authors().Find(ReviewHistory::AuthorKey(person_)), author);
    if (back.of > 0) {
      Add(ReasonKind::kReviewedByAuthor, absl::StrCat(name, " reviewed ", OfLast(back), " of theirs"),
          WeightOf({kBackLong}));
    }
  }

  void AddProject() {
    const Count reviews = Reviews(history_.project().Find(ReviewHistory::kReviews), person_);
    if (reviews.of == 0) return;
    Add(ReasonKind::kReviewsMuch, absl::StrCat("reviewed ", OfLast(reviews), " of the project"),
        WeightOf({kProject14, kProject90, kProject365, kProjectEvents}));
  }

  void AddWords() {
    constexpr size_t kMostWords = 3;
    std::vector<std::string> words;
    for (const std::string& word : TitleWords(query_.title)) {
      if (words.size() == kMostWords) break;
      const Count reviews = Reviews(history_.title_words().Find(KeyOf("word", word)), person_);
      // Every third at least, and more than by chance.
      if (reviews.of >= 2 && 3 * reviews.of >= reviews.in)
        words.push_back(word.front() == '^' ? word.substr(1) + ":" : word);
    }
    if (words.empty()) return;
    std::string text = "reviewed changes about ";
    for (size_t i = 0; i < words.size(); ++i) absl::StrAppend(&text, i == 0 ? "" : ", ", words[i]);
    Add(ReasonKind::kSimilarChanges, std::move(text),
        WeightOf({kTitle, kTitleShort, kPathWords, kPathWordsShort, kAlike}));
  }

  const ReviewHistory& history_;
  const Weights& weights_;
  const RankQuery& query_;
  const PersonId person_;
  const Row& row_;
  std::vector<std::string_view> files_;
  std::map<std::string_view, int> folders_;
  std::vector<Reason> reasons_;
};

}  // namespace

std::string Ago(double days) {
  const auto whole = static_cast<int64_t>(std::max(0.0, days));
  const auto text = [](int64_t n, const char* unit) { return absl::StrCat(n, " ", unit, n == 1 ? "" : "s", " ago"); };
  if (whole == 0) return "today";
  if (whole == 1) return "yesterday";
  if (whole < 14) return text(whole, "day");
  if (whole < 60) return text(whole / 7, "week");
  if (whole < 730) return text(whole / 30, "month");
  return text(whole / 365, "year");
}

std::vector<Reason> ReasonsFor(const ReviewerModel& model, const RankQuery& query, PersonId person, const Row& row,
                               double open_reviews) {
  return Reasons(model, query, person, row).All(open_reviews);
}

}  // namespace mergegate::reviewers
