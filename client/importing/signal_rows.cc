#include "client/importing/signal_rows.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "client/importing/fields.h"

namespace mergegate::client {
namespace {

const std::vector<FieldNames>& Fields() {
  static const auto* const kFields = new std::vector<FieldNames>{
      {"kind", {"kind", "signal kind"}},
      {"actor",
       {"actor", "actor email", "assignee email", "assignee", "learner email", "student email", "user email", "email",
        "email address", "author email", "author", "username", "user name", "user", "login", "from", "sender"}},
      {"subject", {"subject", "to", "recipient", "receiver", "asked by"}},
      {"project", {"project", "project key"}},
      {"object",
       {"object", "issue key", "task id", "task", "course name", "course title", "course", "nanodegree", "program",
        "event name", "event", "talk", "question", "channel", "topic", "title", "name", "summary"}},
      {"part", {"part"}},
      {"value", {"value", "grade", "course grade", "score", "final grade", "rating"}},
      {"text", {"text", "message", "content", "body", "comment"}},
      {"at",
       {"at", "time", "timestamp", "completed at", "completion time", "completed on", "completion date",
        "graduation date", "resolved", "resolution date", "date", "created at", "created", "updated", "ts"}},
      {"source_id", {"source_id", "id", "event id", "message id", "client_msg_id", "uuid"}},
      {"corrects", {"corrects"}},
      {"retracted", {"retracted"}},
  };
  return *kFields;
}

absl::Status Bad(std::string_view field, std::string_view text, std::string_view wanted) {
  return absl::InvalidArgumentError(fmt::format("{}: \"{}\" is no {}", field, text.substr(0, 80), wanted));
}

// FNV-1a over the fields, twice: 128 bits that depend on nothing but what the row says.
std::string IdOf(const v1::Signal& signal) {
  const std::string bytes =
      fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}.{}\n{}", static_cast<int>(signal.kind()), signal.actor(),
                  signal.subject(), signal.project(), signal.object(), signal.part(), signal.value(),
                  signal.at().seconds(), signal.at().nanos(), signal.text());
  uint64_t first = 14695981039346656037u, second = 88172645463325252u;
  for (const unsigned char c : bytes) {
    first = (first ^ c) * 1099511628211u;
    second = (second ^ c) * 1099511628211u;
    second ^= second >> 29;
  }
  return fmt::format("row/{:016x}{:016x}", first, second);
}

bool IsShare(v1::SignalKind kind) {
  return kind == v1::SIGNAL_KIND_COURSE_COMPLETED || kind == v1::SIGNAL_KIND_SURVEY_ANSWER;
}

std::optional<absl::Time> FromNumber(const std::string& text) {
  double number = 0;
  if (text.find_first_not_of("0123456789.") != std::string::npos || text.size() < 9) return std::nullopt;
  if (std::ranges::count(text, '.') > 1 || !absl::SimpleAtod(text, &number)) return std::nullopt;
  if (number >= 1e11) number /= 1000;  // milliseconds; as seconds it would be after the year 5000
  if (number >= 1e11) return std::nullopt;
  return absl::FromUnixMicros(std::llround(number * 1e6));  // as exact as a double is there
}

}  // namespace

std::optional<absl::Time> ParseMoment(std::string_view given, bool day_first) {
  const std::string text = Stripped(given);
  if (text.size() > 64) return std::nullopt;
  if (const auto number = FromNumber(text)) return number;
  const char* const numeric = day_first ? "%d/%m/%Y" : "%m/%d/%Y";
  const std::string numeric_minute = fmt::format("{} %H:%M", numeric),
                    numeric_second = fmt::format("{} %H:%M:%S", numeric),
                    numeric_noon = fmt::format("{} %I:%M %p", numeric);
  const std::string formats[] = {"%Y-%m-%d%ET%H:%M:%E*S%Ez",
                                 "%Y-%m-%d %H:%M:%E*S%Ez",
                                 "%Y-%m-%d %H:%M:%E*S %Ez",
                                 "%Y-%m-%d%ET%H:%M:%E*S",
                                 "%Y-%m-%d %H:%M:%E*S UTC",
                                 "%Y-%m-%d %H:%M:%E*S",
                                 "%Y-%m-%d%ET%H:%M%Ez",
                                 "%Y-%m-%d%ET%H:%M",
                                 "%Y-%m-%d %H:%M",
                                 "%Y-%m-%d",
                                 "%Y/%m/%d",
                                 "%d/%b/%y %I:%M %p",
                                 "%d/%b/%Y %I:%M %p",
                                 "%d/%b/%y",
                                 "%d.%m.%Y %H:%M:%S",
                                 "%d.%m.%Y %H:%M",
                                 "%d.%m.%Y",
                                 numeric_second,
                                 numeric_minute,
                                 numeric_noon,
                                 numeric,
                                 "%a, %d %b %Y %H:%M:%S %z",
                                 "%d %b %Y %H:%M:%S %z",
                                 "%b %d, %Y %I:%M %p",
                                 "%b %d, %Y",
                                 "%d %b %Y"};
  absl::Time time;
  for (const std::string& format : formats) {
    if (absl::ParseTime(format, text, absl::UTCTimeZone(), &time, nullptr) && time > absl::UnixEpoch() &&
        time < absl::FromCivil(absl::CivilSecond(9999, 1, 1), absl::UTCTimeZone())) {
      return time;
    }
  }
  return std::nullopt;
}

