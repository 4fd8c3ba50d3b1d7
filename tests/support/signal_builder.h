// Signals of made-up people, days counted from Monday 2024-01-01 00:00 UTC.
//
//   ChangeStory life("p", "c-1", "ann", /*opened=*/1);              // opened on Tuesday
//   life.Review("bob", 1.5).Merge(2);
//   engine.Load(life.signals());
#ifndef MERGEGATE_TESTS_SUPPORT_SIGNAL_BUILDER_H_
#define MERGEGATE_TESTS_SUPPORT_SIGNAL_BUILDER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "server/domain/signal.h"

namespace mergegate::testing {

inline absl::Time OnDay(double day) { return absl::FromUnixSeconds(1'704'067'200) + absl::Hours(24) * day; }

inline Signal MakeSignal(SignalKind kind, const std::string& actor, const std::string& subject, double day,
                         const std::string& object = "", double value = 0) {
  Signal signal{.kind = kind,
                .actor = Handle(actor),
                .subject = Handle(subject),
                .object = object,
                .value = value,
                .at = OnDay(day),
                .source = "test"};
  signal.source_id = absl::StrCat(static_cast<int>(kind), "/", actor, "/", subject, "/", object, "/", day, "/", value);
  return signal;
}

// The signals of one change.
class ChangeStory {
 public:
  ChangeStory(std::string project, std::string change, std::string author, double opened, double lines = 50)
      : project_(std::move(project)), change_(std::move(change)), author_(std::move(author)), lines_(lines) {
    Say(SignalKind::kChangeOpened, author_, "", opened, lines_);
  }
  ChangeStory& Review(const std::string& who, double day) { return Say(SignalKind::kApproved, who, author_, day); }
  ChangeStory& Comment(const std::string& who, double day) {
    return Say(SignalKind::kReviewCommented, who, author_, day);
  }
  ChangeStory& Addressed(const std::string& who, double day) {
    return Say(SignalKind::kCommentAddressed, who, author_, day);
  }
  ChangeStory& Thread(const std::string& who, double day, const std::string& id, bool resolved) {
    Say(SignalKind::kThreadOpened, who, author_, day, 0, id);
    return resolved ? Say(SignalKind::kThreadResolved, author_, "", day + 0.01, 0, id) : *this;
  }
  ChangeStory& Push(double day) { return Say(SignalKind::kChangePushed, author_, "", day); }
  ChangeStory& Merge(double day) { return Say(SignalKind::kChangeMerged, author_, "", day, lines_); }
  ChangeStory& Abandon(double day) { return Say(SignalKind::kChangeAbandoned, author_, "", day); }
  ChangeStory& Revert(double day) { return Say(SignalKind::kChangeReverted, author_, "", day); }
  ChangeStory& Finding(const std::string& check, double day) {
    return Say(SignalKind::kFindingAdded, author_, "", day, 1, check);
  }
  const std::vector<Signal>& signals() const { return signals_; }

 private:
  ChangeStory& Say(SignalKind kind, const std::string& actor, const std::string& subject, double day, double value = 0,
                   const std::string& part = "") {
    Signal signal = MakeSignal(kind, actor, subject, day, change_, value);
    signal.project = ProjectId(project_);
    signal.part = part;
    absl::StrAppend(&signal.source_id, "/", part);
    signals_.push_back(std::move(signal));
    return *this;
  }

  std::string project_, change_, author_;
  double lines_;
  std::vector<Signal> signals_;
};

inline void Append(std::vector<Signal>& to, const std::vector<Signal>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace mergegate::testing

#endif  // MERGEGATE_TESTS_SUPPORT_SIGNAL_BUILDER_H_
