#include "analyzers/artifacts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/test_repo.h"

namespace mergegate::analyzers {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

class ArtifactsTest : public ::testing::Test {
 protected:
  // What the worker does with an answer.
  void Keep(Artifacts& artifacts) {
    v1::AnalyzerAnswer answer;
    artifacts.MoveTo(answer);
    for (const v1::Artifact& artifact : answer.artifacts()) {
      EXPECT_TRUE(cache::IsArtifactName(artifact.name())) << artifact.name();
      const fs::path path = folder_.Join(artifact.name());
      fs::create_directories(path.parent_path());
      ASSERT_TRUE(cache::WriteArtifact(path, artifact.content()).ok());
    }
  }

  std::unique_ptr<source::GitTree> Tree(const testing::Files& files) {
    return source::GitTree::Open(repo_.path(), repo_.Commit(files, {.parents = {{}}}).value()).value();
  }

  // Of what was read from a tree.
  static v1::Manifest Manifest(source::GitTree& tree, const std::vector<std::string>& read,
                               const std::vector<std::string>& absent = {}) {
    v1::Manifest manifest;
    for (const std::string& path : read) {
      v1::InputFile& input = *manifest.add_inputs();
      input.set_path(path);
      input.set_blob(tree.BlobAt(path));
    }
    for (const std::string& path : absent) manifest.add_absent(path);
    return manifest;
  }

  static Digest Key(std::string_view text) { return DigestBuilder().Text(text).Finish(); }

  testing::TestRepo repo_;
  testing::TempDirectory folder_;
};

TEST_F(ArtifactsTest, FindWhatWasPut) {
  Artifacts artifacts("");
  EXPECT_FALSE(artifacts.Find("entry/a"));
  artifacts.Put("entry/a", "one");
  EXPECT_EQ(artifacts.Find("entry/a"), "one");
  artifacts.Put("entry/a", "two");
  EXPECT_EQ(artifacts.Find("entry/a"), "two");
}

TEST_F(ArtifactsTest, FindWhatEarlierTasksLeft) {
  Artifacts first(folder_.path());
  first.Put("entry/a", "one");
  first.Put("entry/empty", "");
  Keep(first);

  Artifacts second(folder_.path());
  EXPECT_EQ(second.Find("entry/a"), "one");
  EXPECT_EQ(second.Find("entry/empty"), "");
  EXPECT_FALSE(second.Find("entry/b"));
  EXPECT_FALSE(second.Find(""));
  v1::AnalyzerAnswer answer;
  second.MoveTo(answer);
  EXPECT_THAT(answer.used(), UnorderedElementsAre("entry/a", "entry/empty"));
  EXPECT_THAT(answer.artifacts(), IsEmpty());
  EXPECT_THAT(answer.damaged(), IsEmpty());
}

TEST_F(ArtifactsTest, AreAbsentWhenDamaged) {
  Artifacts first(folder_.path());
  first.Put("entry/a", "content");
  first.Put("entry/b", "content");
  Keep(first);
  fs::resize_file(folder_.Join("entry/a"), fs::file_size(folder_.Join("entry/a")) - 1);
  fs::rename(folder_.Join("entry/b"), folder_.Join("entry/c"));

  Artifacts second(folder_.path());
  EXPECT_FALSE(second.Find("entry/a"));
  EXPECT_FALSE(second.Find("entry/b"));
  EXPECT_FALSE(second.Find("entry/c"));  // of another name
  second.Put("entry/a", "again");
  EXPECT_EQ(second.Find("entry/a"), "again");
  v1::AnalyzerAnswer answer;
  second.MoveTo(answer);
  EXPECT_THAT(answer.damaged(), ElementsAre("entry/a", "entry/c"));
  EXPECT_EQ(answer.artifacts_size(), 1);
}

TEST_F(ArtifactsTest, HoldForTreesWithTheSameFiles) {
  const auto tree = Tree({{"a.h", "1"}, {"b.h", "2"}});
  Artifacts artifacts("");
  EXPECT_FALSE(artifacts.FindFor("unit", Key("q"), *tree));
  const std::string name = artifacts.PutFor("unit", Key("q"), Manifest(*tree, {"a.h"}, {"c.h"}), "answer");
  EXPECT_THAT(name, StartsWith("unit/"));

  const auto found = artifacts.FindFor("unit", Key("q"), *tree);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->artifact(), name);
  EXPECT_EQ(artifacts.Find(found->artifact()), "answer");
  EXPECT_TRUE(artifacts.FindFor("unit", Key("q"), *Tree({{"a.h", "1"}, {"b.h", "other"}})));
  EXPECT_FALSE(artifacts.FindFor("unit", Key("q"), *Tree({{"a.h", "other"}})));
  EXPECT_FALSE(artifacts.FindFor("unit", Key("q"), *Tree({{"b.h", "2"}})));
  EXPECT_FALSE(artifacts.FindFor("unit", Key("q"), *Tree({{"a.h", "1"}, {"c.h", ""}})));
  EXPECT_FALSE(artifacts.FindFor("unit", Key("other"), *tree));
  EXPECT_FALSE(artifacts.FindFor("headers", Key("q"), *tree));
}

