#include "client/cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "client/cli/format/escape.h"

namespace mergegate::client {
namespace {

constexpr std::chrono::seconds kBetweenPlainLines(10);
constexpr std::chrono::milliseconds kBetweenDrawings(100);
constexpr int kBarWidth = 20;

std::string TimeLeft(double seconds) {
  const long rounded = std::max(1L, std::lround(seconds));
  return rounded < 90 ? fmt::format("{} s left", rounded) : fmt::format("{} min left", (rounded + 30) / 60);
}

}  // namespace

std::string ProgressLine(const ProgressState& state, int columns) {
  std::string line = EscapeControl(state.stage);
  if (state.total > 0) {
    const long done = std::clamp(state.done, 0L, state.total);
    const auto filled = static_cast<size_t>(done * kBarWidth / state.total);
    std::string bar(filled, '=');
    if (bar.size() < kBarWidth) bar += '>';
    bar.resize(kBarWidth, ' ');
    line += fmt::format(" [{}] {}/{}", bar, done, state.total);
  }
  if (state.from_cache > 0) line += fmt::format(", {} from cache", state.from_cache);
  if (state.seconds_left >= 0 && state.total > state.done) line += ", " + TimeLeft(state.seconds_left);
  if (!state.so_far.empty()) line += "; " + EscapeControl(state.so_far);
  // A line that wraps cannot be redrawn.
  if (line.size() >= static_cast<size_t>(columns)) line.resize(static_cast<size_t>(columns) - 1);
  return line;
}

Progress::Progress(std::ostream& stream, bool redraw, int columns, Clock clock)
    : stream_(stream), redraw_(redraw), columns_(columns), clock_(std::move(clock)) {}

void Progress::Update(const ProgressState& state) {
  if (last_ == state) return;
  const auto now = clock_();
  const bool new_stage = !last_ || last_->stage != state.stage;
  const auto pause =
      redraw_ ? std::chrono::milliseconds(kBetweenDrawings) : std::chrono::milliseconds(kBetweenPlainLines);
  if (!new_stage && now - last_time_ < pause) return;
  last_ = state;
  last_time_ = now;
  if (redraw_) {
    stream_ << "\r\x1b[K" << ProgressLine(state, columns_) << std::flush;
    drawn_ = true;
  } else {
    stream_ << ProgressLine(state, columns_) << std::endl;
  }
}

void Progress::Note(std::string_view text) {
  Clear();
  stream_ << text << std::endl;
}

void Progress::Clear() {
  if (drawn_) stream_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace mergegate::client
