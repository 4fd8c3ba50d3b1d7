// What was acknowledged is there after the process was killed, for every engine that keeps data.
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <string>
#include <vector>

#include "tests/contract/store_fixture.h"

namespace mergegate::storage {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;

class DurabilityTest : public StoreContract {};

INSTANTIATE_TEST_SUITE_P(Engines, DurabilityTest, AllEngines(), EngineName);

VerdictRecord RecordOf(const std::string& run) {
  return {.state = VerdictState::kPass, .verdict = "verdict of " + run, .facts = "facts", .stats = "stats"};
}

// The child: submits runs without end and finishes every other one, writing a line after each acknowledgement.
// Leaves by SIGKILL, or with a nonzero code when the store fails.
[[noreturn]] void SubmitForever(const Engine& engine, const TempFolder& folder, int round, int acknowledgements) {
  const auto say = [acknowledgements](const std::string& line) {
    if (write(acknowledgements, line.data(), line.size()) != static_cast<ssize_t>(line.size())) _exit(3);
  };
  auto store = engine.open(folder);
  if (!store.ok() || !(*store)->ReleaseAllLeases().ok()) _exit(1);
  for (int i = 0;; ++i) {
    const std::string id = "r" + std::to_string(round) + "-" + std::to_string(i);
    Submission submission = SubmissionTo("db");
    submission.request_id = id;
    submission.compile_commands = std::string(1000, 'c') + id;
    if (!(*store)->SubmitRun(submission, RunId(id), At(i)).ok()) _exit(2);
    say("submitted " + id + "\n");
    if (i % 2 == 0) continue;
    const auto lease = (*store)->LeaseRun("child", At(i), absl::Minutes(1));
    if (!lease.ok() || !lease->has_value()) _exit(4);
    const std::string leased = (*lease)->run.id.value();
    if (!(*store)->FinishRun(RunId(leased), (*lease)->run.attempt, RecordOf(leased), At(i)).ok()) _exit(5);
    say("finished " + leased + "\n");
  }
}

// Starts the child, kills it after `lines` acknowledgements and returns all that it gave until it died.
std::vector<std::string> KillAfter(int lines, const Engine& engine, const TempFolder& folder, int round) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    SubmitForever(engine, folder, round, ends[1]);
  }
  close(ends[1]);
  std::vector<std::string> acknowledged;
  std::string line;
  bool killed = false;
  char c = 0;
  while (read(ends[0], &c, 1) == 1) {
    if (c != '\n') {
      line += c;
      continue;
    }
    acknowledged.push_back(line);
    line.clear();
    if (!killed && static_cast<int>(acknowledged.size()) == lines) {
      kill(child, SIGKILL);
      killed = true;
    }
  }
  close(ends[0]);
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the child's store failed with code " << WEXITSTATUS(status);
  return acknowledged;
}

TEST_P(DurabilityTest, AcknowledgedWorkSurvivesSigkill) {
  if (!GetParam().keeps_data) GTEST_SKIP() << "this engine keeps nothing";
  std::set<std::string> submitted;
  std::set<std::string> finished;
  for (int round = 0; round < 20; ++round) {
    Close();
    for (const std::string& line : KillAfter(3 + 2 * round, GetParam(), folder(), round)) {
      const size_t space = line.find(' ');
      const std::string id = line.substr(space + 1);
      if (line.substr(0, space) == "submitted") {
        submitted.insert(id);
      } else {
        EXPECT_TRUE(finished.insert(id).second) << id << " was given a verdict twice";
      }
    }
    Reopen();
    for (const std::string& id : submitted) {
      const auto run = store().GetRun(RunId(id));
      ASSERT_THAT(run, IsOk()) << "acknowledged in round " << round << " or before";
      // Killed between the commit and its acknowledgement, a run may be finished though nobody was told.
      const auto verdict = store().GetVerdict(RunId(id));
      ASSERT_EQ(verdict.ok(), run->state == RunState::kDone) << id;
      if (verdict.ok()) {
        EXPECT_EQ(verdict->verdict, RecordOf(id).verdict);
        EXPECT_THAT(store().FinishRun(RunId(id), run->attempt, RecordOf(id), At(0)),
                    StatusIs(absl::StatusCode::kAborted));
      }
      EXPECT_TRUE(verdict.ok() || !finished.contains(id)) << "the acknowledged verdict of " << id << " is gone";
    }
  }
  EXPECT_GT(finished.size(), 100u);
}

}  // namespace
}  // namespace mergegate::storage