std::optional<double> ParseValue(std::string_view given, bool share) {
  std::string text = absl::AsciiStrToLower(Stripped(given));
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  for (const std::string_view word : {"", "nan", "passed", "pass", "completed", "complete", "yes", "n/a", "-"}) {
    if (text == word) return kUnknown;
  }
  double of = 1;
  if (const size_t slash = text.find('/'); slash != std::string::npos) {
    if (!absl::SimpleAtod(text.substr(slash + 1), &of) || !(of > 0) || std::isinf(of)) return std::nullopt;
    text.resize(slash);
  } else if (text.ends_with('%')) {
    text.pop_back();
    of = 100;
  }
  absl::StripAsciiWhitespace(&text);
  double value = 0;
  if (!absl::SimpleAtod(text, &value) || std::isinf(value) || std::isnan(value)) return std::nullopt;
  if (share && of == 1 && value > 1 && value <= 100) of = 100;
  value /= of;
  if (share && !(value >= 0 && value <= 1)) return std::nullopt;
  return value;
}

std::optional<v1::SignalKind> ParseKind(std::string_view text) {
  std::string name = Folded(text);
  std::ranges::replace(name, ' ', '_');
  std::ranges::replace(name, '-', '_');
  if (!name.starts_with("signal_kind_")) name.insert(0, "signal_kind_");
  v1::SignalKind kind{};
  if (!v1::SignalKind_Parse(absl::AsciiStrToUpper(name), &kind) || kind == v1::SIGNAL_KIND_UNSPECIFIED) {
    return std::nullopt;
  }
  return kind;
}

std::string KindName(v1::SignalKind kind) {
  constexpr size_t kPrefix = std::string_view("SIGNAL_KIND_").size();
  const std::string& name = v1::SignalKind_Name(kind);
  return name.size() > kPrefix ? absl::AsciiStrToLower(name.substr(kPrefix))
                               : fmt::format("{}", static_cast<int>(kind));
}

std::vector<std::string> KindNames() {
  std::vector<std::string> names;
  const auto* kinds = v1::SignalKind_descriptor();
  for (int i = 1; i < kinds->value_count(); ++i) {
    names.push_back(KindName(static_cast<v1::SignalKind>(kinds->value(i)->number())));
  }
  return names;
}

const std::vector<std::string>& SignalFields() {
  static const auto* const kNames = [] {
    auto* names = new std::vector<std::string>;
    for (const FieldNames& field : Fields()) names->emplace_back(field.field);
    return names;
  }();
  return *kNames;
}

absl::StatusOr<v1::Signal> SignalOf(const Row& row, const SignalMap& map) {
  if (!row.problem.empty()) return absl::InvalidArgumentError(row.problem);
  std::map<std::string_view, std::string> said;
  for (const FieldNames& field : Fields()) {
    if (auto text = FindField(row, map.columns, field)) said[field.field] = *std::move(text);
  }
  v1::Signal signal;
  signal.set_kind(map.kind);
  if (const auto kind = said.find("kind"); kind != said.end()) {
    const auto parsed = ParseKind(kind->second);
    if (parsed) {
      signal.set_kind(*parsed);
    } else if (map.kind == v1::SIGNAL_KIND_UNSPECIFIED) {
      return Bad("kind", kind->second, "kind of signal; give --kind");
    }
  }
  if (signal.kind() == v1::SIGNAL_KIND_UNSPECIFIED) {
    return absl::InvalidArgumentError("kind: the row does not say; give --kind");
  }
  if (!said.contains("actor")) {
    return absl::InvalidArgumentError("actor: no column says who; name one with --map COLUMN=actor");
  }
  signal.set_actor(said["actor"]);
  signal.set_subject(said["subject"]);
  signal.set_object(said["object"]);
  signal.set_part(said["part"]);
  signal.set_text(said["text"]);
  const std::string project = map.project.empty() ? "" : "projects/" + map.project;
  signal.set_project(project);
  // A column of that name counts only when it was named: other programs mean something else by a project.
  for (const auto& [column, to] : map.columns) {
    if (to == "project" && said.contains("project")) signal.set_project("projects/" + said["project"]);
  }
  if (!said.contains("at")) {
    return absl::InvalidArgumentError("at: no column says when; name one with --map COLUMN=at");
  }
  const auto at = ParseMoment(said["at"], map.day_first);
  if (!at) return Bad("at", said["at"], "date that is understood; write it as 2026-11-26T13:45:00Z");
  *signal.mutable_at() = google::protobuf::util::TimeUtil::MicrosecondsToTimestamp(absl::ToUnixMicros(*at));
  if (const auto value = said.find("value"); value != said.end()) {
    const auto parsed = ParseValue(value->second, IsShare(signal.kind()));
    if (!parsed) return Bad("value", value->second, IsShare(signal.kind()) ? "grade" : "number");
    signal.set_value(*parsed);
  } else if (IsShare(signal.kind())) {
    signal.set_value(std::numeric_limits<double>::quiet_NaN());
  }
  signal.set_corrects(said["corrects"]);
  const std::string retracted = absl::AsciiStrToLower(said["retracted"]);
  signal.set_retracted(retracted == "true" || retracted == "yes" || retracted == "1");
  signal.set_source(map.source);
  signal.set_source_id(said.contains("source_id") ? said["source_id"] : IdOf(signal));
  return signal;
}

}  // namespace mergegate::client
