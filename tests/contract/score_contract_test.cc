// What every engine does with Q of verdicts and versions of weights.
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ProjectId kDb("db");

WeightVersion Version(int number, bool waiting) {
  return {.number = number,
          .at = At(number),
          .weights = {4896, 2938, 1958, 1250, 1958},
          .weak = {false, false, false, true, false},
          .reason = "K 40.0 (37.0 to 43.0) is under its target of 60",
          .waiting = waiting};
}

class ScoreContract : public StoreContract {
 protected:
  void Finish(const std::string& id, int second, std::optional<int> quality) {
    Submit(id, second);
    const RunLease lease = Lease(second);
    VerdictRecord record = PassRecord();
    record.quality = quality;
    ASSERT_THAT(store().FinishRun(lease.run.id, lease.run.attempt, record, At(second + 1)), IsOk());
  }
};

INSTANTIATE_TEST_SUITE_P(Engines, ScoreContract, AllEngines(), EngineName);

TEST_P(ScoreContract, QualitiesComeWithTheirVerdicts) {
  Finish("r-1", 10, 9000);
  Finish("r-2", 20, std::nullopt);
  Finish("r-3", 30, 7000);
  const ChangeQuality first{.number = 1, .project = kDb, .change = "42", .decided = At(11), .quality = 9000};
  const ChangeQuality second{.number = 2, .project = kDb, .change = "42", .decided = At(31), .quality = 7000};
  EXPECT_THAT(*store().ListQualities(0, 10), ElementsAre(first, second));
  EXPECT_THAT(*store().ListQualities(0, 1), ElementsAre(first));
  EXPECT_THAT(*store().ListQualities(1, 10), ElementsAre(second));
}

TEST_P(ScoreContract, VersionsAreKeptInOrder) {
  EXPECT_THAT(*store().ListWeights(kDb), IsEmpty());
  ASSERT_THAT(store().AddWeights(kDb, Version(1, true)), IsOk());
  EXPECT_THAT(store().AddWeights(kDb, Version(1, false)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().AddWeights(kDb, Version(3, false)), StatusIs(absl::StatusCode::kAborted));
  EXPECT_THAT(store().AddWeights(ProjectId("none"), Version(1, true)), StatusIs(absl::StatusCode::kNotFound));
  ASSERT_THAT(store().AddWeights(kDb, Version(2, true)), IsOk());
  EXPECT_THAT(*store().ListWeights(kDb), ElementsAre(Version(1, true), Version(2, true)));
}

TEST_P(ScoreContract, TheNewestWaitingVersionIsApproved) {
  ASSERT_THAT(store().AddWeights(kDb, Version(1, true)), IsOk());
  ASSERT_THAT(store().AddWeights(kDb, Version(2, true)), IsOk());
  const Handle lead("lead");
  EXPECT_THAT(store().ApproveWeights(kDb, 1, lead), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(store().ApproveWeights(kDb, 3, lead), StatusIs(absl::StatusCode::kNotFound));
  WeightVersion approved = Version(2, false);
  approved.approved_by = lead;
  EXPECT_EQ(*store().ApproveWeights(kDb, 2, lead), approved);
  EXPECT_THAT(store().ApproveWeights(kDb, 2, lead), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(*store().ListWeights(kDb), ElementsAre(Version(1, true), approved));
}

TEST_P(ScoreContract, WhoApprovedCanBeForgotten) {
  ASSERT_THAT(store().AddWeights(kDb, Version(1, true)), IsOk());
  ASSERT_THAT(store().ApproveWeights(kDb, 1, Handle("lead")), IsOk());
  const auto erasure = store().ErasePerson(Handle("lead"), PlainRenaming(), {Handle("lead"), At(9)});
  ASSERT_THAT(erasure, IsOk());
  EXPECT_EQ((*store().ListWeights(kDb))[0].approved_by, erasure->pseudonym);
}

}  // namespace
}  // namespace mergegate::storage
