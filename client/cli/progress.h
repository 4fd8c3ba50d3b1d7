// How far a run is, on standard error: one line redrawn in place on a terminal, sparse plain lines elsewhere.
//
//     Progress progress(env.err, CanRedraw(env.terminal, env.variable), env.terminal.columns, &SteadyNow);
//     progress.Update({.stage = "analysis", .done = 3, .total = 12});
//     progress.Note("server lost, trying again");
//
// Borrows the stream. The line is cleared by Note, Clear and destruction. Not thread-safe.
#ifndef MERGEGATE_CLIENT_CLI_PROGRESS_H_
#define MERGEGATE_CLIENT_CLI_PROGRESS_H_

#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

namespace mergegate::client {

struct ProgressState {
  std::string stage;
  long done = 0;
  long total = 0;  // 0: not known yet
  long from_cache = 0;
  double seconds_left = -1;  // negative: not known
  std::string so_far = "";   // what the gate would say now, in a few words
  bool operator==(const ProgressState&) const = default;
};

// One line without a line break, at most `columns` wide:
// "static analyzer [=====>      ] 12/40, 8 from cache, 14 s left; pass so far".
std::string ProgressLine(const ProgressState& state, int columns);

class Progress {
 public:
  using Clock = std::function<std::chrono::steady_clock::time_point()>;
  Progress(std::ostream& stream, bool redraw, int columns, Clock clock);
  ~Progress() { Clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Plain lines come at a change of stage and at most every ten seconds within one.
  void Update(const ProgressState& state);
  // A line that stays.
  void Note(std::string_view text);
  void Clear();

 private:
  std::ostream& stream_;
  bool redraw_;
  int columns_;
  Clock clock_;
  bool drawn_ = false;
  std::optional<ProgressState> last_;
  std::chrono::steady_clock::time_point last_time_;
};

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_CLI_PROGRESS_H_