TEST_F(ArtifactsTest, KeepAnswersForSeveralTrees) {
  const auto one = Tree({{"a.h", "1"}}), two = Tree({{"a.h", "2"}});
  Artifacts first(folder_.path());
  first.PutFor("unit", Key("q"), Manifest(*one, {"a.h"}), "of one");
  Keep(first);
  Artifacts second(folder_.path());
  second.PutFor("unit", Key("q"), Manifest(*two, {"a.h"}), "of two");
  Keep(second);

  Artifacts third(folder_.path());
  EXPECT_EQ(third.Find(third.FindFor("unit", Key("q"), *one)->artifact()), "of one");
  EXPECT_EQ(third.Find(third.FindFor("unit", Key("q"), *two)->artifact()), "of two");
}

TEST_F(ArtifactsTest, ForgetTheOldestOfMany) {
  Artifacts artifacts("");
  std::vector<std::unique_ptr<source::GitTree>> trees;
  for (int i = 0; i < 9; ++i) {
    trees.push_back(Tree({{"a.h", std::to_string(i)}}));
    artifacts.PutFor("unit", Key("q"), Manifest(*trees.back(), {"a.h"}), std::to_string(i));
  }
  EXPECT_FALSE(artifacts.FindFor("unit", Key("q"), *trees[0]));
  for (size_t i = 1; i < trees.size(); ++i) EXPECT_TRUE(artifacts.FindFor("unit", Key("q"), *trees[i])) << i;
}

TEST_F(ArtifactsTest, AreNamedByAllThatTheyDependOn) {
  const auto tree = Tree({{"a.h", "1"}, {"b.h", "1"}});
  Artifacts artifacts("");
  std::set<std::string> names = {artifacts.PutFor("unit", Key("q"), Manifest(*tree, {"a.h"}), ""),
                                 artifacts.PutFor("unit", Key("r"), Manifest(*tree, {"a.h"}), ""),
                                 artifacts.PutFor("unit", Key("q"), Manifest(*tree, {"b.h"}), ""),
                                 artifacts.PutFor("unit", Key("q"), Manifest(*tree, {"a.h", "b.h"}), ""),
                                 artifacts.PutFor("unit", Key("q"), Manifest(*tree, {"a.h"}, {"b"}), ""),
                                 artifacts.PutFor("unit", Key("q"), Manifest(*tree, {}, {"b"}), ""),
                                 artifacts.PutFor("unit", Key("q"), Manifest(*tree, {}), "")};
  EXPECT_EQ(names.size(), 7U);
  EXPECT_TRUE(names.contains(artifacts.PutFor("unit", Key("q"), Manifest(*tree, {"a.h"}), "")));
}

TEST_F(ArtifactsTest, StayWhereTheyAreWhenPutAgain) {
  const auto tree = Tree({{"a.h", "1"}});
  Artifacts artifacts("");
  const std::string name = artifacts.PutFor("preamble", Key("q"), Manifest(*tree, {"a.h"}), std::string(100, 'x'));
  const std::string_view held = *artifacts.Find(name);
  EXPECT_EQ(artifacts.PutFor("preamble", Key("q"), Manifest(*tree, {"a.h"}), std::string(100, 'x')), name);
  EXPECT_EQ(artifacts.Find(name)->data(), held.data());
}

TEST_F(ArtifactsTest, SurviveAManifestThatIsNone) {
  const auto tree = Tree({{"a.h", "1"}});
  Artifacts first(folder_.path());
  first.Put("unit-manifest/" + Key("q").Hex(), "\xff\xff\xff");
  Keep(first);
  Artifacts second(folder_.path());
  EXPECT_FALSE(second.FindFor("unit", Key("q"), *tree));
  second.PutFor("unit", Key("q"), Manifest(*tree, {"a.h"}), "answer");
  EXPECT_TRUE(second.FindFor("unit", Key("q"), *tree));
}

}  // namespace
}  // namespace mergegate::analyzers
