// What every contract test of the store starts from: an engine, made fresh for each test, and builders.
//
//   class QueueContract : public StoreContract {};
//   TEST_P(QueueContract, ...) { store().LeaseRun(...); }
//   INSTANTIATE_TEST_SUITE_P(Engines, QueueContract, AllEngines(), EngineName);
//
// A new engine is one row in AllEngines.
#ifndef MERGEGATE_TESTS_CONTRACT_STORE_FIXTURE_H_
#define MERGEGATE_TESTS_CONTRACT_STORE_FIXTURE_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_replace.h"
#include "absl/time/time.h"
#include "server/storage/store.h"
#include "tests/support/status_matchers.h"

namespace mergegate::storage {

// A folder that goes away with its object.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mergegate-store-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) ADD_FAILURE() << "cannot make a temporary folder";
    path_ = pattern;
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string File(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

struct Engine {
  std::string name;
  // Opens a store; the same folder again means the same data, if the engine keeps any.
  absl::StatusOr<std::unique_ptr<Store>> (*open)(const TempFolder& folder);
  bool keeps_data;
};

inline auto AllEngines() {
  return ::testing::Values(
      Engine{"SqliteFile", [](const TempFolder& folder) { return OpenSqliteStore(folder.File("store.db")); }, true},
      Engine{"SqliteMemory", [](const TempFolder&) { return OpenSqliteStore(":memory:"); }, false});
}

inline std::string EngineName(const ::testing::TestParamInfo<Engine>& info) { return info.param.name; }

inline absl::Time At(int seconds) { return absl::FromUnixSeconds(1'700'000'000 + seconds); }

inline Submission SubmissionTo(const std::string& project) {
  Submission submission;
  submission.project = ProjectId(project);
  submission.change = "42";
  submission.base = CommitId(std::string(40, 'b'));
  submission.head = CommitId(std::string(40, 'a'));
  return submission;
}

// Replaces a name wherever it stands.
inline Renaming PlainRenaming() {
  const auto replaced = [](std::string_view text, const std::string& name, const std::string& pseudonym) {
    return absl::StrReplaceAll(std::string(text), {{name, pseudonym}});
  };
  return {
      .text = replaced,
      .event = replaced,
      .verdict = [](const std::string&, const std::string&, std::string&, std::string&) { return absl::OkStatus(); }};
}

inline VerdictRecord PassRecord() {
  return {.state = VerdictState::kPass, .verdict = "verdict bytes", .facts = "facts bytes", .stats = "stats bytes"};
}

class StoreContract : public ::testing::TestWithParam<Engine> {
 protected:
  void SetUp() override {
    Reopen();
    ASSERT_THAT(store().CreateProject({ProjectId("db"), "https://example.org/db.git", At(0)}), testing::IsOk());
  }

  Store& store() { return *store_; }

  void Close() { store_.reset(); }

  // Closes and opens the store again.
  void Reopen() {
    Close();
    auto opened = GetParam().open(folder_);
    ASSERT_THAT(opened, testing::IsOk());
    store_ = *std::move(opened);
  }

  // Submits a run of project "db" and returns its id.
  RunId Submit(const std::string& id, int seconds = 0) {
    const auto run = store().SubmitRun(SubmissionTo("db"), RunId(id), At(seconds));
    EXPECT_THAT(run, testing::IsOk());
    return RunId(id);
  }

  // Leases the next run for a minute; fails the test when there is none.
  RunLease Lease(int seconds, const std::string& owner = "me") {
    auto lease = store().LeaseRun(owner, At(seconds), absl::Minutes(1));
    EXPECT_THAT(lease, testing::IsOk());
    if (!lease.ok() || !lease->has_value()) {
      ADD_FAILURE() << "no run to lease";
      return {};
    }
    return **std::move(lease);
  }

  bool QueueIsEmpty(int seconds) {
    const auto lease = store().LeaseRun("me", At(seconds), absl::Minutes(1));
    EXPECT_THAT(lease, testing::IsOk());
    return lease.ok() && !lease->has_value();
  }

  const TempFolder& folder() const { return folder_; }

 private:
  const TempFolder folder_;
  std::unique_ptr<Store> store_;
};

}  // namespace mergegate::storage

#endif  // MERGEGATE_TESTS_CONTRACT_STORE_FIXTURE_H_
