// Signals out of the rows of other programs' exports.
//
//   SignalMap map{.kind = v1::SIGNAL_KIND_COURSE_COMPLETED, .source = "coursera"};
//   map.columns["Learner Email"] = "actor";
//   absl::StatusOr<v1::Signal> signal = SignalOf(row, map);
//
// A field that no column is mapped to is looked for under the names that exports of Jira, Asana, Coursera, Udacity,
// Slack, Discord and forums use ("assignee", "completed at", "course name"...). Without an id of its own a row gets one
// made of what it says, so that importing it again counts once. Pure; safe from any thread.
#ifndef MERGEGATE_CLIENT_IMPORTING_SIGNAL_ROWS_H_
#define MERGEGATE_CLIENT_IMPORTING_SIGNAL_ROWS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/importing/rows.h"
#include "mergegate/v1/signal.pb.h"

namespace mergegate::client {

struct SignalMap {
  std::map<std::string, std::string> columns = {};    // column -> field of Signal
  v1::SignalKind kind = v1::SIGNAL_KIND_UNSPECIFIED;  // of rows that do not say
  std::string source = {};
  std::string project = {};  // id, of rows that do not say
  bool day_first = false;    // 03/04/2026 is the third of April
};

// Fields that a column can be mapped to.
const std::vector<std::string>& SignalFields();

// kInvalidArgument says which field, and what it holds.
absl::StatusOr<v1::Signal> SignalOf(const Row& row, const SignalMap& map);

// "2026-11-26", "2026-11-26 13:45:10", ISO 8601 with or without zone, "26/Nov/26 1:45 PM", "26.11.2026", "11/26/2026",
// "Nov 26, 2026", RFC 2822, seconds or milliseconds since 1970. Without a zone: UTC.
std::optional<absl::Time> ParseMoment(std::string_view text, bool day_first);

// "0.87", "87 %", "87/100"; for a share also 87. "passed" and nothing are NaN.
std::optional<double> ParseValue(std::string_view text, bool share);

// "kudos", "Task done", "SIGNAL_KIND_TASK_DONE".
std::optional<v1::SignalKind> ParseKind(std::string_view text);
// "task_done".
std::string KindName(v1::SignalKind kind);
std::vector<std::string> KindNames();

}  // namespace mergegate::client

#endif  // MERGEGATE_CLIENT_IMPORTING_SIGNAL_ROWS_H_
