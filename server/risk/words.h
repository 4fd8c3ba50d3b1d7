// The words of added code, and what came of the changes that used them before.
//
//   for (const std::string& word : risk::WordsOf(diff)) commit.words.push_back(risk::NumberOf(word));
//   WordRates rates;
//   rates.Add(words, landed, /*expected=*/0.04, /*inducing=*/true);   // a year later, when that is known
//   const double evidence = rates.EvidenceOf(words, now);             // 0: the past tells nothing
//
// Words are identifiers; comments and texts in quotes are left out, so that nobody's name counts. A word is a number
// below kWords (those that share one count as one), and a commit has kMostWords at most: memory is bounded. Pure; one
// thread at a time.
#ifndef MERGEGATE_SERVER_RISK_WORDS_H_
#define MERGEGATE_SERVER_RISK_WORDS_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/domain/change.h"

namespace mergegate::risk {

inline constexpr uint32_t kWords = uint32_t{1} << 18;
inline constexpr size_t kMostWords = 64;

// In [0, kWords), the same everywhere.
uint32_t NumberOf(std::string_view word);

// Identifiers of three to forty bytes in lines that the diff adds to code, each number once, by number; of more than
// kMostWords a sample that depends on the words alone.
std::vector<std::string> WordsOf(const Diff& diff);

// How many defects changes with a word caused, against how many the other measures led to expect. What is long ago
// fades with a half-life of three years.
class WordRates {
 public:
  // A change of the past whose year is over: `landed` in seconds since 1970, ascending but for small steps back;
  // `expected` in (0, 1) is what the other measures made of it.
  void Add(std::span<const uint32_t> words, int64_t landed, double expected, bool inducing);

  // Natural logarithm of (defects + 1) / (expected + 1) for one word.
  double EvidenceOf(uint32_t word, int64_t now) const;
  // Their sum over the square root of their number, as if words were half dependent: neither a long change nor a thin
  // slice of it is told by how long it is.
  double EvidenceOf(std::span<const uint32_t> words, int64_t now) const;

 private:
  struct Tally {
    float defects = 0, expected = 0;
    int32_t day = 0;  // that both are as of
  };
  std::vector<Tally> tallies_;         // empty until something is known
  double defects_ = 0, expected_ = 0;  // of all changes
};

}  // namespace mergegate::risk

#endif  // MERGEGATE_SERVER_RISK_WORDS_H_
