#include "client/cli/follow.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "client/cli/format/names.h"
#include "client/cli/terminal.h"

namespace mergegate::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLongestPause(5000);
constexpr milliseconds kStep(50);

// "pass so far", "fail so far: 2 findings".
std::string SoFar(const v1::Verdict& verdict) {
  const auto findings = std::ranges::count_if(verdict.findings(), IsIntroduced);
  std::string text = fmt::format("{} so far", Word(verdict.state()));
  if (findings > 0) text += ": " + Count(static_cast<long>(findings), "finding", "findings");
  return text;
}

}  // namespace

absl::StatusOr<v1::GetVerdictResponse> Follow(Connection& connection, const std::string& run,
                                              const FollowOptions& options, Progress& progress) {
  const auto start = steady_clock::now();
  auto last_answer = start;
  milliseconds pause = options.first_pause;
  std::optional<v1::GetVerdictResponse> result;
  std::string so_far;
  const auto on_message = [&](const v1::WatchRunResponse& message) {
    last_answer = steady_clock::now();
    pause = options.first_pause;
    if (message.has_result()) {
      result = message.result();
    } else if (message.has_progress()) {
      const v1::Progress& now = message.progress();
      progress.Update({.stage = now.stage(),
                       .done = now.units_done(),
                       .total = now.units_total(),
                       .from_cache = now.units_from_cache(),
                       .seconds_left = now.seconds_left(),
                       .so_far = so_far});
    } else if (message.has_preliminary()) {
      so_far = SoFar(message.preliminary());
    }
  };
  const auto on_tick = [&]() -> absl::Status {
    if (result) return absl::OkStatus();
    if (Interrupted()) return absl::CancelledError("interrupted");
    if (options.timeout.count() > 0 && steady_clock::now() - start >= options.timeout) {
      return absl::DeadlineExceededError(fmt::format("not decided after {} s", options.timeout.count()));
    }
    return options.alive ? options.alive() : absl::OkStatus();
  };
  while (true) {
    const absl::Status ended = connection.WatchRun(run, on_message, on_tick);
    if (result) return *std::move(result);
    if (!ended.ok() && ended.code() != absl::StatusCode::kUnavailable) return ended;
    if (steady_clock::now() - last_answer >= options.patience) {
      return ended.ok() ? absl::UnavailableError("the server keeps ending the stream without a verdict") : ended;
    }
    progress.Note(fmt::format("connection lost; trying again in {:.1f} s", static_cast<double>(pause.count()) / 1000));
    for (const auto until = steady_clock::now() + pause; steady_clock::now() < until;) {
      if (absl::Status status = on_tick(); !status.ok()) return status;
      std::this_thread::sleep_for(kStep);
    }
    pause = std::min(pause * 2, kLongestPause);
  }
}

}  // namespace mergegate::client
