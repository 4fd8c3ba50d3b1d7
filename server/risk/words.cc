#include "server/risk/words.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <utility>

#include "server/risk/commit.h"
#include "server/risk/history.h"

namespace mergegate::risk {
namespace {

constexpr size_t kShortest = 3, kLongest = 40;  // bytes
constexpr double kHalfLife = 3 * 365;           // days
constexpr double kPrior = 1;                    // defects that stand for what is not known of a word
constexpr double kLevelPrior = 5;               // and of all of them

bool IsWordStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_'; }
bool IsWordPart(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

int32_t DayOf(int64_t seconds) { return static_cast<int32_t>(std::clamp<int64_t>(seconds / kDay, 0, 1 << 24)); }
double Faded(int32_t from, int32_t to) { return std::exp2(-std::max(0, to - from) / kHalfLife); }

// Goes through the lines of one hunk; a comment may go on over lines, or have begun before the hunk.
class HunkReader {
 public:
  explicit HunkReader(std::vector<std::pair<uint32_t, std::string>>& words) : words_(words), before_(words.size()) {}

  void Read(std::string_view line) {
    if (!in_comment_ && IsCommentLine(line)) return;
    for (size_t i = 0; i < line.size();) {
      if (in_comment_) {
        const size_t end = line.find("*/", i);
        if (end == std::string_view::npos) return;
        in_comment_ = false;
        i = end + 2;
      } else if (line.substr(i).starts_with("//")) {
        return;
      } else if (line.substr(i).starts_with("/*")) {
        in_comment_ = true;
        i += 2;
      } else if (line.substr(i).starts_with("*/")) {
        words_.resize(before_);  // what was read of the hunk was the end of a comment
        i += 2;
      } else if (line[i] == '"' || line[i] == '\'') {
        i = EndOfQuote(line, i);
      } else if (IsWordPart(line[i])) {
        size_t end = i;
        while (end < line.size() && IsWordPart(line[end])) ++end;
        Take(line.substr(i, end - i));
        i = end;
      } else {
        ++i;
      }
    }
  }

 private:
  // Of a comment whose beginning the hunk does not show: "* text", not "*/".
  static bool IsCommentLine(std::string_view line) {
    const size_t first = line.find_first_not_of(" \t");
    return first != std::string_view::npos && line[first] == '*' && !line.substr(first).starts_with("*/");
  }

  static size_t EndOfQuote(std::string_view line, size_t begin) {
    for (size_t i = begin + 1; i < line.size(); ++i) {
      if (line[i] == '\\') {
        ++i;
      } else if (line[i] == line[begin]) {
        return i + 1;
      }
    }
    return line.size();
  }

  void Take(std::string_view word) {
    if (word.size() < kShortest || word.size() > kLongest || !IsWordStart(word.front())) return;
    words_.emplace_back(NumberOf(word), word);
  }

  std::vector<std::pair<uint32_t, std::string>>& words_;
  const size_t before_;
  bool in_comment_ = false;
};

}  // namespace

uint32_t NumberOf(std::string_view word) {
  uint64_t hash = 0xcbf29ce484222325;  // FNV-1a, and then its halves mixed
  for (const char c : word) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash ^= hash >> 32;
  hash *= 0x9e3779b97f4a7c15;
  return static_cast<uint32_t>(hash >> 40) % kWords;
}

std::vector<std::string> WordsOf(const Diff& diff) {
  std::vector<std::pair<uint32_t, std::string>> found;
  for (const ChangedFile& file : diff.files) {
    if (!IsCode(file.path())) continue;
    for (const Hunk& hunk : file.hunks) {
      HunkReader reader(found);
      for (const std::string& line : hunk.added) reader.Read(line);
    }
  }
  std::ranges::sort(found);
  const auto again = std::ranges::unique(found, {}, [](const auto& word) { return word.first; });
  found.erase(again.begin(), again.end());
  // Numbers are as good as random, so the lowest are a fair sample.
  if (found.size() > kMostWords) found.resize(kMostWords);
  std::vector<std::string> words;
  for (auto& [number, word] : found) words.push_back(std::move(word));
  return words;
}

void WordRates::Add(std::span<const uint32_t> words, int64_t landed, double expected, bool inducing) {
  if (tallies_.empty()) tallies_.resize(kWords);
  const int32_t day = DayOf(landed);
  defects_ += inducing ? 1 : 0;
  expected_ += expected;
  for (const uint32_t word : words) {
    Tally& tally = tallies_[word % kWords];
    const double fade = Faded(tally.day, day);
    tally = {.defects = static_cast<float>(fade * tally.defects + (inducing ? 1 : 0)),
             .expected = static_cast<float>(fade * tally.expected + expected),
             .day = std::max(tally.day, day)};
  }
}

double WordRates::EvidenceOf(uint32_t word, int64_t now) const {
  if (tallies_.empty()) return 0;
  const Tally& tally = tallies_[word % kWords];
  const double fade = Faded(tally.day, DayOf(now));
  // How many of its defects a project names is its habit, and no word's doing.
  const double level = (defects_ + kLevelPrior) / (expected_ + kLevelPrior);
  return std::log((fade * tally.defects + kPrior) / (fade * level * tally.expected + kPrior));
}

double WordRates::EvidenceOf(std::span<const uint32_t> words, int64_t now) const {
  if (words.empty()) return 0;
  double sum = 0;
  for (const uint32_t word : words) sum += EvidenceOf(word, now);
  return sum / std::sqrt(static_cast<double>(words.size()));
}

}  // namespace mergegate::risk
