// A file of rows on its way to the server: in which order, and what is said of which line.
#include "client/cli/signal_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/support/status_matchers.h"

namespace mergegate::client {
namespace {

using mergegate::testing::IsOk;
using mergegate::testing::StatusIs;
using ::testing::ElementsAre;

// Four tasks, the latest first, and a line that is none; line 1 has the names.
constexpr char kFile[] =
    "id,at,actor,object,kind\n"
    "d,2026-11-04,ann,J-4,task_done\n"
    "c,2026-11-03,ann,J-3,task_done\n"
    "x,no day,ann,J-9,task_done\n"
    "b,2026-11-02,ann,J-2,task_done\n"
    "a,2026-11-01,ann,J-1,task_done\n";

struct Import {
  std::vector<std::string> parts = {};  // ids, in the order in which they were sent
  std::vector<std::string> refused = {};
  ImportCount count = {};

  // The server refuses what `refuses` names, and fails at part number `fails_at`.
  absl::Status Run(const std::string& text, const std::string& refuses = "", int fails_at = -1,
                   size_t load_bytes = kLoadBytes) {
    std::istringstream stream(text);
    const auto send = [&](const v1::RecordSignalsRequest& request) -> absl::StatusOr<v1::RecordSignalsResponse> {
      if (static_cast<int>(parts.size()) == fails_at) return absl::UnavailableError("gone");
      v1::RecordSignalsResponse response;
      std::string& ids = parts.emplace_back();
      for (const v1::Signal& signal : request.signals()) {
        ids += signal.source_id();
        v1::SignalResult& result = *response.add_results();
        const bool refused_here = refuses.find(signal.source_id()) != std::string::npos;
        result.set_outcome(refused_here ? v1::SIGNAL_OUTCOME_REFUSED : v1::SIGNAL_OUTCOME_NEW);
        if (refused_here) result.set_problem("no");
      }
      return response;
    };
    return ImportSignals(
        stream, RowFormat::kCsv, {.source = "jira"}, /*dry_run=*/false, send, count,
        [&](int64_t line, const std::string& why) { refused.push_back(absl::StrCat(line, ": ", why.substr(0, 2))); },
        load_bytes);
  }
};

TEST(ImportSignalsTest, RowsAreSentByTimeAndToldByTheirLines) {
  Import import;
  EXPECT_THAT(import.Run(kFile, "bd"), IsOk());
  EXPECT_THAT(import.parts, ElementsAre("abcd"));
  EXPECT_THAT(import.refused, ElementsAre("4: at", "2: no", "5: no"));
  EXPECT_EQ(import.count.fresh, 2);
  EXPECT_EQ(import.count.refused, 3);
  EXPECT_EQ(import.count.lines, 6);
}

TEST(ImportSignalsTest, ALongFileIsSeveralSortedOnes) {
  Import import;
  EXPECT_THAT(import.Run(kFile, "", -1, 100), IsOk());  // a load ends with the row that fills it: the second one
  EXPECT_THAT(import.parts, ElementsAre("cd", "ab"));
}

TEST(ImportSignalsTest, SaysHowFarItCame) {
  Import import;
  EXPECT_THAT(import.Run(kFile, "", 1, 100), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(import.count.lines, 3);
  EXPECT_EQ(import.count.fresh, 2);
}

TEST(ImportSignalsTest, RowsOfOneMomentKeepTheirOrderAndAPartIsBounded) {
  std::string text = "id,at,actor,object,kind\n";
  for (int i = 0; i < 10'001; ++i)
    absl::StrAppend(&text, i == 0 ? "a" : i == 10'000 ? "z" : "", ",2026-11-01,ann,J-", i, ",task_done\n");
  Import import;
  EXPECT_THAT(import.Run(text), IsOk());
  ASSERT_EQ(import.parts.size(), 2);
  EXPECT_EQ(import.parts[0].front(), 'a');
  EXPECT_EQ(import.parts[1], "z");
}

}  // namespace
}  // namespace mergegate::client
