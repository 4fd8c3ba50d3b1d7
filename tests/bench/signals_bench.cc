// How long 1 000 000 signals of 1 000 people take to store, to scan, to filter, and to follow by one.
//
//   signals_bench FOLDER [SIGNALS]      FOLDER is made, and must not hold a database yet
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/storage/store.h"

namespace mergegate::storage {
namespace {

constexpr int kBatch = 5000;

template <typename Work>
void Time(const char* what, const Work& work) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string said = work();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("%-44s %9.3f s   %s\n", what, took.count(), said.c_str());
  std::fflush(stdout);
}

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (result.ok()) return *std::move(result);
  std::fprintf(stderr, "%s\n", std::string(result.status().message()).c_str());
  std::exit(1);
}

Signal Made(int64_t i) {
  const int64_t mixed = i * 2654435761 % 1'000'003;
  return {.kind = static_cast<SignalKind>(1 + mixed % 13),
          .actor = Handle(absl::StrCat("person", mixed % 1000, "@example.org")),
          .subject = Handle(absl::StrCat("person", mixed * 7 % 1000, "@example.org")),
          .project = ProjectId(absl::StrCat("project-", mixed % 20)),
          .object = absl::StrCat("change-", i / 12),
          .part = mixed % 13 == 6 ? absl::StrCat("ns::Class::Function", mixed % 100) : "",
          .value = static_cast<double>(mixed % 500),
          .at = absl::FromUnixSeconds(1'700'000'000 + i * 30 + mixed % 5000),
          .source = "mergegate",
          .source_id = absl::StrCat("review/", i, "/", mixed)};
}

std::string Counted(Store& store, const SignalQuery& query) {
  int64_t count = 0;
  const absl::Status status = store.ScanSignals(query, [&](const Signal&) { ++count; });
  return status.ok() ? absl::StrCat(count, " signals") : std::string(status.message());
}

int Main(const std::string& folder, int64_t signals) {
  std::filesystem::create_directories(folder);
  const std::string file = folder + "/signals.db";
  const auto store = Must(OpenSqliteStore(file));
  Time("append, 5 000 at once", [&] {
    for (int64_t i = 0; i < signals; i += kBatch) {
      std::vector<Signal> batch;
      for (int64_t j = i; j < std::min(signals, i + kBatch); ++j) batch.push_back(Made(j));
      Must(store->AppendSignals(batch));
    }
    return absl::StrCat(std::filesystem::file_size(file) >> 20, " MiB");
  });
  Time("append the first 100 000 again", [&] {
    int64_t known = 0;
    for (int64_t i = 0; i < std::min<int64_t>(signals, 100'000); i += kBatch) {
      std::vector<Signal> batch;
      for (int64_t j = i; j < i + kBatch; ++j) batch.push_back(Made(j));
      for (const SignalOutcome outcome : Must(store->AppendSignals(batch))) known += outcome == SignalOutcome::kKnown;
    }
    return absl::StrCat(known, " known");
  });
  Time("scan all", [&] { return Counted(*store, {}); });
  Time("scan all again", [&] { return Counted(*store, {}); });
  Time("scan one project", [&] { return Counted(*store, {.project = ProjectId("project-3")}); });
  Time("scan one person", [&] { return Counted(*store, {.persons = {Handle("person7@example.org")}}); });
  Time("scan the last tenth", [&] { return Counted(*store, {.since = Made(signals * 9 / 10).at}); });
  Time("list a page", [&] { return absl::StrCat(Must(store->ListSignals({}, 50, "")).items.size(), " signals"); });
  const SignalCursor cursor = Must(store->CurrentSignals());
  Time("append one, read what changed", [&] {
    Must(store->AppendSignals(std::vector<Signal>{Made(signals)}));
    return absl::StrCat(Must(store->SignalsSince(cursor)).added.size(), " added");
  });
  Signal correction = Made(signals + 1);
  correction.corrects = Made(5).source_id;
  Time("correct one, read what changed", [&] {
    Must(store->AppendSignals(std::vector<Signal>{correction}));
    const SignalChanges changes = Must(store->SignalsSince(cursor));
    return absl::StrCat(changes.added.size(), " added, ", changes.removed.size(), " removed");
  });
  return 0;
}

}  // namespace
}  // namespace mergegate::storage

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: signals_bench FOLDER [SIGNALS]\n");
    return 2;
  }
  return mergegate::storage::Main(argv[1], argc > 2 ? std::atoll(argv[2]) : 1'000'000);
}
