#include "server/risk/words.h"

#include <gmock/gmock.h>

#include <cmath>
#include <string>
#include <vector>

#include "server/risk/learner.h"

namespace mergegate::risk {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> WordsIn(std::vector<std::string> added, const std::string& path = "a.cc") {
  ChangedFile file;
  file.new_path = path;
  file.hunks.push_back({.new_count = static_cast<int>(added.size()), .removed = {"removed_word"}, .added = added});
  return WordsOf({.files = {file}});
}

TEST(WordsTest, AreTheIdentifiersOfAddedCode) {
  EXPECT_THAT(WordsIn({"memcpy(dst, src_2, len);", "  int x = memcpy;"}),
              UnorderedElementsAre("memcpy", "dst", "src_2", "len", "int"));
  EXPECT_THAT(WordsIn({"0x1f", "12abc", "ab", std::string(41, 'x')}), IsEmpty());
  EXPECT_THAT(WordsIn({"memcpy"}, "README.md"), IsEmpty());
}

TEST(WordsTest, NobodysNameIsOne) {
  EXPECT_THAT(WordsIn({"call(); // by Ann", "/* Ben <ben@example.org>", "   wrote it */ more();",
                       "s = \"Cleo \\\" D\";", " * Written by Eve", "c = 'Finn';"}),
              UnorderedElementsAre("call", "more"));
  // The hunk begins inside a comment.
  EXPECT_THAT(WordsIn({"   thanks to Ann", "*/", "rest();"}), ElementsAre("rest"));
}

TEST(WordsTest, OfMoreThanSixtyFourASampleThatDoesNotDependOnTheirOrder) {
  std::vector<std::string> lines, backwards;
  for (int i = 0; i < 500; ++i) lines.push_back("name" + std::to_string(i) + ";");
  backwards.assign(lines.rbegin(), lines.rend());
  EXPECT_THAT(WordsIn(lines), SizeIs(kMostWords));
  EXPECT_EQ(WordsIn(lines), WordsIn(backwards));
}

TEST(WordsTest, NumbersStayAsTheyAreKeptInFiles) {
  EXPECT_EQ(NumberOf("memcpy"), NumberOf("memcpy"));
  EXPECT_LT(NumberOf("memcpy"), kWords);
  EXPECT_NE(NumberOf("memcpy"), NumberOf("memcmp"));
}

TEST(WordRatesTest, NothingIsKnownAtFirst) {
  const WordRates rates;
  EXPECT_EQ(rates.EvidenceOf(7, kDay), 0);
  EXPECT_EQ(rates.EvidenceOf(std::vector<uint32_t>{7, 8}, kDay), 0);
  EXPECT_EQ(rates.EvidenceOf(std::vector<uint32_t>{}, kDay), 0);
}

TEST(WordRatesTest, AHandComputedEvidence) {
  WordRates rates;
  rates.Add(std::vector<uint32_t>{7, 8}, kDay, 0.5, true);
  rates.Add(std::vector<uint32_t>{7}, kDay, 0.5, true);
  rates.Add(std::vector<uint32_t>{8}, kDay, 0.5, false);
  rates.Add(std::vector<uint32_t>{8}, kDay, 0.5, false);
  // Two defects of two expected: the level is (2 + 5) / (2 + 5) = 1.
  EXPECT_NEAR(rates.EvidenceOf(7, kDay), std::log((2 + 1) / (1 + 1.0)), 1e-6);
  EXPECT_NEAR(rates.EvidenceOf(8, kDay), std::log((1 + 1) / (1.5 + 1.0)), 1e-6);
  EXPECT_NEAR(rates.EvidenceOf(std::vector<uint32_t>{7, 8}, kDay), (std::log(1.5) + std::log(0.8)) / std::sqrt(2),
              1e-6);
  // Three years on half as much is left: (1 + 1) / (0.5 + 1).
  EXPECT_NEAR(rates.EvidenceOf(7, (1 + 3 * 365) * kDay), std::log(2 / 1.5), 1e-6);
}

TEST(WordRatesTest, AHabitOfNamingDefectsIsNoWordsDoing) {
  WordRates rates;
  for (int i = 0; i < 1000; ++i) rates.Add(std::vector<uint32_t>{7}, kDay, 0.2, i % 10 == 0);  // half of the expected
  EXPECT_NEAR(rates.EvidenceOf(7, kDay), 0, 0.03);
}

// A past in which every change that says `bad_word` is mended a week later, and others are not.
class LearnedWordsTest : public ::testing::Test {
 protected:
  LearnedWordsTest() {
    for (int i = 0; i < 400; ++i) Land(i, i % 4 == 0 ? bad_ : good_, i % 4 == 1);
  }
  void Land(int number, uint32_t word, bool mends) {
    Commit commit{.id = std::to_string(1'000'000 + number) + "b" + std::string(32, '0'),
                  .time = number * 7 * kDay,
                  .author = "Ada",
                  .files = {{.path = "a.cc"}},
                  .content = {.lines_added = 10},
                  .words = {word}};
    if (mends) commit.message.causes.push_back(std::to_string(1'000'000 + number - 1) + "b00");
    learner_.Add(commit);
  }
  Commit Change(uint32_t word) const {
    return {.time = learner_.newest() + kDay,
            .author = "Bob",
            .files = {{.path = "a.cc"}},
            .content = {.lines_added = 10},
            .words = {word}};
  }

  const uint32_t bad_ = NumberOf("bad_word"), good_ = NumberOf("good_word");
  Learner learner_;
};

TEST_F(LearnedWordsTest, RaiseAndLowerTheRiskByWhatCameOfThem) {
  const Judged bad = learner_.Judge(Change(bad_)), good = learner_.Judge(Change(good_));
  EXPECT_GT(bad.measures.words, 0);
  EXPECT_LT(good.measures.words, 0);
  EXPECT_GT(bad.probability, good.probability);
  EXPECT_EQ(learner_.Judge(Change(NumberOf("unheard_of"))).measures.words, 0);
}

TEST_F(LearnedWordsTest, AreNamed) {
  const Commit change = Change(bad_);
  const auto told = learner_.Tell({"good_word", "unheard_of", "bad_word"}, change.time);
  ASSERT_THAT(told, SizeIs(2));
  EXPECT_EQ(told[0].word, "bad_word");
  EXPECT_EQ(told[1].word, "good_word");
  const Model model = learner_.ModelAt(change.time);
  const auto words_of = [&](const Judged& judged) {
    for (const Factor& factor : FactorsOf(model, judged.measures, told)) {
      if (factor.measure == "words") return factor.words;
    }
    return std::string();
  };
  EXPECT_EQ(words_of(learner_.Judge(change)), "words that came with more defects than expected: bad_word");
  EXPECT_EQ(words_of(learner_.Judge(Change(good_))), "words that came with fewer defects than expected: good_word");
}

TEST_F(LearnedWordsTest, AnswersDoNotDependOnEarlierQuestions) {
  Commit later = Change(bad_);
  const double now = learner_.Judge(Change(good_)).probability;
  later.time += 200 * kDay;
  const double then = learner_.Judge(later).probability;
  EXPECT_EQ(learner_.Judge(Change(good_)).probability, now);
  EXPECT_EQ(learner_.Judge(later).probability, then);
}

}  // namespace
}  // namespace mergegate::risk
