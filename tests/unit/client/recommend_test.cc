// mergegate recommend: both kinds of history, and what is wrong with the command line or the files.
#include <gmock/gmock.h>

#include <iterator>

#include "client/cli/exit_code.h"
#include "tests/unit/client/program_fixture.h"

namespace mergegate::client {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class RecommendTest : public ProgramTest {
 protected:
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder + "/" + name) << text;
    return folder + "/" + name;
  }
  std::string Answers() const {
    std::ifstream file(folder + "/out");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  int Recommend(std::vector<std::string> arguments, const std::string& queries) {
    arguments.insert(arguments.begin(), "recommend");
    arguments.insert(arguments.end(), {"--queries", Write("queries", queries), "--out", folder + "/out"});
    return Run(std::move(arguments));
  }
  // Ann's change, reviewed by Bob, landed in 2001.
  void CommitReviewed() const {
    std::ofstream(repo() + "/b.cc") << "int b;\n";
    Git("add b.cc");
    Git("commit -q --date=2001-01-01T00:00:00Z --author='Ann Li <ann@example.com>' "
        "-m 'Add b' -m 'Reviewed-by: Bob Ray <bob@example.com>'");
  }

  const std::string question_ =
      "{\"id\": 7, \"now\": 4000000000, \"author\": \"Ann Li <ann@example.com>\", \"files\": [\"b.cc\"]}\n";
};

TEST_F(RecommendTest, NamesTheReviewersOfARepository) {
  CommitReviewed();
  ASSERT_EQ(Recommend({"--history", repo()}, question_), kExitPass) << err.str();
  EXPECT_THAT(Answers(), StartsWith("{\"id\": 7, \"ranked\": [\"bob@example.com\",\"t@example.com\"], \"ms\": "));
  EXPECT_THAT(err.str(), HasSubstr("3 records read in"));
}

TEST_F(RecommendTest, ReadsTheHistoryOfARefAndKeepsIt) {
  CommitReviewed();
  ASSERT_EQ(Recommend({"--history", repo(), "--ref", "HEAD~1", "--keep", folder + "/kept"}, question_), kExitPass);
  EXPECT_THAT(Answers(), HasSubstr("[\"t@example.com\"]"));
  ASSERT_EQ(Recommend({"--history", repo(), "--keep", folder + "/kept", "--top", "1"}, question_), kExitPass);
  EXPECT_THAT(Answers(), HasSubstr("[\"bob@example.com\"]"));
}

TEST_F(RecommendTest, TrailersAreTheCallers) {
  CommitReviewed();
  ASSERT_EQ(Recommend({"--history", repo(), "--trailers", "Seen-by,Read-by"}, question_), kExitPass);
  EXPECT_THAT(Answers(), HasSubstr("[\"t@example.com\"]"));
}

TEST_F(RecommendTest, ReadsLinesOfJson) {
  const std::string history = Write("history",
                                    "{\"time\": 1000, \"author\": \"p1\", \"reviewers\": [\"p2\"], "
                                    "\"files\": [{\"p\": \"b.cc\"}]}\n");
  const std::string question =
      "{\"id\": \"x\", \"now\": 9000000, \"author\": \"Ann <a@b>\", \"author_id\": \"p1\", \"files\": [\"b.cc\"]}\n";
  ASSERT_EQ(Recommend({"--history-jsonl", history}, question), kExitPass) << err.str();
  EXPECT_THAT(Answers(), StartsWith("{\"id\": \"x\", \"ranked\": [\"p2\"], "));
  ASSERT_EQ(Recommend({"--history-jsonl", history, "--lag", "9000s"}, question), kExitPass);
  EXPECT_THAT(Answers(), HasSubstr("[\"p2\"]"));
  ASSERT_EQ(Recommend({"--history-jsonl", history, "--lag", "200d"}, question), kExitPass);
  EXPECT_THAT(Answers(), HasSubstr("\"ranked\": []"));
}

TEST_F(RecommendTest, SaysWhatIsWrong) {
  EXPECT_EQ(Recommend({}, question_), kExitUsage);
  EXPECT_THAT(err.str(), HasSubstr("give one of --history and --history-jsonl"));
  EXPECT_EQ(Recommend({"--history", folder + "/none"}, question_), kExitUsage);
  EXPECT_EQ(Recommend({"--history", repo(), "--ref", "none"}, question_), kExitUsage);
  EXPECT_EQ(Recommend({"--history", repo(), "--lag", "soon"}, question_), kExitUsage);
  EXPECT_THAT(err.str(), HasSubstr("--lag soon"));
  EXPECT_EQ(Recommend({"--history", repo()}, question_ + "nonsense\n"), kExitUsage);
  EXPECT_THAT(err.str(), HasSubstr(folder + "/queries: line 2: is not a JSON object"));
  EXPECT_EQ(Recommend({"--history-jsonl", Write("bad", "{\"time\": 1}\n\n{}\n")}, question_), kExitUsage);
  EXPECT_THAT(err.str(), HasSubstr(folder + "/bad: line 3: \"time\""));
  EXPECT_EQ(Recommend({"--history", repo(), "--weights", Write("weights", "{}")}, question_), kExitUsage);
}

}  // namespace
}  // namespace mergegate::client
